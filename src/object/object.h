/* object.h: the one header of the room `object`: objects, reference counts, types, errors, built-in types.
 *
 * The structures are those of the public headers (include/python), which the core shares with its users; functions have
 * names of their own here, and front/python gives each its Py* name. Type objects and exceptions are data and carry their
 * public names in the core itself, since an executable may hold a copy of them to which every pointer must lead.
 * Owns: the list of what other rooms and the files of this one may call. Units: sizes in bytes. All of it is called by the
 * thread that holds the GIL. Functions that fail return NULL or -1 with an exception set. Read docs/internals/object.md. */
#ifndef PYMM_OBJECT_H
#define PYMM_OBJECT_H

#ifndef Py_OBJECT_H /* what Py_DECREF calls in the core, which has no Py* functions; a front has its own name for it */
struct _object;
void object_dealloc(struct _object *op);
#define PYMM_DEALLOC object_dealloc
#endif
#include "python/object.h"

#include "python/abstract.h"
#include "python/boolobject.h"
#include "python/objimpl.h"
#include "python/pyerrors.h"
#include "python/tupleobject.h"
#include "python/weakrefobject.h"

#include "domain/domain.h"
#include "object/track.h"

#include <stdarg.h>

#include "unicode.h"

/* Allocation (alloc.c). ----------------------------------------------------------------------------------------------- */

/* Bytes of an instance with n items, whole pointers; SIZE_MAX when that is over PY_SSIZE_T_MAX or n is negative. */
PYMM_INLINE size_t object_bytes(const PyTypeObject *type, Py_ssize_t n)
{
    size_t items, bytes;
    if (n < 0 || __builtin_mul_overflow((size_t)n, (size_t)type->tp_itemsize, &items) ||
        __builtin_add_overflow(items, (size_t)type->tp_basicsize, &bytes) || bytes > PTRDIFF_MAX - sizeof(void *))
        return SIZE_MAX;
    return base_round_up(bytes, sizeof(void *));
}

/* The head of new memory: count 1, type; a heap type gains a reference. */
PYMM_INLINE void object_head_init(PyObject *op, PyTypeObject *type)
{
    op->ob_refcnt = 1;
    op->ob_type = type;
    if (PYMM_UNLIKELY(type->tp_flags & Py_TPFLAGS_HEAPTYPE))
        Py_INCREF(type);
}

/* The same for a type that is static for sure. */
PYMM_INLINE void object_head_init_static(PyObject *op, PyTypeObject *type)
{
    op->ob_refcnt = 1;
    op->ob_type = type;
}

/* NULL in places for items, which are few most often: a call of memset would take longer. */
PYMM_INLINE void object_items_clear(PyObject **items, size_t count)
{
    switch (count) {
    case 3: items[2] = NULL; /* fall through */
    case 2: items[1] = NULL; /* fall through */
    case 1: items[0] = NULL; /* fall through */
    case 0: break;
    default: memset(items, 0, count * sizeof *items);
    }
}

PyObject *object_init(PyObject *op, PyTypeObject *type); /* NULL: MemoryError */
PyVarObject *object_init_var(PyVarObject *op, PyTypeObject *type, Py_ssize_t n);
PyObject *object_new(PyTypeObject *type); /* for types without GC: head set, the rest undefined */
PyVarObject *object_new_var(PyTypeObject *type, Py_ssize_t n);
PyObject *object_alloc(PyTypeObject *type, Py_ssize_t n); /* the default tp_alloc: zeroed, tracked if the type has GC */
PyObject *object_generic_new(PyTypeObject *type, PyObject *args, PyObject *kwds);
void object_del(void *op); /* the default tp_free of types without GC */

/* Objects that the collector knows (track_alloc.c; where their state is: track.h). ------------------------------------------ */

