/* bytes_ops.c: what can be done with bytes: compare, hash, join, repeat, search, take parts.
 *
 * Owns: the sequence and mapping slots, the iterator. Other objects take part through their buffers.
 * Does not own: making (bytes.c), text (bytes_text.c). Read bytes.h first. */
#include "arguments.h"
#include "bytes.h"

/* Compared. --------------------------------------------------------------------------------------------------------------- */

PyObject *bytes_compare(PyObject *left, PyObject *right, int op)
{
    if (!PyBytes_Check(left) || !PyBytes_Check(right))
        return Py_NewRef(Py_NotImplemented);
    Py_ssize_t left_size = Py_SIZE(left), right_size = Py_SIZE(right);
    if ((op == Py_EQ || op == Py_NE) && left_size != right_size)
        return object_bool(op == Py_NE);
    int order = left == right ? 0 : memcmp(bytes_text(left), bytes_text(right), (size_t)Py_MIN(left_size, right_size));
    if (order == 0)
        order = left_size < right_size ? -1 : left_size > right_size;
    Py_RETURN_RICHCOMPARE(order, 0, op);
}

Py_hash_t bytes_hash(PyObject *self)
{
    PyBytesObject *bytes = (PyBytesObject *)self;
    if (bytes->ob_shash == -1)
        bytes->ob_shash = object_hash_bytes(bytes->ob_sval, (size_t)Py_SIZE(self));
    return bytes->ob_shash;
}

/* Put together. ----------------------------------------------------------------------------------------------------------- */

static PyObject *joined(const Py_buffer *left, const Py_buffer *right)
{
    if (left->len > PY_SSIZE_T_MAX - right->len)
        return object_error_no_memory();
    PyObject *made = object_bytes_new(left->len + right->len);
    if (made != NULL && left->len > 0)
        memcpy(bytes_text(made), left->buf, (size_t)left->len);
    if (made != NULL && right->len > 0)
        memcpy(bytes_text(made) + left->len, right->buf, (size_t)right->len);
    return made;
}

static PyObject *bytes_concat(PyObject *left, PyObject *right)
{
    Py_buffer left_view, right_view;
    if (PyBytes_CheckExact(left) && PyBytes_CheckExact(right)) {
        if (Py_SIZE(left) == 0)
            return Py_NewRef(right);
        if (Py_SIZE(right) == 0)
            return Py_NewRef(left);
    }
    bool has_left = object_buffer_get(left, &left_view, PyBUF_SIMPLE) == 0;
    bool has_right = has_left && object_buffer_get(right, &right_view, PyBUF_SIMPLE) == 0;
    PyObject *result = has_right ? joined(&left_view, &right_view) : NULL;
    if (!has_right && !object_error_is(PyExc_MemoryError))
        object_error_format(PyExc_TypeError, "can't concat %.100s to %.100s", Py_TYPE(right)->tp_name, Py_TYPE(left)->tp_name);
    if (has_left)
        object_buffer_release(&left_view);
    if (has_right)
        object_buffer_release(&right_view);
    return result;
}

void object_bytes_append(PyObject **bytes, PyObject *more)
{
    if (*bytes == NULL)
        return;
    PyObject *sum = more == NULL ? NULL : bytes_concat(*bytes, more);
    Py_SETREF(*bytes, sum);
}

static PyObject *bytes_repeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t size = Py_SIZE(self), total, done;
    if (times > 0 && size > PY_SSIZE_T_MAX / times)
        return object_error_set(PyExc_OverflowError, "repeated bytes are too long");
    total = times <= 0 ? 0 : size * times;
    if (total == size && PyBytes_CheckExact(self))
        return Py_NewRef(self);
    if (total > PY_SSIZE_T_MAX - (Py_ssize_t)BYTES_HEAD_BYTES)
        return object_error_set(PyExc_OverflowError, "repeated bytes are too long");
    PyObject *made = object_bytes_new(total);
    if (made == NULL || total == 0)
        return made;
    char *text = memcpy(bytes_text(made), bytes_text(self), (size_t)size);
    for (done = size; done < total; done += Py_MIN(done, total - done)) /* what is there already, once more */
        memcpy(text + done, text, (size_t)Py_MIN(done, total - done));
    return made;
}

/* Parts. ------------------------------------------------------------------------------------------------------------------ */

static Py_ssize_t bytes_length(PyObject *self) { return Py_SIZE(self); }

