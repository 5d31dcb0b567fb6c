/* type_dispatch.c: what stands in the slots of types whose dict has a method for them: find the method, call it, and check what
 * it returned as the slot's callers expect.
 *
 * Owns: these functions. Does not own: when they are put into a slot (type_update.c). Read type_slots.h first. */
#include "type_slots.h"

/* Call the method of that name. *is_missing, if it is not NULL: there is none, and no exception is set. */
static PyObject *called(PyObject *self, const char *name, PyObject *const *args, size_t count, bool *is_missing)
{
    PyObject *method = object_type_special_utf8(self, name);
    if (is_missing != NULL)
        *is_missing = method == NULL && object_error_occurred() == NULL;
    if (method == NULL) {
        if (is_missing == NULL && object_error_occurred() == NULL)
            object_error_set(PyExc_AttributeError, name);
        return NULL;
    }
    PyObject *result = object_vectorcall(method, args, count, NULL);
    Py_DECREF(method);
    return result;
}

static PyObject *called_1(PyObject *self, const char *name, PyObject *arg) { return called(self, name, &arg, 1, NULL); }

/* 0, or -1, for methods that return nothing of interest. */
static int done(PyObject *result)
{
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

/* Numbers. ---------------------------------------------------------------------------------------------------------------- */

#define UNARY(slot, name) PyObject *dispatch_##slot(PyObject *self) { return called(self, name, NULL, 0, NULL); }
UNARY_DISPATCHES(UNARY)
#define INPLACE(slot, name) PyObject *dispatch_##slot(PyObject *self, PyObject *other) { return called_1(self, name, other); }
INPLACE_DISPATCHES(INPLACE)

/* NotImplemented also where there is no method. */
static PyObject *tried(PyObject *self, const char *name, PyObject *other)
{
    bool is_missing;
    PyObject *result = called(self, name, &other, 1, &is_missing);
    return is_missing ? Py_NotImplemented : result;
}

/* Does the type of `other` have a method of that name that is not the one of the type of `self`? False also with an exception. */
static bool has_own(PyObject *self, PyObject *other, const char *name)
{
    PyObject *of_other = object_type_lookup_utf8(Py_TYPE(other), name);
    return of_other != NULL && of_other != object_type_lookup_utf8(Py_TYPE(self), name);
}

/* Both sides may come here: whose slot this function is has a say. The derived one of the two is asked first. */
static PyObject *binary(PyObject *self, PyObject *other, const char *name, const char *reflected, bool is_self, bool is_other)
{
    is_other = is_other && Py_TYPE(self) != Py_TYPE(other);
    if (is_self) {
        bool is_first = is_other && object_type_is_subtype(Py_TYPE(other), Py_TYPE(self)) && has_own(self, other, reflected);
        PyObject *result = is_first ? tried(other, reflected, self) : object_error_occurred() != NULL ? NULL : Py_NotImplemented;
        if (result != Py_NotImplemented)
            return result;
        is_other = is_other && !is_first;
        result = tried(self, name, other);
        if (result != Py_NotImplemented || !is_other)
            return result;
    }
    return is_other ? tried(other, reflected, self) : Py_NotImplemented;
}

static bool has_number(PyObject *op, size_t offset, any_function function)
{
    any_function *place = type_slot_place(Py_TYPE(op), offset);
    return place != NULL && *place == function;
}

#define IS_OWN(op, slot) has_number((op), offsetof(PyHeapTypeObject, as_number.slot), (any_function)dispatch_##slot)
#define BINARY(slot, name, reflected)                                                                                  \
    PyObject *dispatch_##slot(PyObject *self, PyObject *other)                                                         \
    {                                                                                                                  \
        return binary(self, other, name, reflected, IS_OWN(self, slot), IS_OWN(other, slot));                          \
    }
BINARY_DISPATCHES(BINARY)

/* A third argument is only for the one whose slot this is. */
PyObject *dispatch_nb_power(PyObject *self, PyObject *other, PyObject *modulus)
{
    if (modulus == Py_None)
        return binary(self, other, "__pow__", "__rpow__", IS_OWN(self, nb_power), IS_OWN(other, nb_power));
    if (!IS_OWN(self, nb_power))
        return Py_NotImplemented;
    PyObject *args[] = {other, modulus};
    return called(self, "__pow__", args, 2, NULL);
}

PyObject *dispatch_nb_inplace_power(PyObject *self, PyObject *other, PyObject *modulus)
{
    (void)modulus;
    return called_1(self, "__ipow__", other);
}

int dispatch_nb_bool(PyObject *self)
{
    bool is_missing, is_length = false;
    PyObject *result = called(self, "__bool__", NULL, 0, &is_missing);
    if (is_missing) {
        is_length = true;
        result = called(self, "__len__", NULL, 0, &is_missing);
        if (is_missing)
            return 1;
    }
    int truth = result == NULL ? -1 : object_is_true(result);
    if (result != NULL && !is_length && !PyBool_Check(result)) {
        object_error_format(PyExc_TypeError, "__bool__ should return bool, returned %s", Py_TYPE(result)->tp_name);
        truth = -1;
    }
    Py_XDECREF(result);
    return truth;
}

/* Containers. --------------------------------------------------------------------------------------------------------------- */

Py_ssize_t dispatch_length(PyObject *self)
{
    PyObject *result = called(self, "__len__", NULL, 0, NULL);
    Py_ssize_t length = result == NULL ? -1 : object_number_as_ssize(result, PyExc_OverflowError);
    Py_XDECREF(result);
    if (length >= 0 || object_error_occurred() != NULL)
        return length;
    object_error_set(PyExc_ValueError, "__len__() should return >= 0");
    return -1;
}

PyObject *dispatch_mp_subscript(PyObject *self, PyObject *key) { return called_1(self, "__getitem__", key); }

int dispatch_mp_ass_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    PyObject *args[] = {key, value};
    return done(called(self, value == NULL ? "__delitem__" : "__setitem__", args, value == NULL ? 1 : 2, NULL));
}

