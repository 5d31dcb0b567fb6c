/* attribute.c: attributes of any object: by slot, and by the rules of objects whose type has no slot of its own.
 *
 * Owns: the order in which descriptors, the object's dict and the type are asked. Does not own: attributes of types
 * (type_attribute.c), descriptors. Read access.h first. */
#include "object.h"

#include "exception.h"

static bool name_is_good(PyObject *name)
{
    if (PyUnicode_Check(name))
        return true;
    object_error_format(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(name)->tp_name);
    return false;
}

void object_attribute_error_complete(PyObject *op, PyObject *name)
{
    PyObject *error = object_error_take();
    if (error != NULL && object_error_matches(error, PyExc_AttributeError)) {
        PyAttributeErrorObject *made = (PyAttributeErrorObject *)error;
        if (made->obj == NULL && made->name == NULL) {
            made->obj = Py_NewRef(op);
            made->name = Py_NewRef(name);
        }
    }
    object_error_restore(error);
}

/* "'type' object has no attribute 'name'" and what else is said in that form. */
static PyObject *attribute_fails(PyObject *op, const char *format, PyObject *name)
{
    object_error_format_objects(PyExc_AttributeError, format, Py_TYPE(op)->tp_name, name);
    object_attribute_error_complete(op, name);
    return NULL;
}

/* By slot. -------------------------------------------------------------------------------------------------------------- */

PyObject *object_attribute_get(PyObject *op, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(op);
    if (!name_is_good(name))
        return NULL;
    if (type->tp_getattro != NULL)
        return type->tp_getattro(op, name);
    if (type->tp_getattr == NULL)
        return attribute_fails(op, "'%.100s' object has no attribute '%U'", name);
    const char *text = object_unicode_utf8(name, NULL);
    return text == NULL ? NULL : type->tp_getattr(op, (char *)(uintptr_t)text);
}

PyObject *object_attribute_get_utf8(PyObject *op, const char *name)
{
    if (Py_TYPE(op)->tp_getattr != NULL)
        return Py_TYPE(op)->tp_getattr(op, (char *)(uintptr_t)name);
    PyObject *text = object_unicode_from_utf8(name);
    PyObject *value = text == NULL ? NULL : object_attribute_get(op, text);
    Py_XDECREF(text);
    return value;
}

/* An AttributeError that is set means that there is none. */
static int found(PyObject *value, PyObject **place)
{
    *place = value;
    if (value != NULL)
        return 1;
    if (!object_error_is(PyExc_AttributeError))
        return -1;
    object_error_clear();
    return 0;
}

int object_attribute_find(PyObject *op, PyObject *name, PyObject **value)
{
    getattrofunc get = Py_TYPE(op)->tp_getattro;
    if (get == object_generic_get || get == object_public.generic_get) { /* the most frequent way costs no exception */
        *value = name_is_good(name) ? object_generic_find(op, name, NULL) : NULL;
        return *value == NULL && object_error_occurred() == NULL ? 0 : found(*value, value);
    }
    return found(object_attribute_get(op, name), value);
}

int object_attribute_find_utf8(PyObject *op, const char *name, PyObject **value)
{
    if (Py_TYPE(op)->tp_getattr != NULL)
        return found(object_attribute_get_utf8(op, name), value);
    PyObject *text = object_unicode_from_utf8(name);
    *value = NULL;
    int answer = text == NULL ? -1 : object_attribute_find(op, text, value);
    Py_XDECREF(text);
    return answer;
}

static int set_fails(PyObject *op, PyObject *name, PyObject *value)
{
    bool can_read = Py_TYPE(op)->tp_getattr != NULL || Py_TYPE(op)->tp_getattro != NULL;
    object_error_format_objects(PyExc_TypeError,
                                can_read ? "'%.100s' object has only read-only attributes (%s .%U)"
                                         : "'%.100s' object has no attributes (%s .%U)",
                                Py_TYPE(op)->tp_name, value == NULL ? "del" : "assign to", name);
    return -1;
}

int object_attribute_set(PyObject *op, PyObject *name, PyObject *value)
{
    PyTypeObject *type = Py_TYPE(op);
    if (!name_is_good(name))
        return -1;
    Py_INCREF(name);
    object_unicode_intern(&name);
    int result = -1;
    const char *text;
    if (type->tp_setattro != NULL)
        result = type->tp_setattro(op, name, value);
    else if (type->tp_setattr == NULL)
        result = set_fails(op, name, value);
    else if ((text = object_unicode_utf8(name, NULL)) != NULL)
        result = type->tp_setattr(op, (char *)(uintptr_t)text, value);
    Py_DECREF(name);
    return result;
}

int object_attribute_set_utf8(PyObject *op, const char *name, PyObject *value)
{
    if (Py_TYPE(op)->tp_setattr != NULL)
        return Py_TYPE(op)->tp_setattr(op, (char *)(uintptr_t)name, value);
    PyObject *text = object_unicode_from_utf8(name);
    int result = text == NULL ? -1 : object_attribute_set(op, text, value);
    Py_XDECREF(text);
    return result;
}

/* By the rules. --------------------------------------------------------------------------------------------------------- */