/* Memory with its head set, not tracked, the rest undefined. NULL: MemoryError, or SystemError for n < 0. */
PyObject *object_gc_new(PyTypeObject *type);
PyVarObject *object_gc_new_var(PyTypeObject *type, Py_ssize_t n);
/* The type's fixed part and `extra_bytes` behind it, zeroed but for the head. */
PyObject *object_gc_new_extra(PyTypeObject *type, size_t extra_bytes);
/* The same without a head; zeroed on request. NULL: no memory, no exception set. Counts as a birth, and may collect. */
void *object_gc_take(size_t bytes, bool is_zeroed);
/* Change the number of items of an object that is not tracked. NULL: MemoryError, and it is as it was. */
PyVarObject *object_gc_resize(PyVarObject *op, Py_ssize_t n);
void object_gc_del(void *op); /* the tp_free of types with GC; untracks */
void object_gc_track(PyObject *op); /* twice: the end of the process */
void object_gc_untrack(PyObject *op); /* nothing happens if it is not tracked */
bool object_gc_is_tracked(PyObject *op);
bool object_gc_is_finalized(PyObject *op);
void object_gc_set_finalized(PyObject *op);

/* Call tp_dealloc. Objects with GC that end within the end of 50 others wait until these are done, so that a structure of
 * any depth comes down without exhausting the stack (trash.c). */
void object_dealloc(PyObject *op);
/* Something is wrong with an object: write what and which one, as the interpreter does, and end the process (assert.c). */
_Noreturn PYMM_COLD void object_assertion_failed(const char *file, int line, const char *function, const char *message, PyObject *op);

/* Does it look as if its memory had been freed under debug hooks? Reads its type. */
bool object_is_freed(PyObject *op);

/* Does the collector look at this object? */
PYMM_INLINE bool object_is_gc(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    return (type->tp_flags & Py_TPFLAGS_HAVE_GC) && (type->tp_is_gc == NULL || type->tp_is_gc(op));
}

/* Weak references (weakref.c): what the PyWeakref_* of the same name do; include/python/weakrefobject.h. ------------------------ */

PyObject *object_weak_new(PyObject *op, PyObject *callback);
PyObject *object_weak_proxy_new(PyObject *op, PyObject *callback);

bool object_is_weak(PyObject *op);
bool object_has_weak(PyObject *op); /* does a reference refer to it? */
PyObject *object_weak_get(PyObject *self); /* the object; NULL: it is gone, no exception */
/* From the destructor of `op`: clear all to it; with or without calls. SystemError, -1: its count is not 0. */
int object_weak_end(PyObject *op, bool is_called);
/* The two steps of that. `is_called`: which callbacks will be; NULL: none. `is_kept`: a reference keeps its callback, as those do that
 * a collection cleared. Returned is how many references ended, to which nothing else referred any more. */
typedef struct object_weak_calls {
    PyWeakReference *first, *last; /* linked by wr_next */
} object_weak_calls;
void object_weak_clear(PyObject *op, bool (*is_called)(PyObject *reference), object_weak_calls *calls);
size_t object_weak_call(object_weak_calls *calls, bool is_kept);
void object_weak_leave(PyObject *self); /* a reference: it refers to nothing any more */

/* Types (type*.c). -------------------------------------------------------------------------------------------------------- */

int object_type_ready(PyTypeObject *type); /* 0, or -1 */
/* Between these, types get no dict and no order of bases yet; they are made when the type is first looked at. */
void object_types_start(bool is_start);
bool object_type_is_subtype(PyTypeObject *type, PyTypeObject *base);
/* What follows the last dot of tp_name. */
const char *object_type_name(PyTypeObject *type);

/* Instances of heap types (type_instance.c): the slots of types that add only a dict, weak references or members. */
void object_instance_dealloc(PyObject *self);
int object_instance_traverse(PyObject *self, visitproc visit, void *arg);
int object_instance_clear(PyObject *self);
PyObject **object_dict_place(PyObject *self); /* where it has its dict; NULL: it has none */
/* Run tp_finalize, once in the life of an object with GC. AtEnd: from a destructor; -1 if it brought the object back. */
void object_finalizer_call(PyObject *self);
int object_finalizer_call_at_end(PyObject *self);
PyObject *object_type_call(PyTypeObject *type, PyObject *args, PyObject *kwds); /* tp_new, then tp_init */
/* What a type has in a slot, by its number in typeslots.h; NULL also for a number that is none, with SystemError. */
void *object_type_slot(PyTypeObject *type, int slot);
/* A heap type; `metaclass`, `module` and `bases` may be NULL; bases: a type or a tuple of types. */
PyObject *object_type_from_spec(PyTypeObject *metaclass, PyObject *module, PyType_Spec *spec, PyObject *bases);

