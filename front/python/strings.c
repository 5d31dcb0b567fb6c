/* strings.c: the functions on dicts and mappings whose key is UTF-8: each makes a str of it and calls the one for any key.
 *
 * Owns: the above. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

/* The str, or NULL with an exception, as each of these wants it. */
static PyObject *key_of(const char *utf8) { return object_unicode_from_utf8(utf8); }

/* What a function returned that was called with `key`, of which the reference is given up; -1 if it could not be called. */
#define WITH_KEY(key, call)                                                                                            \
    PyObject *key = key_of(name);                                                                                      \
    int result = key == NULL ? -1 : (call);                                                                            \
    Py_XDECREF(key);                                                                                                   \
    return result

PyObject *PyDict_GetItemString(PyObject *dict, const char *name)
{
    PyObject *before = object_error_take(), *key = key_of(name);
    PyObject *value = key == NULL ? NULL : object_dict_get(dict, key);
    Py_XDECREF(key);
    object_error_restore(before);
    return value;
}
int PyDict_GetItemStringRef(PyObject *dict, const char *name, PyObject **found)
{
    *found = NULL;
    WITH_KEY(key, object_dict_get_new(dict, key, found));
}
/* Names that programs put into dicts come again: one string each. */
int PyDict_SetItemString(PyObject *dict, const char *name, PyObject *value)
{
    PyObject *key = object_unicode_intern_utf8(name);
    int result = key == NULL ? -1 : object_dict_set(dict, key, value);
    Py_XDECREF(key);
    return result;
}
int PyDict_DelItemString(PyObject *dict, const char *name) { WITH_KEY(key, object_dict_delete(dict, key)); }
int PyDict_PopString(PyObject *dict, const char *name, PyObject **found)
{
    if (found != NULL)
        *found = NULL;
    WITH_KEY(key, object_dict_pop(dict, key, found));
}
int PyDict_ContainsString(PyObject *dict, const char *name) { WITH_KEY(key, object_dict_contains(dict, key)); }

PyObject *PyMapping_GetItemString(PyObject *op, const char *name)
{
    PyObject *key = key_of(name), *value = key == NULL ? NULL : object_item_get(op, key);
    Py_XDECREF(key);
    return value;
}
int PyMapping_SetItemString(PyObject *op, const char *name, PyObject *value) { WITH_KEY(key, object_item_set(op, key, value)); }
int PyMapping_HasKeyStringWithError(PyObject *op, const char *name) { WITH_KEY(key, object_mapping_has(op, key)); }
int PyMapping_HasKeyString(PyObject *op, const char *name)
{
    int found = PyMapping_HasKeyStringWithError(op, name);
    if (found < 0)
        PyErr_FormatUnraisable("Exception ignored in PyMapping_HasKeyString(); consider using PyMapping_HasKeyStringWithError(), "
                               "PyMapping_GetOptionalItemString() or PyMapping_GetItemString()");
    return found > 0;
}
int PyMapping_GetOptionalItemString(PyObject *op, const char *name, PyObject **found)
{
    *found = NULL;
    WITH_KEY(key, object_mapping_find(op, key, found));
}
int PyObject_DelItemString(PyObject *op, const char *name) { WITH_KEY(key, object_item_delete(op, key)); }
