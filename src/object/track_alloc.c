/* track_alloc.c: objects of the collector's from birth to death: memory, tracking, the count of births.
 *
 * Owns: PyObject_GC_New to PyObject_GC_Del. Does not own: where states lie (track.c), collection (room gc). Collection
 * happens here, within a birth, once the new memory is there and before its owner sees it. Read track_state.h first. */
#include "track_state.h"

object_births object_young = {0, SIZE_MAX, NULL};

void track_collect(void)
{
    if (object_young.collect != NULL && object_error_occurred() == NULL)
        object_young.collect();
}

void *object_gc_take(size_t bytes, bool is_zeroed)
{
    size_t place;
    return is_zeroed ? track_birth(domain_calloc(PYMM_DOMAIN_OBJ, 1, bytes), &place) : track_take(bytes, &place);
}

PyObject *object_gc_new(PyTypeObject *type)
{
    size_t place;
    PyObject *op = track_take((size_t)type->tp_basicsize, &place);
    if (PYMM_UNLIKELY(op == NULL))
        return object_error_no_memory();
    object_head_init(op, type);
    return op;
}

PyVarObject *object_gc_new_var(PyTypeObject *type, Py_ssize_t n)
{
    if (n < 0)
        return (PyVarObject *)object_error_bad_call();
    return object_init_var(object_gc_take(object_bytes(type, n), false), type, n);
}

PyObject *object_gc_new_extra(PyTypeObject *type, size_t extra_bytes)
{
    size_t bytes;
    if (__builtin_add_overflow((size_t)type->tp_basicsize, extra_bytes, &bytes))
        return object_error_no_memory();
    return object_init(object_gc_take(bytes, true), type);
}

PyVarObject *object_gc_resize(PyVarObject *op, Py_ssize_t n)
{
    bool is_finalized = object_state_has(op, OBJECT_FINALIZED);
    if (object_state_has(op, OBJECT_TRACKED))
        return (PyVarObject *)object_error_bad_call(); /* whoever visits it would find it where it no longer is */
    PyVarObject *resized = domain_realloc(PYMM_DOMAIN_OBJ, op, object_bytes(Py_TYPE(op), n));
    if (resized == NULL)
        return (PyVarObject *)object_error_no_memory();
    resized->ob_size = n;
    if (resized == op)
        return op;
    track_state_drop(op);
    uint8_t *state = track_state_make(resized);
    if (state != NULL) /* else it will not be tracked: the memory has moved, and there is no way back */
        *state = is_finalized ? OBJECT_FINALIZED : 0;
    return resized;
}

void object_gc_del(void *op) { track_free(op); }

void object_gc_track(PyObject *op)
{
    uint8_t *state = track_state_make(op);
    if (PYMM_UNLIKELY(state == NULL))
        return; /* not from object_gc_take, and no memory: it is never collected, no more harm than that */
    if (PYMM_UNLIKELY(*state & OBJECT_TRACKED))
        object_assertion_failed("object/track_alloc.c", __LINE__, "PyObject_GC_Track",
                                "object already tracked by the garbage collector", op);
    if (PYMM_LIKELY(track_is_easy(object_place(op))))
        *state = (*state & OBJECT_FINALIZED) | OBJECT_TRACKED;
    else
        track_enter(op);
}

void object_gc_untrack(PyObject *op) { track_leave(op); }

bool object_gc_is_tracked(PyObject *op) { return object_state_has(op, OBJECT_TRACKED); }
bool object_gc_is_finalized(PyObject *op) { return object_state_has(op, OBJECT_FINALIZED); }

void object_gc_set_finalized(PyObject *op)
{
    uint8_t *state = track_state_make(op);
    if (state != NULL)
        *state |= OBJECT_FINALIZED;
}