PyObject *dispatch_sq_item(PyObject *self, Py_ssize_t index)
{
    PyObject *number = object_int_from_int64(index);
    PyObject *result = number == NULL ? NULL : called_1(self, "__getitem__", number);
    Py_XDECREF(number);
    return result;
}

int dispatch_sq_ass_item(PyObject *self, Py_ssize_t index, PyObject *value)
{
    PyObject *number = object_int_from_int64(index);
    int result = number == NULL ? -1 : dispatch_mp_ass_subscript(self, number, value);
    Py_XDECREF(number);
    return result;
}

static int iterated_contains(PyObject *self, PyObject *value)
{
    PyObject *iterator = object_iter(self), *item;
    int is_equal = iterator == NULL ? -1 : 0;
    while (is_equal == 0 && (item = object_iter_next(iterator)) != NULL) {
        is_equal = object_compare_bool(item, value, Py_EQ);
        Py_DECREF(item);
    }
    Py_XDECREF(iterator);
    return object_error_occurred() != NULL ? -1 : is_equal;
}

/* Without the method all items are looked at. */
int dispatch_sq_contains(PyObject *self, PyObject *value)
{
    PyObject *found = object_type_lookup_utf8(Py_TYPE(self), "__contains__");
    if (found == NULL && object_error_occurred() != NULL)
        return -1;
    if (found == Py_None) {
        object_error_format(PyExc_TypeError, "'%.200s' object is not a container", Py_TYPE(self)->tp_name);
        return -1;
    }
    bool is_missing;
    PyObject *result = called(self, "__contains__", &value, 1, &is_missing);
    if (is_missing)
        return iterated_contains(self, value);
    int truth = result == NULL ? -1 : object_is_true(result);
    Py_XDECREF(result);
    return truth;
}

PyObject *dispatch_tp_iter(PyObject *self)
{
    bool is_missing = false;
    PyObject *found = object_type_lookup_utf8(Py_TYPE(self), "__iter__");
    if (found == NULL && object_error_occurred() != NULL)
        return NULL;
    PyObject *result = found == Py_None ? NULL : called(self, "__iter__", NULL, 0, &is_missing);
    if (is_missing && object_type_lookup_utf8(Py_TYPE(self), "__getitem__") != NULL)
        return object_sequence_iter(self);
    if ((is_missing || found == Py_None) && object_error_occurred() == NULL)
        object_error_format(PyExc_TypeError, "'%.200s' object is not iterable", Py_TYPE(self)->tp_name);
    return result;
}

PyObject *dispatch_tp_iternext(PyObject *self) { return called(self, "__next__", NULL, 0, NULL); }

/* Any object. --------------------------------------------------------------------------------------------------------------- */

