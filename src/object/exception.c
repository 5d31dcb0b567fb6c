/* exception.c: BaseException, and the types that only add a name to it.
 *
 * Owns: PyExc_*, what all exceptions have: args, cause, context, notes, their text. Does not own: types with more than that
 * (exception_more.c, exception_os.c, exception_unicode.c), the error state (error.c). Read exception.h first. */
#include "exception.h"

#include <stddef.h>

#define SELF(op) ((PyBaseExceptionObject *)(op))

/* Instances. -------------------------------------------------------------------------------------------------------------- */

int exception_traverse(PyObject *op, visitproc visit, void *arg)
{
    PyBaseExceptionObject *self = SELF(op);
    Py_VISIT(self->dict);
    Py_VISIT(self->args);
    Py_VISIT(self->notes);
    Py_VISIT(self->traceback);
    Py_VISIT(self->cause);
    Py_VISIT(self->context);
    return 0;
}

int exception_clear(PyObject *op)
{
    PyBaseExceptionObject *self = SELF(op);
    Py_CLEAR(self->dict);
    Py_CLEAR(self->args);
    Py_CLEAR(self->notes);
    Py_CLEAR(self->traceback);
    Py_CLEAR(self->cause);
    Py_CLEAR(self->context);
    return 0;
}

void exception_dealloc(PyObject *op)
{
    object_gc_untrack(op);
    exception_clear(op);
    Py_TYPE(op)->tp_free(op);
}

PyObject *exception_plain_new(PyTypeObject *type, PyObject *args)
{
    PyBaseExceptionObject *made = object_gc_take(sizeof *made, true);
    if (made == NULL)
        return NULL;
    made->args = Py_NewRef(args);
    object_head_init((PyObject *)made, type);
    object_gc_track((PyObject *)made);
    return (PyObject *)made;
}

bool exception_is_plain(const PyTypeObject *type)
{
    if (!(type->tp_flags & Py_TPFLAGS_READY)) /* an error while the built-in types are made ready */
        return true;
    return type->tp_new == exception_new && type->tp_init == exception_init && type->tp_dealloc == exception_dealloc &&
           type->tp_basicsize == sizeof(PyBaseExceptionObject);
}

PyObject *exception_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    (void)kwds; /* tp_init refuses those that there should not be */
    PyObject *self = type->tp_alloc(type, 0);
    if (self != NULL)
        SELF(self)->args = args != NULL ? Py_NewRef(args) : object_tuple_new(0);
    return self;
}

int exception_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    if (kwds != NULL && object_dict_size(kwds) != 0) {
        object_error_format(PyExc_TypeError, "%.200s() takes no keyword arguments", Py_TYPE(self)->tp_name);
        return -1;
    }
    Py_XSETREF(SELF(self)->args, Py_NewRef(args));
    return 0;
}

PyObject *exception_str(PyObject *self)
{
    PyObject *args = SELF(self)->args;
    switch (args == NULL ? 0 : PyTuple_GET_SIZE(args)) {
    case 0: return object_unicode_empty();
    case 1: return object_str(PyTuple_GET_ITEM(args, 0));
    default: return object_str(args);
    }
}

static PyObject *exception_repr(PyObject *self)
{
    PyObject *args = SELF(self)->args;
    const char *name = object_type_name(Py_TYPE(self));
    if (args == NULL || PyTuple_GET_SIZE(args) == 1)
        return args == NULL ? object_unicode_from_format("%s()", name)
                            : object_unicode_from_format("%s(%R)", name, PyTuple_GET_ITEM(args, 0));
    return object_unicode_from_format("%s%R", name, args);
}

/* Attributes. --------------------------------------------------------------------------------------------------------------- */

static PyObject *args_get(PyObject *self, void *context)
{
    (void)context;
    return SELF(self)->args == NULL ? Py_None : Py_NewRef(SELF(self)->args);
}

static int args_set(PyObject *self, PyObject *value, void *context)
{
    (void)context;
    if (value == NULL) {
        object_error_set(PyExc_TypeError, "args may not be deleted");
        return -1;
    }
    PyObject *args = object_tuple_from_iterable(value);
    if (args == NULL)
        return -1;
    Py_XSETREF(SELF(self)->args, args);
    return 0;
}

static PyObject *traceback_get(PyObject *self, void *context)
{
    (void)context;
    return SELF(self)->traceback == NULL ? Py_None : Py_NewRef(SELF(self)->traceback);
}

