/* item.c: what is in an object: its length, items by key, and what protocols it has.
 *
 * Owns: object_size, object_item_*. Does not own: sequences (sequence.c), mappings (mapping.c). Read slice.h first. */
#include "item.h"

#include "slice.h"

PySequenceMethods item_no_sequence;
PyMappingMethods item_no_mapping;

PyObject *item_null(void)
{
    return object_error_occurred() != NULL ? NULL : object_error_set(PyExc_SystemError, "null argument to internal routine");
}

PyObject *item_refuse(PyObject *op, const char *format)
{
    const char *name = Py_TYPE(op)->tp_name, *place = strstr(format, "%s");
    return object_error_format(PyExc_TypeError, "%.*s%.200s%s", (int)(place - format), format, name, place + 2);
}

/* Lengths. ---------------------------------------------------------------------------------------------------------------------- */

Py_ssize_t object_size(PyObject *op)
{
    if (op == NULL)
        return item_null(), -1;
    lenfunc length = item_sequence(op)->sq_length != NULL ? item_sequence(op)->sq_length : item_mapping(op)->mp_length;
    return length != NULL ? length(op) : (item_refuse(op, "object of type '%s' has no len()"), -1);
}

/* An object without a length has none to tell; one that fails with TypeError has no use for it. */
Py_ssize_t object_length_hint(PyObject *op, Py_ssize_t otherwise)
{
    if (item_sequence(op)->sq_length == NULL && item_mapping(op)->mp_length == NULL)
        return otherwise;
    Py_ssize_t length = object_size(op);
    if (length >= 0 || !object_error_is(PyExc_TypeError))
        return length;
    object_error_clear();
    return otherwise;
}

/* Items. ----------------------------------------------------------------------------------------------------------------------- */

PyObject *object_item_get(PyObject *op, PyObject *key)
{
    Py_ssize_t index;
    if (op == NULL || key == NULL)
        return item_null();
    if (item_mapping(op)->mp_subscript != NULL)
        return item_mapping(op)->mp_subscript(op, key);
    if (item_sequence(op)->sq_item == NULL)
        return item_refuse(op, "'%s' object is not subscriptable");
    if (slice_is_index(key))
        return slice_index(key, &index) ? object_sequence_get(op, index) : NULL;
    return item_refuse(key, "sequence index must be integer, not '%s'");
}

/* value: NULL deletes. `refusal`: when neither protocol has it. */
static int item_put(PyObject *op, PyObject *key, PyObject *value, const char *refusal)
{
    Py_ssize_t index;
    if (item_mapping(op)->mp_ass_subscript != NULL)
        return item_mapping(op)->mp_ass_subscript(op, key, value);
    if (Py_TYPE(op)->tp_as_sequence != NULL && slice_is_index(key)) {
        if (!slice_index(key, &index))
            return -1;
        return value != NULL ? object_sequence_set(op, index, value) : object_sequence_delete(op, index);
    }
    if (item_sequence(op)->sq_ass_item != NULL)
        return item_refuse(key, "sequence index must be integer, not '%s'"), -1;
    return item_refuse(op, refusal), -1;
}

int object_item_set(PyObject *op, PyObject *key, PyObject *value)
{
    if (op == NULL || key == NULL || value == NULL)
        return item_null(), -1;
    return item_put(op, key, value, "'%s' object does not support item assignment");
}

int object_item_delete(PyObject *op, PyObject *key)
{
    if (op == NULL || key == NULL)
        return item_null(), -1;
    return item_put(op, key, NULL, "'%s' object does not support item deletion");
}
