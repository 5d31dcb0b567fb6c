/* type_dict.c: a type's tables become the entries of its dict, and how a type is asked for one.
 *
 * Entries that the dict has already stay, unless a method says METH_COEXIST. Nobody sees what the dicts of static types hold
 * but through the type, which never ends: the collector does not look at them. Owns: the above, the text of __doc__.
 * Does not own: slots as methods (type_slots.c). Read type.h first. */
#include "type.h"

/* Takes `value` over, which may be NULL with an exception set. */
static int dict_put(PyTypeObject *type, const char *name, PyObject *value, bool is_over)
{
    PyObject *key = value == NULL ? NULL : object_unicode_intern_utf8(name);
    int result = -1;
    if (key != NULL)
        result = is_over ? object_dict_set(type->tp_dict, key, value) : object_dict_set_default(type->tp_dict, key, value, NULL);
    if (value != NULL && !(type->tp_flags & Py_TPFLAGS_HEAPTYPE) && Py_TYPE(value)->tp_dealloc == object_descriptor_dealloc)
        object_gc_untrack(value);
    Py_XDECREF(key);
    Py_XDECREF(value);
    return result < 0 ? -1 : 0;
}

int type_dict_put(PyTypeObject *type, const char *name, PyObject *value) { return dict_put(type, name, value, false); }

static PyObject *method_made(PyTypeObject *type, PyMethodDef *method)
{
    if ((method->ml_flags & METH_CLASS) && (method->ml_flags & METH_STATIC))
        return object_error_set(PyExc_ValueError, "method cannot be both class and static");
    if (method->ml_flags & METH_CLASS)
        return object_class_method_descriptor(type, method);
    if (!(method->ml_flags & METH_STATIC))
        return object_method_descriptor(type, method);
    PyObject *function = object_function_new(method, (PyObject *)type, NULL, NULL);
    PyObject *made = function == NULL ? NULL : object_static_method(function);
    Py_XDECREF(function);
    return made;
}

static int tables_put(PyTypeObject *type)
{
    for (PyMethodDef *method = type->tp_methods; method != NULL && method->ml_name != NULL; method++)
        if (dict_put(type, method->ml_name, method_made(type, method), (method->ml_flags & METH_COEXIST) != 0) < 0)
            return -1;
    for (PyMemberDef *member = type->tp_members; member != NULL && member->name != NULL; member++)
        if (dict_put(type, member->name, object_member_descriptor(type, member), false) < 0)
            return -1;
    for (PyGetSetDef *getset = type->tp_getset; getset != NULL && getset->name != NULL; getset++)
        if (dict_put(type, getset->name, object_getset_descriptor(type, getset), false) < 0)
            return -1;
    return 0;
}

/* __new__, as a function that is called with the type to make an instance of. -------------------------------------------- */

static PyObject *new_called(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyTypeObject *type = (PyTypeObject *)self, *of;
    PyObject *first = PyTuple_GET_SIZE(args) < 1 ? NULL : PyTuple_GET_ITEM(args, 0);
    if (first == NULL)
        return object_error_format(PyExc_TypeError, "%s.__new__(): not enough arguments", type->tp_name);
    if (!PyType_Check(first))
        return object_error_format(PyExc_TypeError, "%s.__new__(X): X is not a type object (%s)", type->tp_name, Py_TYPE(first)->tp_name);
    of = (PyTypeObject *)first;
    if (!object_type_is_subtype(of, type))
        return object_error_format(PyExc_TypeError, "%s.__new__(%s): %s is not a subtype of %s", type->tp_name, of->tp_name, of->tp_name,
                                   type->tp_name);
    PyTypeObject *solid = of; /* the nearest base that is written in C */
    while (solid != NULL && solid->tp_dealloc == object_instance_dealloc)
        solid = solid->tp_base;
    if (solid != NULL && type->tp_dealloc != object_instance_dealloc && solid->tp_new != type->tp_new)
        return object_error_format(PyExc_TypeError, "%s.__new__(%s) is not safe, use %s.__new__()", type->tp_name, of->tp_name,
                                   solid->tp_name);
    PyObject *rest = object_tuple_slice(args, 1, PyTuple_GET_SIZE(args));
    PyObject *made = rest == NULL ? NULL : type->tp_new(of, rest, kwds);
    Py_XDECREF(rest);
    return made;
}