/* There are no tracebacks: None is the only one. */
int object_exception_set_traceback(PyObject *self, PyObject *value)
{
    if (value == NULL)
        object_error_set(PyExc_TypeError, "__traceback__ may not be deleted");
    else if (value != Py_None)
        object_error_set(PyExc_TypeError, "__traceback__ must be a traceback or None");
    else
        Py_CLEAR(SELF(self)->traceback);
    return value == Py_None ? 0 : -1;
}

static int traceback_set(PyObject *self, PyObject *value, void *context)
{
    (void)context;
    return object_exception_set_traceback(self, value);
}

/* False: an exception says why `value` can be no cause or context. */
static bool can_lead_to(PyObject *value, const char *attribute, const char *what)
{
    if (value == NULL)
        object_error_format(PyExc_TypeError, "%s may not be deleted", attribute);
    else if (value != Py_None && !PyExceptionInstance_Check(value))
        object_error_format(PyExc_TypeError, "exception %s must be None or derive from BaseException", what);
    else
        return true;
    return false;
}

static PyObject *context_get(PyObject *self, void *unused)
{
    (void)unused;
    return SELF(self)->context == NULL ? Py_None : Py_NewRef(SELF(self)->context);
}

static int context_set(PyObject *self, PyObject *value, void *unused)
{
    (void)unused;
    if (!can_lead_to(value, "__context__", "context"))
        return -1;
    Py_XSETREF(SELF(self)->context, value == Py_None ? NULL : Py_NewRef(value));
    return 0;
}

static PyObject *cause_get(PyObject *self, void *unused)
{
    (void)unused;
    return SELF(self)->cause == NULL ? Py_None : Py_NewRef(SELF(self)->cause);
}

void object_exception_set_cause(PyObject *self, PyObject *cause)
{
    SELF(self)->suppress_context = 1;
    Py_XSETREF(SELF(self)->cause, cause);
}

static int cause_set(PyObject *self, PyObject *value, void *unused)
{
    (void)unused;
    if (!can_lead_to(value, "__cause__", "cause"))
        return -1;
    object_exception_set_cause(self, value == Py_None ? NULL : Py_NewRef(value));
    return 0;
}

