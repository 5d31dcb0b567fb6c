/* instance_of.c: is an object an instance of a type, a type derived from another one: as isinstance() and issubclass() see it.
 *
 * Owns: the protocol: exact types, tuples, __instancecheck__ and __subclasscheck__ of metaclasses, objects that say what their
 * __class__ and __bases__ are. Does not own: the order of bases (type_order.c). Read access.h first. */
#include "object.h"

/* A tuple of bases, or NULL: an exception, or none. */
static PyObject *bases_of(PyObject *type)
{
    PyObject *bases;
    if (object_attribute_find_utf8(type, "__bases__", &bases) == 1 && !PyTuple_Check(bases))
        Py_CLEAR(bases);
    return bases;
}

static int is_type_like(PyObject *type, const char *error)
{
    PyObject *bases = bases_of(type);
    bool is_like = bases != NULL;
    Py_XDECREF(bases);
    if (!is_like && object_error_occurred() == NULL)
        object_error_set(PyExc_TypeError, error);
    return is_like ? 0 : -1;
}

/* By __bases__, for what is no type. */
static int is_derived_by_bases(PyObject *derived, PyObject *of)
{
    if (derived == of)
        return 1;
    PyObject *bases = bases_of(derived);
    if (bases == NULL)
        return object_error_occurred() != NULL ? -1 : 0;
    int answer = 0;
    if (object_recursion_enter(" in __issubclass__")) {
        for (Py_ssize_t i = 0; answer == 0 && i < PyTuple_GET_SIZE(bases); i++)
            answer = is_derived_by_bases(PyTuple_GET_ITEM(bases, i), of);
        object_recursion_leave();
    } else {
        answer = -1;
    }
    Py_DECREF(bases);
    return answer;
}

int object_is_subclass_plain(PyObject *derived, PyObject *of)
{
    if (PyType_Check(of) && PyType_Check(derived))
        return derived == of || object_type_is_subtype((PyTypeObject *)derived, (PyTypeObject *)of);
    if (is_type_like(derived, "issubclass() arg 1 must be a class") != 0 ||
        is_type_like(of, "issubclass() arg 2 must be a class, a tuple of classes, or a union") != 0)
        return -1;
    return is_derived_by_bases(derived, of);
}

/* What __class__ says counts too. */
int object_is_instance_plain(PyObject *op, PyObject *of)
{
    PyObject *type;
    bool is_type = PyType_Check(of);
    if (is_type && object_type_is_subtype(Py_TYPE(op), (PyTypeObject *)of))
        return 1;
    if (!is_type && is_type_like(of, "isinstance() arg 2 must be a type, a tuple of types, or a union") != 0)
        return -1;
    int answer = object_attribute_find_utf8(op, "__class__", &type);
    if (answer == 1 && is_type)
        answer = type != (PyObject *)Py_TYPE(op) && PyType_Check(type) && object_type_is_subtype((PyTypeObject *)type, (PyTypeObject *)of);
    else if (answer == 1)
        answer = is_derived_by_bases(type, of);
    Py_XDECREF(type);
    return answer;
}

typedef int (*plain_check)(PyObject *, PyObject *);

static int checked(PyObject *op, PyObject *of, const char *name, plain_check plain);

static int checked_tuple(PyObject *op, PyObject *of, const char *name, plain_check plain)
{
    if (!object_recursion_enter(plain == object_is_instance_plain ? " in __instancecheck__" : " in __subclasscheck__"))
        return -1;
    int answer = 0;
    for (Py_ssize_t i = 0; answer == 0 && i < PyTuple_GET_SIZE(of); i++)
        answer = checked(op, PyTuple_GET_ITEM(of, i), name, plain);
    object_recursion_leave();
    return answer;
}

/* By the metaclass's method of that name, if there is one. */
static int checked(PyObject *op, PyObject *of, const char *name, plain_check plain)
{
    if (PyType_CheckExact(of))
        return plain(op, of);
    if (PyTuple_Check(of))
        return checked_tuple(op, of, name, plain);
    PyObject *check = object_type_special_utf8(of, name);
    if (check == NULL)
        return object_error_occurred() != NULL ? -1 : plain(op, of);
    int answer = -1;
    if (object_recursion_enter(plain == object_is_instance_plain ? " in __instancecheck__" : " in __subclasscheck__")) {
        PyObject *result = object_vectorcall(check, &op, 1, NULL);
        object_recursion_leave();
        answer = result == NULL ? -1 : object_is_true(result);
        Py_XDECREF(result);
    }
    Py_DECREF(check);
    return answer;
}

int object_is_instance(PyObject *op, PyObject *of)
{
    if ((PyObject *)Py_TYPE(op) == of)
        return 1;
    return checked(op, of, "__instancecheck__", object_is_instance_plain);
}

int object_is_subclass(PyObject *derived, PyObject *of)
{
    return checked(derived, of, "__subclasscheck__", object_is_subclass_plain);
}
