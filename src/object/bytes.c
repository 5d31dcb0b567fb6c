/* bytes.c: bytes: making, reading, resizing.
 *
 * Owns: the above, the shared ones of one byte and of none, the type. Does not own: what slots do (bytes_ops.c), text
 * (bytes_text.c), formats (bytes_format.c). Read include/python/bytesobject.h first. */
#include "bytes.h"

/* Filled in by bytes_start; immortal. */
static PyBytesObject empty_bytes, single_bytes[256];

void bytes_start(void)
{
    empty_bytes = (PyBytesObject){.ob_base = {PyObject_HEAD_INIT(&PyBytes_Type) 0}, .ob_shash = -1};
    for (int byte = 0; byte < 256; byte++)
        single_bytes[byte] = (PyBytesObject){
            .ob_base = {PyObject_HEAD_INIT(&PyBytes_Type) 1}, .ob_shash = -1, .ob_sval = {(char)byte}};
}

PyObject *object_bytes_new(Py_ssize_t size)
{
    if (size < 0)
        return object_error_set(PyExc_SystemError, "Negative size passed to PyBytes_FromStringAndSize");
    if (size == 0)
        return (PyObject *)&empty_bytes;
    if (size > PY_SSIZE_T_MAX - (Py_ssize_t)BYTES_HEAD_BYTES)
        return object_error_set(PyExc_OverflowError, "byte string is too large");
    PyBytesObject *self = domain_malloc_hot(PYMM_DOMAIN_OBJ, BYTES_HEAD_BYTES + (size_t)size);
    if (PYMM_UNLIKELY(self == NULL))
        return object_error_no_memory();
    object_head_init_static((PyObject *)self, &PyBytes_Type);
    Py_SET_SIZE(self, size);
    self->ob_shash = -1;
    bytes_text(self)[size] = 0;
    return (PyObject *)self;
}

PyObject *object_bytes_from(const char *text, Py_ssize_t size)
{
    if (size == 1)
        return (PyObject *)&single_bytes[(unsigned char)*text];
    PyObject *self = object_bytes_new(size);
    if (self != NULL && size > 0)
        memcpy(bytes_text(self), text, (size_t)size);
    return self;
}

static PyObject *not_bytes(PyObject *object)
{
    return object_error_format(PyExc_TypeError, "expected bytes, %.200s found", Py_TYPE(object)->tp_name);
}

Py_ssize_t object_bytes_size(PyObject *bytes)
{
    if (PyBytes_Check(bytes))
        return Py_SIZE(bytes);
    not_bytes(bytes);
    return -1;
}

char *object_bytes_text(PyObject *bytes) { return PyBytes_Check(bytes) ? bytes_text(bytes) : (char *)not_bytes(bytes); }

int object_bytes_parts(PyObject *bytes, char **text, Py_ssize_t *size)
{
    if (text == NULL) {
        object_error_bad_call();
        return -1;
    }
    if (!PyBytes_Check(bytes)) {
        not_bytes(bytes);
        return -1;
    }
    *text = bytes_text(bytes);
    if (size != NULL) {
        *size = Py_SIZE(bytes);
    } else if (strlen(*text) != (size_t)Py_SIZE(bytes)) {
        object_error_set(PyExc_ValueError, "embedded null byte");
        return -1;
    }
    return 0;
}

/* A failed resize takes the object with it: *bytes is NULL then. */
int object_bytes_resize(PyObject **bytes, Py_ssize_t size)
{
    PyObject *self = *bytes;
    if (!PyBytes_Check(self) || size < 0) {
        *bytes = NULL;
        Py_DECREF(self);
        object_error_bad_call();
        return -1;
    }
    if (Py_SIZE(self) == size)
        return 0; /* also of shared ones */
    if (Py_SIZE(self) == 0 || size == 0) {
        *bytes = object_bytes_new(size);
        Py_DECREF(self);
        return *bytes == NULL ? -1 : 0;
    }
    if (Py_REFCNT(self) != 1) { /* others keep theirs */
        *bytes = object_bytes_new(size);
        if (*bytes != NULL)
            memcpy(bytes_text(*bytes), bytes_text(self), (size_t)Py_MIN(size, Py_SIZE(self)));
        Py_DECREF(self);
        return *bytes == NULL ? -1 : 0;
    }
    *bytes = NULL;
    PyObject *resized = domain_realloc(PYMM_DOMAIN_OBJ, self, BYTES_HEAD_BYTES + (size_t)size);
    if (resized == NULL) {
        Py_DECREF(self);
        object_error_no_memory();
        return -1;
    }
    Py_SET_SIZE(resized, size);
    bytes_text(resized)[size] = 0;
    ((PyBytesObject *)resized)->ob_shash = -1;
    *bytes = resized;
    return 0;
}

/* Straight to the heap for what is exactly bytes. */
static void bytes_dealloc(PyObject *self)
{
    if (PYMM_LIKELY(PyBytes_CheckExact(self)))
        domain_free_hot(PYMM_DOMAIN_OBJ, self);
    else
        Py_TYPE(self)->tp_free(self);
}

static int bytes_buffer(PyObject *self, Py_buffer *view, int flags)
{
    return object_buffer_fill(view, self, PyBytes_AS_STRING(self), Py_SIZE(self), true, flags);
}

static PyBufferProcs bytes_as_buffer = {.bf_getbuffer = bytes_buffer};

static PyNumberMethods bytes_as_number = {.nb_remainder = object_bytes_remainder};

PyTypeObject PyBytes_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "bytes",
    .tp_basicsize = BYTES_HEAD_BYTES,
    .tp_itemsize = 1,
    .tp_dealloc = bytes_dealloc,
    .tp_repr = bytes_repr,
    .tp_as_number = &bytes_as_number,
    .tp_as_sequence = &bytes_as_sequence,
    .tp_as_mapping = &bytes_as_mapping,
    .tp_hash = bytes_hash,
    .tp_as_buffer = &bytes_as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_BYTES_SUBCLASS | _Py_TPFLAGS_MATCH_SELF,
    .tp_richcompare = bytes_compare,
    .tp_iter = bytes_iter,
    .tp_methods = bytes_methods,
    .tp_new = bytes_type_new,
};