static PyGetSetDef exception_attributes[] = {
    {"__dict__", object_generic_get_dict, object_generic_set_dict, NULL, NULL},
    {"args", args_get, args_set, NULL, NULL},
    {"__traceback__", traceback_get, traceback_set, NULL, NULL},
    {"__context__", context_get, context_set, NULL, NULL},
    {"__cause__", cause_get, cause_set, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef exception_members[] = {
    {"__suppress_context__", Py_T_BOOL, offsetof(PyBaseExceptionObject, suppress_context), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyObject *with_traceback(PyObject *self, PyObject *traceback)
{
    return object_exception_set_traceback(self, traceback) != 0 ? NULL : Py_NewRef(self);
}

/* __notes__, a list that is made at the first note. */
static PyObject *add_note(PyObject *self, PyObject *note)
{
    if (!PyUnicode_Check(note))
        return object_error_format(PyExc_TypeError, "note must be a str, not '%s'", Py_TYPE(note)->tp_name);
    PyObject *notes;
    if (object_attribute_find_utf8(self, "__notes__", &notes) < 0)
        return NULL;
    bool is_good = true;
    if (notes == NULL)
        is_good = (notes = object_list_new(0)) != NULL && object_attribute_set_utf8(self, "__notes__", notes) == 0;
    else if (!PyList_Check(notes))
        is_good = object_error_set(PyExc_TypeError, "Cannot add note: __notes__ is not a list") != NULL;
    is_good = is_good && object_list_append(notes, note) == 0;
    Py_XDECREF(notes);
    return is_good ? Py_None : NULL;
}

static PyMethodDef exception_methods[] = {
    {"with_traceback", with_traceback, METH_O, "Exception.with_traceback(tb) --\nset self.__traceback__ to tb and return self."},
    {"add_note", add_note, METH_O, "Exception.add_note(note) --\nadd a note to the exception"},
    {NULL, NULL, 0, NULL},
};

/* The types. ---------------------------------------------------------------------------------------------------------------- */

PyTypeObject exception_BaseException = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "BaseException",
    .tp_basicsize = sizeof(PyBaseExceptionObject),
    .tp_dealloc = exception_dealloc,
    .tp_repr = exception_repr,
    .tp_str = exception_str,
    .tp_flags = EXCEPTION_FLAGS,
    .tp_doc = "Common base class for all exceptions",
    .tp_traverse = exception_traverse,
    .tp_clear = exception_clear,
    .tp_methods = exception_methods,
    .tp_members = exception_members,
    .tp_getset = exception_attributes,
    .tp_dictoffset = offsetof(PyBaseExceptionObject, dict),
    .tp_init = exception_init,
    .tp_new = exception_new,
};

/* Name and base, bases first; those that add nothing. */
#define PLAIN_ABOVE(X)                                                                                                 \
    X(Exception, BaseException) X(GeneratorExit, BaseException) X(KeyboardInterrupt, BaseException)                    \
    X(StopAsyncIteration, Exception) X(ArithmeticError, Exception) X(LookupError, Exception)                           \
    X(AssertionError, Exception) X(BufferError, Exception) X(EOFError, Exception) X(MemoryError, Exception)            \
    X(RuntimeError, Exception) X(ReferenceError, Exception) X(SystemError, Exception) X(TypeError, Exception)          \
    X(ValueError, Exception) X(Warning, Exception)
#define PLAIN_BELOW(X)                                                                                                 \
    X(FloatingPointError, ArithmeticError) X(OverflowError, ArithmeticError) X(ZeroDivisionError, ArithmeticError)     \
    X(IndexError, LookupError) X(ModuleNotFoundError, ImportError) X(UnboundLocalError, NameError)                     \
    X(RecursionError, RuntimeError) X(NotImplementedError, RuntimeError) X(PythonFinalizationError, RuntimeError)      \
    X(IndentationError, SyntaxError) X(TabError, IndentationError) X(BlockingIOError, OSError)                         \
    X(ChildProcessError, OSError) X(ConnectionError, OSError) X(FileExistsError, OSError)                              \
    X(FileNotFoundError, OSError) X(InterruptedError, OSError) X(IsADirectoryError, OSError)                           \
    X(NotADirectoryError, OSError) X(PermissionError, OSError) X(ProcessLookupError, OSError)                          \
    X(TimeoutError, OSError) X(BrokenPipeError, ConnectionError) X(ConnectionAbortedError, ConnectionError)            \
    X(ConnectionRefusedError, ConnectionError) X(ConnectionResetError, ConnectionError) X(UserWarning, Warning)        \
    X(DeprecationWarning, Warning) X(PendingDeprecationWarning, Warning) X(SyntaxWarning, Warning)                     \
    X(RuntimeWarning, Warning) X(FutureWarning, Warning) X(ImportWarning, Warning) X(UnicodeWarning, Warning)          \
    X(BytesWarning, Warning) X(ResourceWarning, Warning) X(EncodingWarning, Warning)
#define WITH_MORE(X)                                                                                                   \
    X(SystemExit, ) X(StopIteration, ) X(OSError, ) X(ImportError, ) X(NameError, ) X(AttributeError, )                \
    X(SyntaxError, ) X(KeyError, ) X(UnicodeError, ) X(UnicodeEncodeError, ) X(UnicodeDecodeError, )                   \
    X(UnicodeTranslateError, )

/* All the rest is inherited, the size too. */
#define DEFINE_TYPE(name, above)                                                                                       \
    PyTypeObject exception_##name = {                                                                                  \
        PyVarObject_HEAD_INIT(&PyType_Type, 0)                                                                         \
        .tp_name = #name,                                                                                              \
        .tp_flags = EXCEPTION_FLAGS_PLAIN,                                                                             \
        .tp_base = &exception_##above,                                                                                 \
    };
#define DEFINE_POINTER(name, above) PyObject *PyExc_##name = (PyObject *)&exception_##name;
PLAIN_ABOVE(DEFINE_TYPE)
PLAIN_BELOW(DEFINE_TYPE)
PyObject *PyExc_BaseException = (PyObject *)&exception_BaseException;
PLAIN_ABOVE(DEFINE_POINTER)
WITH_MORE(DEFINE_POINTER)
PLAIN_BELOW(DEFINE_POINTER)
PyObject *PyExc_EnvironmentError = (PyObject *)&exception_OSError;
PyObject *PyExc_IOError = (PyObject *)&exception_OSError;

#define READY(name, above) || object_type_ready(&exception_##name) != 0
int exception_start(void)
{
    bool has_failed = object_type_ready(&exception_BaseException) != 0 PLAIN_ABOVE(READY) WITH_MORE(READY) PLAIN_BELOW(READY);
    return has_failed ? -1 : 0;
}