static PyMethodDef new_method = {"__new__", (PyCFunction)(void (*)(void))new_called, METH_VARARGS | METH_KEYWORDS,
                                 "Create and return a new object.  See help(type) for accurate signature."};

bool type_is_new_method(const PyMethodDef *method) { return method == &new_method; }

static int new_put(PyTypeObject *type)
{
    return type_dict_put(type, "__new__", object_function_new(&new_method, (PyObject *)type, NULL, NULL));
}

/* The text of a doc string, without the line that says how the function is called: "name(...)\n--\n\n". */
/* A text that begins with "name(...)" and a line of two dashes tells the arguments: where they begin, and what is behind. */
static const char *signature_of(const char *name, const char *doc, const char **behind)
{
    static const char end[] = ")\n--\n\n";
    name = strrchr(name, '.') == NULL ? name : strrchr(name, '.') + 1;
    size_t length = strlen(name);
    const char *at = doc != NULL && strncmp(doc, name, length) == 0 && doc[length] == '(' ? strstr(doc, end) : NULL;
    *behind = at == NULL ? doc : at + sizeof end - 1;
    return at == NULL ? NULL : doc + length;
}

PyObject *object_doc_text(const char *name, const char *doc)
{
    const char *behind;
    signature_of(name, doc, &behind);
    return behind == NULL ? Py_None : object_unicode_from_utf8(behind);
}

PyObject *object_doc_signature(const char *name, const char *doc)
{
    const char *behind, *start = signature_of(name, doc, &behind);
    return start == NULL ? Py_None : object_unicode_from_utf8_size(start, behind - start - 5); /* without the line of dashes */
}

static int doc_put(PyTypeObject *type)
{
    PyObject *doc = type->tp_doc == NULL ? Py_None : object_doc_text(type->tp_name, type->tp_doc);
    return type_dict_put(type, "__doc__", doc);
}

int type_dict_fill(PyTypeObject *type, bool has_own_new)
{
    if (type->tp_dict == NULL && (type->tp_dict = object_dict_new()) == NULL)
        return -1;
    if (type_slots_put(type) < 0 || (has_own_new && new_put(type) < 0) || tables_put(type) < 0 || doc_put(type) < 0)
        return -1;
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE))
        object_gc_untrack(type->tp_dict);
    return 0;
}

/* Lookup. ---------------------------------------------------------------------------------------------------------------- */

PyObject *object_type_lookup(PyTypeObject *type, PyObject *name)
{
    PyObject *value = NULL, *error = object_error_take();
    if (type->tp_mro == NULL && object_type_ready(type) != 0) { /* MemoryError: that is told, not what was set before */
        Py_XDECREF(error);
        return NULL;
    }
    PyObject *order = type->tp_mro;
    for (Py_ssize_t i = 0; order != NULL && value == NULL && i < PyTuple_GET_SIZE(order); i++) {
        PyObject *dict = ((PyTypeObject *)PyTuple_GET_ITEM(order, i))->tp_dict;
        value = dict == NULL ? NULL : object_dict_get_error(dict, name);
    }
    object_error_restore(error); /* what a lookup sets nobody could tell from what was set before */
    return value;
}

PyObject *object_type_lookup_utf8(PyTypeObject *type, const char *name)
{
    PyObject *text = object_unicode_intern_utf8(name);
    PyObject *value = text == NULL ? NULL : object_type_lookup(type, text);
    Py_XDECREF(text);
    return value;
}

/* What the type of `op` has under that name, bound to `op`. New reference; NULL: nothing, or an exception. */
PyObject *object_type_special_utf8(PyObject *op, const char *name)
{
    PyObject *value = Py_XNewRef(object_type_lookup_utf8(Py_TYPE(op), name));
    descrgetfunc get = value == NULL ? NULL : Py_TYPE(value)->tp_descr_get;
    if (get != NULL)
        Py_SETREF(value, get(value, op, (PyObject *)Py_TYPE(op)));
    return value;
}
