/* generic_alias.c: a type with arguments in brackets, as list[int]: what Py_GenericAlias makes.
 *
 * Owns: the type. All but its own attributes is that of the type without the arguments. There are no type variables, so it has no
 * parameters. Read access.h first. */
#include "object.h"

#include <stddef.h>

typedef struct alias {
    PyObject_HEAD
    PyObject *origin, *args, *parameters; /* args is a tuple, parameters an empty one */
} alias;
#define ALIAS(op) ((alias *)(op))

PyObject *object_generic_alias(PyObject *origin, PyObject *args)
{
    args = PyTuple_Check(args) ? Py_NewRef(args) : object_tuple_from_items(&args, 1);
    PyObject *self = args == NULL ? NULL : object_alloc(&Py_GenericAliasType, 0);
    if (self == NULL) {
        Py_XDECREF(args);
        return NULL;
    }
    ALIAS(self)->origin = Py_NewRef(origin);
    ALIAS(self)->args = args;
    if ((ALIAS(self)->parameters = object_tuple_new(0)) == NULL)
        Py_CLEAR(self);
    return self;
}

static int alias_clear(PyObject *self)
{
    Py_CLEAR(ALIAS(self)->origin);
    Py_CLEAR(ALIAS(self)->args);
    Py_CLEAR(ALIAS(self)->parameters);
    return 0;
}

static void alias_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    alias_clear(self);
    object_gc_del(self);
}

static int alias_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(ALIAS(self)->origin);
    Py_VISIT(ALIAS(self)->args);
    Py_VISIT(ALIAS(self)->parameters);
    return 0;
}

/* Of a type whose module nobody knows there is the repr. */
static PyObject *type_shown(PyTypeObject *type)
{
    PyObject *module = object_type_module_name(type), *name = object_type_qualified_name(type);
    bool is_unknown = module == NULL ? name != NULL && object_error_is(PyExc_AttributeError) : module == Py_None;
    if (is_unknown && name != NULL) {
        object_error_clear();
        Py_SETREF(name, object_repr((PyObject *)type));
    } else if (module == NULL) {
        Py_CLEAR(name);
    } else if (name != NULL && PyUnicode_Check(module) && object_unicode_compare_ascii(module, "builtins") != 0) {
        Py_SETREF(name, object_unicode_from_format("%U.%U", module, name));
    }
    Py_XDECREF(module);
    return name;
}

/* A type by its name, with its module unless that is builtins; 0, or -1. */
static int part_show(object_text *text, PyObject *part)
{
    PyObject *shown;
    if (part == Py_Ellipsis)
        shown = object_unicode_from_utf8("...");
    else if (part == (PyObject *)Py_TYPE(Py_None))
        shown = object_unicode_from_utf8("None");
    else if (PyType_Check(part))
        shown = type_shown((PyTypeObject *)part);
    else
        shown = object_repr(part);
    if (shown == NULL)
        return -1;
    object_text_str(text, shown);
    Py_DECREF(shown);
    return 0;
}

static PyObject *alias_repr(PyObject *self)
{
    PyObject *args = ALIAS(self)->args;
    object_text text;
    object_text_open(&text);
    int result = part_show(&text, ALIAS(self)->origin);
    object_text_char(&text, '[');
    for (Py_ssize_t i = 0; result == 0 && i < PyTuple_GET_SIZE(args); i++) {
        if (i > 0)
            object_text_ascii(&text, ", ");
        result = part_show(&text, PyTuple_GET_ITEM(args, i));
    }
    object_text_ascii(&text, PyTuple_GET_SIZE(args) == 0 ? "()]" : "]");
    if (result == 0)
        return object_text_close(&text);
    object_text_drop(&text);
    return NULL;
}

static Py_hash_t alias_hash(PyObject *self)
{
    Py_hash_t of_origin = object_hash(ALIAS(self)->origin), of_args = of_origin == -1 ? -1 : object_hash(ALIAS(self)->args);
    return of_args == -1 ? -1 : (of_origin ^ of_args) == -1 ? -2 : of_origin ^ of_args;
}

static PyObject *alias_compare(PyObject *left, PyObject *right, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !Py_IS_TYPE(left, &Py_GenericAliasType) || !Py_IS_TYPE(right, &Py_GenericAliasType))
        return Py_NotImplemented;
    int is_equal = object_compare_bool(ALIAS(left)->origin, ALIAS(right)->origin, Py_EQ);
    if (is_equal > 0)
        is_equal = object_compare_bool(ALIAS(left)->args, ALIAS(right)->args, Py_EQ);
    return is_equal < 0 ? NULL : object_bool(is_equal == (op == Py_EQ));
}

/* As the origin's; what it makes is told of what it was made, if it takes attributes. */
static PyObject *alias_call(PyObject *self, PyObject *args, PyObject *keywords)
{
    PyObject *made = object_call(ALIAS(self)->origin, args, keywords);
    if (made == NULL || object_attribute_set_utf8(made, "__orig_class__", self) == 0)
        return made;
    if (object_error_is(PyExc_AttributeError) || object_error_is(PyExc_TypeError)) {
        object_error_clear();
        return made;
    }
    Py_DECREF(made);
    return NULL;
}

/* Its own attributes, and then the origin's. */
static PyObject *alias_attribute(PyObject *self, PyObject *name)
{
    static const char *const own[] = {"__class__", "__origin__", "__args__", "__parameters__", "__mro_entries__", "__reduce__"};
    bool is_own = !PyUnicode_Check(name);
    for (size_t i = 0; !is_own && i < PYMM_COUNT_OF(own); i++)
        is_own = object_unicode_compare_ascii(name, own[i]) == 0;
    return is_own ? object_generic_get(self, name) : object_attribute_get(ALIAS(self)->origin, name);
}

static PyObject *alias_mro_entries(PyObject *self, PyObject *unused)
{
    (void)unused;
    return object_tuple_from_items(&ALIAS(self)->origin, 1);
}

static PyObject *alias_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    PyObject *origin, *arguments;
    (void)type;
    (void)keywords;
    return object_args_parse(args, "OO:GenericAlias", &origin, &arguments) ? object_generic_alias(origin, arguments) : NULL;
}

static PyMethodDef alias_methods[] = {
    {"__mro_entries__", alias_mro_entries, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef alias_members[] = {
    {"__origin__", _Py_T_OBJECT, offsetof(alias, origin), Py_READONLY, NULL},
    {"__args__", _Py_T_OBJECT, offsetof(alias, args), Py_READONLY, NULL},
    {"__parameters__", _Py_T_OBJECT, offsetof(alias, parameters), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject Py_GenericAliasType = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "types.GenericAlias",
    .tp_basicsize = sizeof(alias),
    .tp_dealloc = alias_dealloc,
    .tp_repr = alias_repr,
    .tp_hash = alias_hash,
    .tp_call = alias_call,
    .tp_getattro = alias_attribute,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = alias_traverse,
    .tp_clear = alias_clear,
    .tp_richcompare = alias_compare,
    .tp_methods = alias_methods,
    .tp_members = alias_members,
    .tp_new = alias_type_new,
};
