/* call.c: calling objects: with a tuple and a dict (tp_call), or with an array (vectorcall), whichever the callee has.
 *
 * Owns: going from one form to the other, and the check of what a call returned. A vectorcall has its arguments in an array:
 * positional ones, then the values of those that `names`, a tuple, names. PY_VECTORCALL_ARGUMENTS_OFFSET in the count: the
 * callee may write to args[-1] as long as it puts back what was there. Does not own: C functions (function.c).
 * Read access.h first. */
#include "object.h"

#define STACK_COUNT 8 /* arguments that need no block of memory */

bool object_is_callable(PyObject *op) { return op != NULL && Py_TYPE(op) != NULL && Py_TYPE(op)->tp_call != NULL; }

static PyObject *null_error(void)
{
    if (object_error_occurred() == NULL)
        object_error_set(PyExc_SystemError, "null argument to internal routine");
    return NULL;
}

/* A SystemError, caused by what is set. */
static void result_fails(PyObject *callable, const char *format)
{
    PyObject *cause = object_error_take();
    object_error_format_objects(PyExc_SystemError, format, callable);
    PyObject *error = object_error_take();
    if (error != NULL && cause != NULL && error != cause)
        object_error_chain(error, cause);
    Py_XDECREF(cause);
    object_error_restore(error);
}

PyObject *object_call_check(PyObject *callable, PyObject *result)
{
    if (PYMM_LIKELY((result != NULL) == (object_error_occurred() == NULL)))
        return result;
    if (result == NULL) {
        result_fails(callable, "%R returned NULL without setting an exception");
    } else {
        Py_DECREF(result);
        result_fails(callable, "%R returned a result with an exception set");
    }
    return NULL;
}

vectorcallfunc object_vectorcall_function(PyObject *callable)
{
    vectorcallfunc function = NULL;
    PyTypeObject *type = Py_TYPE(callable);
    if (type != NULL && (type->tp_flags & Py_TPFLAGS_HAVE_VECTORCALL))
        memcpy(&function, (char *)callable + type->tp_vectorcall_offset, sizeof function);
    return function;
}

/* From array to dict. ----------------------------------------------------------------------------------------------------- */

PyObject *object_keywords_as_dict(PyObject *const *values, PyObject *names)
{
    PyObject *dict = object_dict_new();
    for (Py_ssize_t i = 0; dict != NULL && i < PyTuple_GET_SIZE(names); i++)
        if (object_dict_set(dict, PyTuple_GET_ITEM(names, i), values[i]) < 0)
            Py_CLEAR(dict);
    return dict;
}

static PyObject *call_slot(PyObject *callable, PyObject *args, PyObject *kwds)
{
    if (Py_TYPE(callable) == NULL) /* a static type of the program's, as a rule */
        return object_error_set(PyExc_SystemError, "an object without a type is called; a type is made ready by PyType_Ready first");
    ternaryfunc call = Py_TYPE(callable)->tp_call;
    if (call == NULL)
        return object_error_format(PyExc_TypeError, "'%.200s' object is not callable", Py_TYPE(callable)->tp_name);
    if (!object_recursion_enter(" while calling a Python object"))
        return NULL;
    PyObject *result = call(callable, args, kwds);
    object_recursion_leave();
    return object_call_check(callable, result);
}

static PyObject *call_slot_with_array(PyObject *callable, PyObject *const *args, Py_ssize_t count, PyObject *names, PyObject *kwds)
{
    if (!object_is_callable(callable))
        return call_slot(callable, NULL, NULL);
    PyObject *tuple = object_tuple_from_items(args, count), *made = NULL, *result = NULL;
    bool has_names = names != NULL && PyTuple_GET_SIZE(names) > 0;
    if (tuple != NULL && (!has_names || (made = object_keywords_as_dict(args + count, names)) != NULL))
        result = call_slot(callable, tuple, has_names ? made : kwds);
    Py_XDECREF(made);
    Py_XDECREF(tuple);
    return result;
}

PyObject *object_vectorcall(PyObject *callable, PyObject *const *args, size_t count_and_flag, PyObject *names)
{
    vectorcallfunc function = object_vectorcall_function(callable);
    if (function == NULL)
        return call_slot_with_array(callable, args, (Py_ssize_t)PyVectorcall_NARGS(count_and_flag), names, NULL);
    return object_call_check(callable, function(callable, args, count_and_flag, names));
}

/* From dict to array. ----------------------------------------------------------------------------------------------------- */

static bool keys_are_text(PyObject *kwds)
{
    Py_ssize_t at = 0;
    PyObject *key, *value;
    while (object_dict_next(kwds, &at, &key, &value))
        if (!PyUnicode_Check(key)) {
            object_error_set(PyExc_TypeError, "keywords must be strings");
            return false;
        }
    return true;
}

