/* pybuffer.h: views of the memory of objects (buffer protocol).
 *
 * Owns: Py_buffer and the signatures of the two slots of PyBufferProcs. Include Python.h, not this file.
 * Since pymm 0.1; text: "Buffer Protocol". */
#include "object.h" /* which includes this file in its middle */

#ifndef Py_BUFFER_H
#define Py_BUFFER_H


typedef struct {
    void *buf;
    PyObject *obj; /* a reference */
    Py_ssize_t len;
    Py_ssize_t itemsize;
    int readonly;
    int ndim;
    char *format;
    Py_ssize_t *shape;
    Py_ssize_t *strides;
    Py_ssize_t *suboffsets;
    void *internal;
} Py_buffer;

typedef int (*getbufferproc)(PyObject *, Py_buffer *, int);
typedef void (*releasebufferproc)(PyObject *, Py_buffer *);

/* What a view is asked to have. */
#define PyBUF_MAX_NDIM 64
#define PyBUF_SIMPLE 0
#define PyBUF_WRITABLE 0x0001
#define PyBUF_FORMAT 0x0004
#define PyBUF_ND 0x0008
#define PyBUF_STRIDES (0x0010 | PyBUF_ND)
#define PyBUF_C_CONTIGUOUS (0x0020 | PyBUF_STRIDES)
#define PyBUF_F_CONTIGUOUS (0x0040 | PyBUF_STRIDES)
#define PyBUF_ANY_CONTIGUOUS (0x0080 | PyBUF_STRIDES)
#define PyBUF_INDIRECT (0x0100 | PyBUF_STRIDES)
#define PyBUF_CONTIG (PyBUF_ND | PyBUF_WRITABLE)
#define PyBUF_CONTIG_RO PyBUF_ND
#define PyBUF_STRIDED (PyBUF_STRIDES | PyBUF_WRITABLE)
#define PyBUF_STRIDED_RO PyBUF_STRIDES
#define PyBUF_RECORDS (PyBUF_STRIDES | PyBUF_WRITABLE | PyBUF_FORMAT)
#define PyBUF_RECORDS_RO (PyBUF_STRIDES | PyBUF_FORMAT)
#define PyBUF_FULL (PyBUF_INDIRECT | PyBUF_WRITABLE | PyBUF_FORMAT)
#define PyBUF_FULL_RO (PyBUF_INDIRECT | PyBUF_FORMAT)
#define PyBUF_READ 0x100
#define PyBUF_WRITE 0x200

#ifdef __cplusplus
extern "C" {
#endif

/* Has the object a buffer? */
PyAPI_FUNC(int) PyObject_CheckBuffer(PyObject *op);
/* A view of it, with what `flags` ask for, to be released by who asked. 0, or -1 with TypeError or BufferError. */
PyAPI_FUNC(int) PyObject_GetBuffer(PyObject *op, Py_buffer *view, int flags);
PyAPI_FUNC(void) PyBuffer_Release(Py_buffer *view);
/* A view of `len` bytes, for a bf_getbuffer; it takes a reference to `op`, which may be NULL. 0, or -1 with BufferError. */
PyAPI_FUNC(int) PyBuffer_FillInfo(Py_buffer *view, PyObject *op, void *buf, Py_ssize_t len, int readonly, int flags);
/* Do its items lie one after the other, in the order of C ('C'), of Fortran ('F') or in either ('A')? */
PyAPI_FUNC(int) PyBuffer_IsContiguous(const Py_buffer *view, char order);

#ifdef __cplusplus
}
#endif

#endif