static PyObject *bytes_item(PyObject *self, Py_ssize_t index)
{
    if (index < 0 || index >= Py_SIZE(self))
        return object_error_set(PyExc_IndexError, "index out of range");
    return object_int_from_int64((unsigned char)bytes_text(self)[index]);
}

static PyObject *bytes_slice(PyObject *self, PyObject *slice)
{
    Py_ssize_t start, stop, step;
    if (object_slice_unpack(slice, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t count = object_slice_adjust(Py_SIZE(self), &start, &stop, step);
    if (count == Py_SIZE(self) && step == 1 && PyBytes_CheckExact(self))
        return Py_NewRef(self);
    if (step == 1 || count <= 0)
        return object_bytes_from(bytes_text(self) + (count <= 0 ? 0 : start), Py_MAX(count, 0));
    PyObject *made = object_bytes_new(count);
    for (Py_ssize_t i = 0; made != NULL && i < count; i++)
        bytes_text(made)[i] = bytes_text(self)[start + i * step];
    return made;
}

static PyObject *bytes_subscript(PyObject *self, PyObject *index)
{
    if (object_is_index(index)) {
        Py_ssize_t place = object_number_as_ssize(index, PyExc_IndexError);
        if (place == -1 && object_error_occurred() != NULL)
            return NULL;
        return bytes_item(self, place < 0 ? place + Py_SIZE(self) : place);
    }
    if (PySlice_Check(index))
        return bytes_slice(self, index);
    return object_error_format(PyExc_TypeError, "byte indices must be integers or slices, not %.200s", Py_TYPE(index)->tp_name);
}

static int bytes_contains(PyObject *self, PyObject *item)
{
    Py_buffer view;
    if (object_is_index(item)) {
        Py_ssize_t byte = object_number_as_ssize(item, NULL);
        if (byte != -1 || object_error_occurred() == NULL) {
            if (byte >= 0 && byte < 256)
                return memchr(bytes_text(self), (int)byte, (size_t)Py_SIZE(self)) != NULL;
            object_error_set(PyExc_ValueError, "byte must be in range(0, 256)");
            return -1;
        }
        if (object_error_is(PyExc_MemoryError))
            return -1;
        object_error_clear();
    }
    if (object_buffer_get(item, &view, PyBUF_SIMPLE) < 0)
        return -1;
    int result = bytes_find(bytes_text(self), Py_SIZE(self), view.buf, view.len, 1) >= 0;
    object_buffer_release(&view);
    return result;
}

/* Iterated. --------------------------------------------------------------------------------------------------------------- */

typedef struct bytes_iterator {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *bytes; /* NULL once it has ended */
} bytes_iterator;

PyObject *bytes_iter(PyObject *self)
{
    bytes_iterator *made = (bytes_iterator *)object_gc_new(&PyBytesIter_Type);
    if (made == NULL)
        return NULL;
    made->index = 0;
    made->bytes = Py_NewRef(self);
    object_gc_track((PyObject *)made);
    return (PyObject *)made;
}

static void iterator_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    Py_XDECREF(((bytes_iterator *)self)->bytes);
    object_gc_del(self);
}

static int iterator_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((bytes_iterator *)self)->bytes);
    return 0;
}

static PyObject *iterator_next(PyObject *op)
{
    bytes_iterator *self = (bytes_iterator *)op;
    if (self->bytes == NULL)
        return NULL;
    if (self->index < Py_SIZE(self->bytes))
        return bytes_item(self->bytes, self->index++);
    Py_CLEAR(self->bytes);
    return NULL;
}

static PyObject *iterator_hint(PyObject *op, PyObject *unused)
{
    (void)unused;
    const bytes_iterator *self = (bytes_iterator *)op;
    return object_int_from_int64(self->bytes == NULL ? 0 : Py_SIZE(self->bytes) - self->index);
}

static PyMethodDef iterator_methods[] = {METHOD_NONE("__length_hint__", iterator_hint), {NULL, NULL, 0, NULL}};

PyTypeObject PyBytesIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "bytes_iterator",
    .tp_basicsize = sizeof(bytes_iterator),
    .tp_dealloc = iterator_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iterator_traverse,
    .tp_iter = object_self,
    .tp_iternext = iterator_next,
    .tp_methods = iterator_methods,
};

PySequenceMethods bytes_as_sequence = {
    .sq_length = bytes_length,
    .sq_concat = bytes_concat,
    .sq_repeat = bytes_repeat,
    .sq_item = bytes_item,
    .sq_contains = bytes_contains,
};
PyMappingMethods bytes_as_mapping = {.mp_length = bytes_length, .mp_subscript = bytes_subscript};
