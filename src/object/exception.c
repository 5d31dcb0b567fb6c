/* exception.c: the types of exceptions, and what an instance of one is.
 *
 * Owns: PyExc_*, the hierarchy. Does not own: the error state (error.c). All types share the layout of BaseException.
 * Read object.h first. */
#include "exception.h"

static int exception_traverse(PyObject *op, visitproc visit, void *arg)
{
    exception *self = (exception *)op;
    Py_VISIT(self->base.dict);
    Py_VISIT(self->base.args);
    Py_VISIT(self->base.notes);
    Py_VISIT(self->base.traceback);
    Py_VISIT(self->base.cause);
    Py_VISIT(self->base.context);
    Py_VISIT(self->value);
    return 0;
}

static int exception_clear(PyObject *op)
{
    exception *self = (exception *)op;
    Py_CLEAR(self->base.dict);
    Py_CLEAR(self->base.args);
    Py_CLEAR(self->base.notes);
    Py_CLEAR(self->base.traceback);
    Py_CLEAR(self->base.cause);
    Py_CLEAR(self->base.context);
    Py_CLEAR(self->value);
    domain_free(PYMM_DOMAIN_OBJ, self->text);
    self->text = NULL;
    return 0;
}

static void exception_dealloc(PyObject *op)
{
    object_gc_untrack(op);
    exception_clear(op);
    Py_TYPE(op)->tp_free(op);
}

#define EXCEPTION_FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASE_EXC_SUBCLASS)
#define EXCEPTION_TYPE(name, above)                                                                                    \
    static PyTypeObject exception_##name = {                                                                           \
        PyVarObject_HEAD_INIT(&PyType_Type, 0)                                                                         \
        .tp_name = #name,                                                                                              \
        .tp_basicsize = sizeof(exception),                                                                             \
        .tp_dealloc = exception_dealloc,                                                                               \
        .tp_flags = EXCEPTION_FLAGS,                                                                                   \
        .tp_traverse = exception_traverse,                                                                             \
        .tp_clear = exception_clear,                                                                                   \
        .tp_base = above,                                                                                              \
        .tp_dictoffset = offsetof(exception, base.dict),                                                               \
        .tp_new = object_generic_new,                                                                                  \
    };
#define EXCEPTION_DEFINE(name, above) EXCEPTION_TYPE(name, &exception_##above) PyObject *PyExc_##name = (PyObject *)&exception_##name;

EXCEPTION_TYPE(BaseException, NULL)
PyObject *PyExc_BaseException = (PyObject *)&exception_BaseException;
EXCEPTIONS(EXCEPTION_DEFINE)
PyObject *PyExc_EnvironmentError = (PyObject *)&exception_OSError;
PyObject *PyExc_IOError = (PyObject *)&exception_OSError;

#define EXCEPTION_READY(name, above) || object_type_ready(&exception_##name) != 0
int exception_start(void) { return object_type_ready(&exception_BaseException) != 0 EXCEPTIONS(EXCEPTION_READY) ? -1 : 0; }
