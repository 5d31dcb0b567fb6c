/* exception.h: how the files exception*.c and error*.c share the types of exceptions. Only files of this room include it.
 * Layouts are public: python/pyerrors.h. Read object.h first. */
#ifndef PYMM_OBJECT_EXCEPTION_H
#define PYMM_OBJECT_EXCEPTION_H

#include "object.h"

int exception_start(void); /* make the types ready */

/* An instance with those arguments (a tuple, borrowed) and nothing run; of types that add nothing to BaseException. NULL: no
 * memory, and no exception is set. */
PyObject *exception_plain_new(PyTypeObject *type, PyObject *args);
/* Does making an instance of the type come to that? */
bool exception_is_plain(const PyTypeObject *type);

/* What the types have in common, for those that add to it. */
PyObject *exception_new(PyTypeObject *type, PyObject *args, PyObject *kwds);
int exception_init(PyObject *self, PyObject *args, PyObject *kwds);
PyObject *exception_str(PyObject *self);
int exception_traverse(PyObject *self, visitproc visit, void *arg);
int exception_clear(PyObject *self);
void exception_dealloc(PyObject *self);

/* The types that add to it: exception_more.c, exception_os.c, exception_unicode.c. */
#define DECLARE_TYPE(name) extern PyTypeObject exception_##name;
DECLARE_TYPE(BaseException)
DECLARE_TYPE(Exception)
DECLARE_TYPE(ValueError)
DECLARE_TYPE(LookupError)
DECLARE_TYPE(SystemExit)
DECLARE_TYPE(StopIteration)
DECLARE_TYPE(OSError)
DECLARE_TYPE(ImportError)
DECLARE_TYPE(NameError)
DECLARE_TYPE(AttributeError)
DECLARE_TYPE(SyntaxError)
DECLARE_TYPE(KeyError)
DECLARE_TYPE(UnicodeError)
DECLARE_TYPE(UnicodeEncodeError)
DECLARE_TYPE(UnicodeDecodeError)
DECLARE_TYPE(UnicodeTranslateError)

#define EXCEPTION_FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASE_EXC_SUBCLASS)
/* Of those that inherit their layout, and GC with it. */
#define EXCEPTION_FLAGS_PLAIN (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_BASE_EXC_SUBCLASS)
/* Slots of a type with a layout of its own, whose functions are layout_traverse, layout_clear, layout_dealloc. */
#define EXCEPTION_SLOTS(name, above, structure, layout)                                                                \
    .tp_name = #name, .tp_basicsize = sizeof(structure), .tp_dealloc = layout##_dealloc, .tp_flags = EXCEPTION_FLAGS,  \
    .tp_traverse = layout##_traverse, .tp_clear = layout##_clear, .tp_base = &exception_##above,                       \
    .tp_dictoffset = offsetof(structure, dict), .tp_new = exception_new

/* The functions for a layout: FIELDS(X) lists its objects. */
#define EXCEPTION_VISIT(field) Py_VISIT(self->field);
#define EXCEPTION_CLEAR(field) Py_CLEAR(self->field);
#define EXCEPTION_LAYOUT(layout, structure, FIELDS)                                                                    \
    static int layout##_traverse(PyObject *op, visitproc visit, void *arg)                                             \
    {                                                                                                                  \
        structure *self = (structure *)op;                                                                             \
        FIELDS(EXCEPTION_VISIT)                                                                                        \
        return exception_traverse(op, visit, arg);                                                                     \
    }                                                                                                                  \
    static int layout##_clear(PyObject *op)                                                                            \
    {                                                                                                                  \
        structure *self = (structure *)op;                                                                             \
        FIELDS(EXCEPTION_CLEAR)                                                                                        \
        return exception_clear(op);                                                                                    \
    }                                                                                                                  \
    static void layout##_dealloc(PyObject *op)                                                                         \
    {                                                                                                                  \
        object_gc_untrack(op);                                                                                         \
        layout##_clear(op);                                                                                            \
        Py_TYPE(op)->tp_free(op);                                                                                      \
    }
#define EXCEPTION_MEMBER(name, structure, field, flags) {name, _Py_T_OBJECT, offsetof(structure, field), flags, NULL}
#endif
