/* buffer.c: views of the memory of objects.
 *
 * Owns: what PyObject_GetBuffer and PyBuffer_FillInfo do. Does not own: which types have buffers. Read python/pybuffer.h first. */
#include "object.h"

int object_buffer_get(PyObject *op, Py_buffer *view, int flags)
{
    if (flags == PyBUF_READ || flags == PyBUF_WRITE) {
        object_error_bad_call();
        return -1;
    }
    PyBufferProcs *procs = Py_TYPE(op)->tp_as_buffer;
    if (procs != NULL && procs->bf_getbuffer != NULL)
        return procs->bf_getbuffer(op, view, flags);
    object_error_format(PyExc_TypeError, "a bytes-like object is required, not '%.100s'", Py_TYPE(op)->tp_name);
    return -1;
}

/* Again, or of a view that has no object: nothing happens. */
void object_buffer_release(Py_buffer *view)
{
    PyObject *owner = view->obj;
    if (owner == NULL)
        return;
    PyBufferProcs *procs = Py_TYPE(owner)->tp_as_buffer;
    if (procs != NULL && procs->bf_releasebuffer != NULL)
        procs->bf_releasebuffer(owner, view);
    view->obj = NULL;
    Py_DECREF(owner);
}

int object_buffer_fill(Py_buffer *view, PyObject *owner, void *start, Py_ssize_t bytes, bool is_readonly, int flags)
{
    if (view == NULL) {
        object_error_set(PyExc_BufferError, "PyBuffer_FillInfo: view==NULL argument is obsolete");
        return -1;
    }
    if (flags == PyBUF_READ || flags == PyBUF_WRITE) {
        object_error_bad_call();
        return -1;
    }
    if ((flags & PyBUF_WRITABLE) && is_readonly) {
        object_error_set(PyExc_BufferError, "Object is not writable.");
        return -1;
    }
    static char unsigned_bytes[] = "B";
    *view = (Py_buffer){.buf = start, .obj = Py_XNewRef(owner), .len = bytes, .itemsize = 1, .readonly = is_readonly, .ndim = 1};
    view->format = flags & PyBUF_FORMAT ? unsigned_bytes : NULL;
    view->shape = flags & PyBUF_ND ? &view->len : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &view->itemsize : NULL;
    return 0;
}

/* Do the strides say that items follow each other without a gap, the last index (C) or the first one (F) fastest? */
static bool is_ordered(const Py_buffer *view, bool is_c)
{
    Py_ssize_t expected = view->itemsize;
    for (int i = 0; i < view->ndim; i++) {
        int at = is_c ? view->ndim - 1 - i : i;
        Py_ssize_t count = view->shape[at];
        if (count > 1 && view->strides[at] != expected)
            return false;
        expected *= count;
    }
    return true;
}

bool object_buffer_is_contiguous(const Py_buffer *view, char order)
{
    if (view->suboffsets != NULL)
        return false;
    if (view->len == 0 || (view->strides == NULL && (order != 'F' || view->ndim <= 1)))
        return true;
    if (view->strides == NULL) { /* C order: it is the other one too where at most one dimension has more than one item */
        int dimensions = 0;
        for (int i = 0; view->shape != NULL && i < view->ndim; i++)
            dimensions += view->shape[i] > 1;
        return view->shape != NULL && dimensions <= 1;
    }
    return (order != 'F' && is_ordered(view, true)) || (order != 'C' && is_ordered(view, false));
}
