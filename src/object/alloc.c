/* alloc.c: memory of instances: sizes, heads, zeros.
 *
 * Owns: what PyObject_Init, PyObject_New and PyType_GenericAlloc do. Does not own: memory of objects with GC (track.c).
 * Sizes that are over PY_SSIZE_T_MAX are MemoryError here; CPython lets them wrap round. Read object.h first. */
#include "object.h"

PyObject *object_init(PyObject *op, PyTypeObject *type)
{
    if (op == NULL)
        return object_error_no_memory();
    object_head_init(op, type);
    return op;
}

PyVarObject *object_init_var(PyVarObject *op, PyTypeObject *type, Py_ssize_t n)
{
    if (op == NULL)
        return (PyVarObject *)object_error_no_memory();
    op->ob_size = n;
    object_head_init((PyObject *)op, type);
    return op;
}

PyObject *object_new(PyTypeObject *type)
{
    return object_init(domain_malloc(PYMM_DOMAIN_OBJ, (size_t)type->tp_basicsize), type);
}

PyVarObject *object_new_var(PyTypeObject *type, Py_ssize_t n)
{
    return object_init_var(domain_malloc(PYMM_DOMAIN_OBJ, object_bytes(type, n)), type, n); /* SIZE_MAX is refused */
}

/* One item more than asked for: types with items end them with one of zeros. */
PyObject *object_alloc(PyTypeObject *type, Py_ssize_t n)
{
    bool is_gc = (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0;
    size_t bytes = n == PY_SSIZE_T_MAX ? SIZE_MAX : object_bytes(type, type->tp_itemsize == 0 ? 0 : n + 1);
    PyObject *op = bytes == SIZE_MAX ? NULL
                   : is_gc           ? object_gc_take(bytes, true)
                                     : domain_calloc(PYMM_DOMAIN_OBJ, 1, bytes);
    if (op == NULL)
        return object_error_no_memory();
    if (type->tp_itemsize != 0)
        ((PyVarObject *)op)->ob_size = n;
    object_head_init(op, type);
    if (is_gc)
        object_gc_track(op);
    return op;
}

PyObject *object_generic_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    (void)args;
    (void)kwds;
    return type->tp_alloc(type, 0);
}

void object_del(void *op) { domain_free(PYMM_DOMAIN_OBJ, op); }