/* The public names of functions that are values of slots: programs compare slots with them. front/python puts its own in
 * before the first type is readied. */
typedef struct object_public_names {
    freefunc del, gc_del;
    allocfunc alloc;
    void (*die)(const char *message); /* write the last lines of a report and end the process */
    getattrofunc generic_get;
    setattrofunc generic_set;
    hashfunc hash_refuse;
    PyObject *(*handled)(void); /* borrowed: the exception that the thread is handling, NULL: none */
} object_public_names;
extern object_public_names object_public;

/* Make the built-in types ready; by Py_Initialize, and again by nobody. 0, or -1. */
int object_start(void);

/* Errors (error.c). ----------------------------------------------------------------------------------------------------- */

/* These return NULL, for `return object_error_set(...)`. Formats are those of printf; of `objects`, PyUnicode_FromFormat's. */
PyObject *object_error_set(PyObject *type, const char *text);
PyObject *object_error_format(PyObject *type, const char *format, ...) PYMM_PRINTF(2, 3);
PyObject *object_error_format_objects(PyObject *type, const char *format, ...);
PyObject *object_error_format_list(PyObject *type, const char *format, va_list arguments);
PyObject *object_error_no_memory(void);    /* cannot fail */
PyObject *object_error_bad_argument(void); /* TypeError: bad argument type for built-in operation */
PyObject *object_error_bad_call_at(const char *file, int line);
#define object_error_bad_call() object_error_bad_call_at(__FILE__, __LINE__) /* SystemError: bad argument to internal function */
PyObject *object_error_occurred(void); /* borrowed type, NULL: none */
void object_error_clear(void);
PyObject *object_error_take(void);          /* the instance, owned by the caller; none is set afterwards */
void object_error_restore(PyObject *error); /* steals; NULL clears */
bool object_error_is(PyObject *type);       /* is an exception of that type, or of one derived from it, set? */
/* Is `error`, an instance or a type, one of `type`, a type or a tuple of them? */
bool object_error_matches(PyObject *error, PyObject *type);
/* The value of the StopIteration that is set, or None if no exception is; it is cleared. NULL: another exception is set. */
PyObject *object_error_stop_value(void);
/* Write an exception, with those that led to it, as the interpreter does. */
void object_error_print(base_out *out, PyObject *error);
void object_repr_print(base_out *out, PyObject *op); /* op: NULL is "<NULL>" */
/* Write the exception that is set and that nobody will see, and clear it. `where`: the object at work, NULL: none. */
void object_error_unraisable(PyObject *where);
void object_error_unraisable_in(const char *function, const PyTypeObject *type); /* of that type's; an exception is set */
void object_error_unraisable_said(PyObject *message, PyObject *where); /* steals `message`: in the place of "Exception ignored in" */
/* Is it a SystemExit? What the process ends with; a code that is no number is written to standard error. */
bool object_error_exit_code(PyObject *error, int *code);
/* An exception of that type made with `value` for its arguments: a tuple is all of them, NULL and None are none. An instance
 * of the type is what is set itself. Returns NULL. */