/* The array has references of its own: `kwds` may change during the call. */
static PyObject *call_with_dict(PyObject *callable, vectorcallfunc function, PyObject *const *args, Py_ssize_t count, PyObject *kwds)
{
    Py_ssize_t more = object_dict_size(kwds), at = 0;
    PyObject *names = keys_are_text(kwds) ? object_tuple_new(more) : NULL;
    PyObject **array = names == NULL ? NULL : domain_malloc(PYMM_DOMAIN_MEM, (size_t)(count + more + 1) * sizeof *array);
    if (array == NULL) {
        if (names != NULL)
            object_error_no_memory();
        Py_XDECREF(names);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        array[i + 1] = Py_NewRef(args[i]);
    PyObject *key, *value;
    for (Py_ssize_t i = 0; object_dict_next(kwds, &at, &key, &value); i++) {
        PyTuple_SET_ITEM(names, i, Py_NewRef(key));
        array[count + i + 1] = Py_NewRef(value);
    }
    PyObject *result = function(callable, array + 1, (size_t)count | PY_VECTORCALL_ARGUMENTS_OFFSET, names);
    for (Py_ssize_t i = 0; i < count + more; i++)
        Py_DECREF(array[i + 1]);
    domain_free(PYMM_DOMAIN_MEM, array);
    Py_DECREF(names);
    return object_call_check(callable, result);
}

PyObject *object_vectorcall_dict(PyObject *callable, PyObject *const *args, size_t count_and_flag, PyObject *kwds)
{
    vectorcallfunc function = object_vectorcall_function(callable);
    Py_ssize_t count = (Py_ssize_t)PyVectorcall_NARGS(count_and_flag);
    if (function == NULL)
        return call_slot_with_array(callable, args, count, NULL, kwds);
    if (kwds == NULL || object_dict_size(kwds) == 0)
        return object_call_check(callable, function(callable, args, count_and_flag, NULL));
    return call_with_dict(callable, function, args, count, kwds);
}

PyObject *object_vectorcall_as_call(PyObject *callable, PyObject *args, PyObject *kwds)
{
    vectorcallfunc function = NULL;
    if (Py_TYPE(callable)->tp_vectorcall_offset <= 0)
        return object_error_format(PyExc_TypeError, "'%.200s' object does not support vectorcall", Py_TYPE(callable)->tp_name);
    memcpy(&function, (char *)callable + Py_TYPE(callable)->tp_vectorcall_offset, sizeof function);
    if (function == NULL)
        return object_error_format(PyExc_TypeError, "'%.200s' object does not support vectorcall", Py_TYPE(callable)->tp_name);
    PyObject *const *items = &PyTuple_GET_ITEM(args, 0);
    if (kwds == NULL || object_dict_size(kwds) == 0)
        return object_call_check(callable, function(callable, items, (size_t)PyTuple_GET_SIZE(args), NULL));
    return call_with_dict(callable, function, items, PyTuple_GET_SIZE(args), kwds);
}

PyObject *object_call(PyObject *callable, PyObject *args, PyObject *kwds)
{
    vectorcallfunc function = object_vectorcall_function(callable);
    if (function == NULL)
        return call_slot(callable, args, kwds);
    return object_vectorcall_dict(callable, &PyTuple_GET_ITEM(args, 0), (size_t)PyTuple_GET_SIZE(args), kwds);
}

/* Methods. ---------------------------------------------------------------------------------------------------------------- */

PyObject *object_vectorcall_method(PyObject *name, PyObject *const *args, size_t count_and_flag, PyObject *names)
{
    PyObject *method = object_attribute_get(args[0], name);
    if (method == NULL)
        return NULL;
    /* args[0] lies before the others, where a callee may write. */
    size_t count = (size_t)PyVectorcall_NARGS(count_and_flag) - 1;
    PyObject *result = object_vectorcall(method, args + 1, count | PY_VECTORCALL_ARGUMENTS_OFFSET, names);
    Py_DECREF(method);
    return result;
}

PyObject *object_call_objects(PyObject *callable, PyObject *first, va_list *objects)
{
    if (callable == NULL)
        return null_error();
    PyObject *few[STACK_COUNT], **array = few;
    va_list counted;
    va_copy(counted, *objects);
    Py_ssize_t count = first != NULL, i = 0;
    while (va_arg(counted, PyObject *) != NULL)
        count++;
    va_end(counted);
    if (count > STACK_COUNT && (array = domain_malloc(PYMM_DOMAIN_MEM, (size_t)count * sizeof *array)) == NULL)
        return object_error_no_memory();
    if (first != NULL)
        array[i++] = first;
    while (i < count)
        array[i++] = va_arg(*objects, PyObject *);
    PyObject *result = object_vectorcall(callable, array, (size_t)count, NULL);
    if (array != few)
        domain_free(PYMM_DOMAIN_MEM, array);
    return result;
}

/* The arguments that a format makes: none, one, or those of the tuple that it makes by itself. */
PyObject *object_call_format(PyObject *callable, const char *format, va_list arguments)
{
    if (callable == NULL)
        return null_error();
    PyObject *built = format == NULL || *format == '\0' ? object_tuple_new(0) : object_build_list(format, arguments);
    if (built == NULL)
        return NULL;
    PyObject *result;
    if (PyTuple_Check(built))
        result = object_vectorcall(callable, &PyTuple_GET_ITEM(built, 0), (size_t)PyTuple_GET_SIZE(built), NULL);
    else
        result = object_vectorcall(callable, &built, 1, NULL);
    Py_DECREF(built);
    return result;
}

PyObject *object_call_method_format(PyObject *op, const char *name, const char *format, va_list arguments)
{
    if (op == NULL || name == NULL)
        return null_error();
    PyObject *method = object_attribute_get_utf8(op, name), *result = NULL;
    if (method == NULL)
        return NULL;
    if (object_is_callable(method))
        result = object_call_format(method, format, arguments);
    else
        object_error_format(PyExc_TypeError, "attribute of type '%.200s' is not callable", Py_TYPE(method)->tp_name);
    Py_DECREF(method);
    return result;
}