/* __getattribute__, and when that says that there is none, __getattr__. */
PyObject *dispatch_tp_getattro(PyObject *self, PyObject *name)
{
    PyObject *value = called_1(self, "__getattribute__", name);
    if (value != NULL || !object_error_is(PyExc_AttributeError) || object_type_lookup_utf8(Py_TYPE(self), "__getattr__") == NULL)
        return value;
    object_error_clear();
    return called_1(self, "__getattr__", name);
}

int dispatch_tp_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    PyObject *args[] = {name, value};
    return done(called(self, value == NULL ? "__delattr__" : "__setattr__", args, value == NULL ? 1 : 2, NULL));
}

PyObject *dispatch_tp_repr(PyObject *self) { return called(self, "__repr__", NULL, 0, NULL); }
PyObject *dispatch_tp_str(PyObject *self) { return called(self, "__str__", NULL, 0, NULL); }

Py_hash_t dispatch_tp_hash(PyObject *self)
{
    PyObject *found = object_type_lookup_utf8(Py_TYPE(self), "__hash__");
    if (found == NULL && object_error_occurred() != NULL)
        return -1;
    if (found == Py_None)
        return object_hash_refuse(self);
    PyObject *result = called(self, "__hash__", NULL, 0, NULL);
    if (result == NULL)
        return -1;
    Py_hash_t hash = -1;
    if (!PyLong_Check(result))
        object_error_set(PyExc_TypeError, "__hash__ method should return an integer");
    else
        hash = object_hash(result); /* an int of any size: its own hash is its value, or that made smaller */
    Py_DECREF(result);
    return hash;
}

PyObject *dispatch_tp_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyObject *method = object_type_special_utf8(self, "__call__");
    if (method == NULL) {
        if (object_error_occurred() == NULL)
            object_error_set(PyExc_AttributeError, "__call__");
        return NULL;
    }
    PyObject *result = object_call(method, args, kwds);
    Py_DECREF(method);
    return result;
}

PyObject *dispatch_tp_richcompare(PyObject *self, PyObject *other, int op)
{
    static const char *const names[] = {"__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"};
    return tried(self, names[op], other);
}

PyObject *dispatch_tp_descr_get(PyObject *self, PyObject *op, PyObject *type)
{
    bool is_missing;
    PyObject *args[] = {op == NULL ? Py_None : op, type == NULL ? Py_None : type};
    PyObject *result = called(self, "__get__", args, 2, &is_missing);
    return is_missing ? Py_NewRef(self) : result;
}

int dispatch_tp_descr_set(PyObject *self, PyObject *op, PyObject *value)
{
    PyObject *args[] = {op, value};
    return done(called(self, value == NULL ? "__delete__" : "__set__", args, value == NULL ? 1 : 2, NULL));
}

int dispatch_tp_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyObject *method = object_type_special_utf8(self, "__init__");
    PyObject *result = method == NULL ? NULL : object_call(method, args, kwds);
    Py_XDECREF(method);
    if (result != NULL && result != Py_None) {
        object_error_format(PyExc_TypeError, "__init__() should return None, not '%.200s'", Py_TYPE(result)->tp_name);
        Py_CLEAR(result);
    }
    return done(result);
}

/* __new__ is no method: the type is its first argument. */
PyObject *dispatch_tp_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    PyObject *function = object_attribute_get_utf8((PyObject *)type, "__new__"), *all = NULL, *result = NULL;
    if (function != NULL && (all = object_tuple_new(PyTuple_GET_SIZE(args) + 1)) != NULL) {
        PyTuple_SET_ITEM(all, 0, Py_NewRef(type));
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); i++)
            PyTuple_SET_ITEM(all, i + 1, Py_NewRef(PyTuple_GET_ITEM(args, i)));
        result = object_call(function, all, kwds);
    }
    Py_XDECREF(all);
    Py_XDECREF(function);
    return result;
}

/* __del__: whoever lets go of an object gets no exception from it. */
void dispatch_tp_finalize(PyObject *self)
{
    PyObject *error = object_error_take(), *method = object_type_special_utf8(self, "__del__");
    if (method != NULL) {
        PyObject *result = object_vectorcall(method, NULL, 0, NULL);
        if (result == NULL)
            object_error_unraisable(method);
        Py_XDECREF(result);
        Py_DECREF(method);
    }
    object_error_restore(error);
}