PyObject *object_error_set_object(PyObject *type, PyObject *value);
void object_error_chain(PyObject *error, PyObject *cause); /* raised from `cause`: that and the context */
void object_exception_set_cause(PyObject *error, PyObject *cause);         /* steals; NULL: none */
int object_exception_set_traceback(PyObject *error, PyObject *traceback); /* None alone is one */
/* An AttributeError that is set, and does not say yet whose attribute it is about and which. */
void object_attribute_error_complete(PyObject *op, PyObject *name);
/* From errno: OSError or another type, with the names of the files if they are not NULL (error_more.c). Return NULL. */
PyObject *object_error_from_errno(PyObject *type, PyObject *file, PyObject *file2);
PyObject *object_error_from_errno_utf8(PyObject *type, const char *file);
PyObject *object_error_set_import(PyObject *type, PyObject *message, PyObject *name, PyObject *path);
PyObject *object_error_type_new(const char *name, const char *doc, PyObject *base, PyObject *dict);
/* A line on standard error, once for each category, text and place; `file` NULL: none. 0, or -1. */
int object_warn(PyObject *category, PyObject *text, PyObject *file, int line);
int object_warn_format(PyObject *category, const char *format, ...);

/* What can be asked of any object (protocol.c). `op` is not NULL but where it says so. ---------------------------------------- */

/* Text (show.c); op may be NULL in the first two. */
PyObject *object_repr(PyObject *op);
PyObject *object_str(PyObject *op);
PyObject *object_repr_default(PyObject *op); /* the tp_repr and the tp_str of `object`, the tp_repr of `type` */
PyObject *object_str_default(PyObject *op);
PyObject *object_format(PyObject *op, PyObject *spec); /* through __format__; spec NULL: an empty one */
PyObject *object_type_repr(PyObject *type);
PyObject *object_type_full_name(PyTypeObject *type, char separator); /* between its module's name and its own */
/* Around the repr of a container: 1: this thread is at it already, as it contains itself; 0: go on, and leave; -1: an error. */
int object_repr_enter(PyObject *op);
void object_repr_leave(PyObject *op);
Py_hash_t object_hash(PyObject *op); /* -1: an exception is set */
Py_hash_t object_hash_identity(PyObject *op);
Py_hash_t object_hash_refuse(PyObject *op); /* the tp_hash of what cannot be hashed: TypeError */
Py_hash_t object_hash_pointer(const void *pointer);
PyObject *object_compare(PyObject *a, PyObject *b, int op);
int object_compare_bool(PyObject *a, PyObject *b, int op); /* 1, 0, -1; identity is equality */
int object_is_true(PyObject *op);                          /* 1, 0, -1 */
PyObject *object_self(PyObject *op);                       /* the tp_iter of iterators */
bool object_is_iterator(PyObject *op);
PyObject *object_iter_next(PyObject *iterator); /* NULL: the end, or an exception is set */
PyObject *object_iter(PyObject *op);            /* TypeError: it is not iterable */
/* Give `value` to an iterator and get what it yields, or what it ends with. */
PySendResult object_iter_send(PyObject *iterator, PyObject *value, PyObject **result);
/* Around a call that may lead back here. False: too deep, RecursionError; `where` is added to the message. */
bool object_recursion_enter(const char *where);
void object_recursion_leave(void);
const void *object_thread(void); /* an address that only the calling thread has */

/* Tuples (tuple.c): what the PyTuple_* of the same name do; include/python/tupleobject.h. --------------------------------------- */

PyObject *object_tuple_new(Py_ssize_t count);
PyObject *object_tuple_from_items(PyObject *const *items, Py_ssize_t count); /* takes references of its own */
PyObject *object_tuple_from_iterable(PyObject *iterable);
PyObject *object_tuple_pack(Py_ssize_t count, va_list *items);
Py_ssize_t object_tuple_size(PyObject *self);
PyObject *object_tuple_get(PyObject *self, Py_ssize_t index); /* borrowed */
int object_tuple_set(PyObject *self, Py_ssize_t index, PyObject *item); /* steals */
PyObject *object_tuple_slice(PyObject *self, Py_ssize_t low, Py_ssize_t high);
int object_tuple_resize(PyObject **tuple, Py_ssize_t count);

#include "containers.h"

/* Constants. Both are immortal: no reference is counted. */
PYMM_INLINE PyObject *object_bool(bool value) { return value ? Py_True : Py_False; }

#include "access.h"
#include "modules.h"
#include "numbers.h"
#include "values.h"
#endif
