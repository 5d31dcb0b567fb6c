/* calls.c: the names of the functions that call objects, read arguments and build values; each is one of the object room's.
 *
 * Owns: nothing. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

static PyObject *null_error(void)
{
    if (PyErr_Occurred() == NULL)
        object_error_set(PyExc_SystemError, "null argument to internal routine");
    return NULL;
}

int PyCallable_Check(PyObject *op) { return object_is_callable(op); }
PyObject *PyObject_Call(PyObject *callable, PyObject *args, PyObject *kwargs) { return object_call(callable, args, kwargs); }
PyObject *PyObject_CallNoArgs(PyObject *callable) { return object_vectorcall(callable, NULL, 0, NULL); }
PyObject *PyObject_CallObject(PyObject *callable, PyObject *args)
{
    if (args == NULL)
        return PyObject_CallNoArgs(callable);
    if (PyTuple_Check(args))
        return object_call(callable, args, NULL);
    return object_error_set(PyExc_TypeError, "argument list must be a tuple");
}
PyObject *PyObject_CallOneArg(PyObject *callable, PyObject *arg)
{
    PyObject *args[] = {NULL, arg}; /* the callee may write to the first */
    return object_vectorcall(callable, args + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
}

PyObject *PyObject_CallFunction(PyObject *callable, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *result = object_call_format(callable, format, values);
    va_end(values);
    return result;
}
PyObject *PyObject_CallMethod(PyObject *op, const char *name, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *result = object_call_method_format(op, name, format, values);
    va_end(values);
    return result;
}
PyObject *PyObject_CallFunctionObjArgs(PyObject *callable, ...)
{
    va_list objects;
    va_start(objects, callable);
    PyObject *result = object_call_objects(callable, NULL, &objects);
    va_end(objects);
    return result;
}
PyObject *PyObject_CallMethodObjArgs(PyObject *op, PyObject *name, ...)
{
    if (op == NULL || name == NULL)
        return null_error();
    PyObject *method = object_attribute_get(op, name);
    if (method == NULL)
        return NULL;
    va_list objects;
    va_start(objects, name);
    PyObject *result = object_call_objects(method, NULL, &objects);
    va_end(objects);
    Py_DECREF(method);
    return result;
}
PyObject *PyObject_CallMethodNoArgs(PyObject *op, PyObject *name) { return object_vectorcall_method(name, &op, 1, NULL); }
PyObject *PyObject_CallMethodOneArg(PyObject *op, PyObject *name, PyObject *arg)
{
    PyObject *args[] = {op, arg};
    return object_vectorcall_method(name, args, 2, NULL);
}

PyObject *PyObject_Vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    return object_vectorcall(callable, args, nargsf, kwnames);
}
PyObject *PyObject_VectorcallDict(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwargs)
{
    return object_vectorcall_dict(callable, args, nargsf, kwargs);
}
PyObject *PyObject_VectorcallMethod(PyObject *name, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    return object_vectorcall_method(name, args, nargsf, kwnames);
}
vectorcallfunc PyVectorcall_Function(PyObject *callable) { return object_vectorcall_function(callable); }
PyObject *PyVectorcall_Call(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    return object_vectorcall_as_call(callable, args, kwargs);
}

int Py_EnterRecursiveCall(const char *where) { return object_recursion_enter(where) ? 0 : -1; }
void Py_LeaveRecursiveCall(void) { object_recursion_leave(); }

/* Arguments and values. -------------------------------------------------------------------------------------------------- */

int PyArg_VaParse(PyObject *args, const char *format, va_list places) { return object_args_parse_list(args, format, places); }
int PyArg_ParseTuple(PyObject *args, const char *format, ...)
{
    va_list places;
    va_start(places, format);
    int is_good = object_args_parse_list(args, format, places);
    va_end(places);
    return is_good;
}
int PyArg_Parse(PyObject *args, const char *format, ...)
{
    va_list places;
    va_start(places, format);
    int is_good = object_args_parse_one(args, format, places);
    va_end(places);
    return is_good;
}
int PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *kw, const char *format, char **keywords, va_list places)
{
    return object_args_parse_keywords_list(args, kw, format, (const char *const *)keywords, places);
}
int PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *kw, const char *format, char **keywords, ...)
{
    va_list places;
    va_start(places, keywords);
    int is_good = object_args_parse_keywords_list(args, kw, format, (const char *const *)keywords, places);
    va_end(places);
    return is_good;
}
int PyArg_ValidateKeywordArguments(PyObject *kwargs) { return object_args_check_keywords(kwargs); }
int PyArg_UnpackTuple(PyObject *args, const char *name, Py_ssize_t min, Py_ssize_t max, ...)
{
    va_list places;
    va_start(places, max);
    int is_good = object_args_unpack(args, name, min, max, places);
    va_end(places);
    return is_good;
}

PyObject *Py_VaBuildValue(const char *format, va_list values) { return object_build_list(format, values); }
PyObject *Py_BuildValue(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *made = object_build_list(format, values);
    va_end(values);
    return made;
}