PyObject *object_generic_find(PyObject *op, PyObject *name, PyObject *dict)
{
    PyTypeObject *type = Py_TYPE(op);
    if (type->tp_mro == NULL && object_type_ready(type) != 0)
        return NULL;
    PyObject *of_type = Py_XNewRef(object_type_lookup(type, name)), *value = NULL;
    descrgetfunc get = of_type == NULL ? NULL : Py_TYPE(of_type)->tp_descr_get;
    if (get != NULL && Py_TYPE(of_type)->tp_descr_set != NULL) { /* one that also sets comes before the dict */
        value = get(of_type, op, (PyObject *)type);
        Py_DECREF(of_type);
        return value;
    }
    if (dict == NULL) {
        PyObject **place = object_dict_place(op);
        dict = place == NULL ? NULL : *place;
    }
    if (dict != NULL) {
        Py_INCREF(dict);
        value = Py_XNewRef(object_dict_get_error(dict, name));
        Py_DECREF(dict);
        if (value != NULL || object_error_occurred() != NULL) {
            Py_XDECREF(of_type);
            return value;
        }
    }
    if (get == NULL)
        return of_type;
    value = get(of_type, op, (PyObject *)type);
    Py_DECREF(of_type);
    return value;
}

PyObject *object_generic_get(PyObject *op, PyObject *name) { return object_generic_get_with(op, name, NULL); }

PyObject *object_generic_get_with(PyObject *op, PyObject *name, PyObject *dict)
{
    if (!name_is_good(name))
        return NULL;
    PyObject *value = object_generic_find(op, name, dict);
    if (value == NULL && object_error_occurred() == NULL)
        attribute_fails(op, "'%.100s' object has no attribute '%U'", name);
    return value;
}

/* Why it cannot be set: the type has it, or nobody does. */
static int generic_set_fails(PyObject *op, PyObject *name, bool is_of_type)
{
    setattrofunc set = Py_TYPE(op)->tp_setattro;
    if (is_of_type)
        attribute_fails(op, "'%.100s' object attribute '%U' is read-only", name);
    else if (set == object_generic_set || set == object_public.generic_set)
        attribute_fails(op, "'%.100s' object has no attribute '%U' and no __dict__ for setting new attributes", name);
    else
        attribute_fails(op, "'%.100s' object has no attribute '%U'", name);
    return -1;
}

/* The object's dict, made if a value is to go into it. *is_refused: there is no place for one. New reference. */
static PyObject *dict_for_set(PyObject *op, PyObject *value, bool *is_refused)
{
    PyObject **place = object_dict_place(op);
    *is_refused = place == NULL;
    if (place == NULL)
        return NULL;
    if (*place == NULL && value != NULL)
        *place = object_dict_new();
    return Py_XNewRef(*place);
}

static int dict_set(PyObject *op, PyObject *dict, PyObject *name, PyObject *value)
{
    int result = value != NULL ? object_dict_set(dict, name, value) : object_dict_delete(dict, name);
    if (result < 0 && value == NULL && object_error_is(PyExc_KeyError)) {
        object_error_clear();
        attribute_fails(op, "'%.100s' object has no attribute '%U'", name);
    }
    return result;
}

int object_generic_set(PyObject *op, PyObject *name, PyObject *value) { return object_generic_set_with(op, name, value, NULL); }

int object_generic_set_with(PyObject *op, PyObject *name, PyObject *value, PyObject *dict)
{
    PyTypeObject *type = Py_TYPE(op);
    if (!name_is_good(name) || (type->tp_mro == NULL && object_type_ready(type) != 0))
        return -1;
    PyObject *of_type = Py_XNewRef(object_type_lookup(type, name));
    int result = -1;
    if (of_type != NULL && Py_TYPE(of_type)->tp_descr_set != NULL) {
        result = Py_TYPE(of_type)->tp_descr_set(of_type, op, value);
        Py_DECREF(of_type);
        return result;
    }
    bool is_refused = false;
    Py_XINCREF(dict);
    if (dict == NULL)
        dict = dict_for_set(op, value, &is_refused);
    if (dict != NULL)
        result = dict_set(op, dict, name, value);
    else if (is_refused)
        generic_set_fails(op, name, of_type != NULL);
    else if (value == NULL)
        attribute_fails(op, "'%.100s' object has no attribute '%U'", name);
    Py_XDECREF(dict);
    Py_XDECREF(of_type);
    return result;
}

/* __dict__ */
PyObject *object_generic_get_dict(PyObject *op, void *context)
{
    (void)context;
    PyObject **place = object_dict_place(op);
    if (place == NULL)
        return object_error_set(PyExc_AttributeError, "This object has no __dict__");
    if (*place == NULL)
        *place = object_dict_new();
    return Py_XNewRef(*place);
}

int object_generic_set_dict(PyObject *op, PyObject *value, void *context)
{
    (void)context;
    PyObject **place = object_dict_place(op);
    if (place == NULL)
        object_error_set(PyExc_AttributeError, "This object has no __dict__");
    else if (value == NULL)
        object_error_set(PyExc_TypeError, "cannot delete __dict__");
    else if (!PyDict_Check(value))
        object_error_format(PyExc_TypeError, "__dict__ must be set to a dictionary, not a '%.200s'", Py_TYPE(value)->tp_name);
    else {
        Py_XSETREF(*place, Py_NewRef(value));
        return 0;
    }
    return -1;
}
