/* show.c: objects as text: repr() and str() of any object, and what they are where a type does not say.
 *
 * Owns: the dispatch, the repr of objects and types, the full names of types, and who is at a repr already. Does not own:
 * the reprs of other built-in types (in their files). Read object.h first. */
#include "object.h"

/* Dispatch. ------------------------------------------------------------------------------------------------------------------- */

static PyObject *text_from(PyObject *op, reprfunc function, const char *where, const char *name)
{
    if (!object_recursion_enter(where))
        return NULL;
    PyObject *text = function(op);
    object_recursion_leave();
    if (text != NULL && !PyUnicode_Check(text)) {
        object_error_format(PyExc_TypeError, "%s returned non-string (type %.200s)", name, Py_TYPE(text)->tp_name);
        Py_CLEAR(text);
    }
    return text;
}

PyObject *object_repr(PyObject *op)
{
    if (op == NULL)
        return object_unicode_from_utf8("<NULL>");
    if (Py_TYPE(op)->tp_repr == NULL) /* of a type that nobody has made ready */
        return object_repr_default(op);
    return text_from(op, Py_TYPE(op)->tp_repr, " while getting the repr of an object", "__repr__");
}

PyObject *object_str(PyObject *op)
{
    if (op == NULL)
        return object_unicode_from_utf8("<NULL>");
    if (PyUnicode_CheckExact(op))
        return Py_NewRef(op);
    if (Py_TYPE(op)->tp_str == NULL)
        return object_repr(op);
    return text_from(op, Py_TYPE(op)->tp_str, " while getting the str of an object", "__str__");
}

/* The slots of `object` and `type`. ---------------------------------------------------------------------------------------------- */

/* The module's name for texts; NULL, and no exception, for what has none to be told: it is built in, or no str. */
static PyObject *module_told(PyTypeObject *type)
{
    PyObject *module = object_type_module_name(type);
    if (module == NULL || !PyUnicode_Check(module) || object_unicode_compare_ascii(module, "builtins") == 0) {
        object_error_clear();
        Py_CLEAR(module);
    }
    return module;
}

/* `format` is for the module, the name and `at`; `plain` for tp_name and `at`. */
static PyObject *type_text(PyTypeObject *type, const char *format, const char *plain, const void *at)
{
    PyObject *module = module_told(type), *name = object_type_qualified_name(type), *text = NULL;
    if (name != NULL && module != NULL)
        text = object_unicode_from_format(format, module, name, at);
    else if (name != NULL)
        text = object_unicode_from_format(plain, type->tp_name, at);
    Py_XDECREF(module);
    Py_XDECREF(name);
    return text;
}

PyObject *object_repr_default(PyObject *op)
{
    return type_text(Py_TYPE(op), "<%U.%U object at %p>", "<%s object at %p>", op);
}

PyObject *object_str_default(PyObject *op) { return object_repr(op); }
PyObject *object_type_repr(PyObject *type) { return type_text((PyTypeObject *)type, "<class '%U.%U'>", "<class '%s'>", NULL); }

static bool is_told(PyObject *module)
{
    return PyUnicode_Check(module) && object_unicode_compare_ascii(module, "builtins") != 0 &&
           object_unicode_compare_ascii(module, "__main__") != 0;
}

/* "module.Name", but "Name" for what is built in or of the program itself; an AttributeError where no module is known. */
PyObject *object_type_full_name(PyTypeObject *type, char separator)
{
    PyObject *module = object_type_module_name(type), *name = module == NULL ? NULL : object_type_qualified_name(type);
    if (name != NULL && is_told(module))
        Py_SETREF(name, object_unicode_from_format("%U%c%U", module, separator, name));
    Py_XDECREF(module);
    return name;
}

/* Containers that contain themselves. ------------------------------------------------------------------------------------------------ */

typedef struct repr_entry {
    struct repr_entry *next;
    PyObject *op; /* borrowed: somebody is at its repr */
    const void *thread;
} repr_entry;

static repr_entry *repr_entries;

static repr_entry **entry_find(PyObject *op)
{
    const void *thread = object_thread();
    repr_entry **place = &repr_entries;
    while (*place != NULL && ((*place)->op != op || (*place)->thread != thread))
        place = &(*place)->next;
    return place;
}

int object_repr_enter(PyObject *op)
{
    if (*entry_find(op) != NULL)
        return 1;
    repr_entry *entry = domain_malloc(PYMM_DOMAIN_MEM, sizeof *entry);
    if (entry == NULL) {
        object_error_no_memory();
        return -1;
    }
    *entry = (repr_entry){repr_entries, op, object_thread()};
    repr_entries = entry;
    return 0;
}

void object_repr_leave(PyObject *op)
{
    repr_entry **place = entry_find(op), *entry = *place;
    if (entry == NULL)
        return;
    *place = entry->next;
    domain_free(PYMM_DOMAIN_MEM, entry);
}
