/* slice.h: what stands between brackets: numbers and slices. Only files of this room include it. Read object.h first. */
#ifndef PYMM_OBJECT_SLICE_H
#define PYMM_OBJECT_SLICE_H

#include "object.h"

/* Can it be used as an index? */
PYMM_INLINE bool slice_is_index(PyObject *key)
{
    return Py_TYPE(key)->tp_as_number != NULL && Py_TYPE(key)->tp_as_number->nb_index != NULL;
}

/* The value of an index: true, or false with an exception, IndexError for what does not fit. Runs other code. */
bool slice_index(PyObject *key, Py_ssize_t *index);

/* An index or a slice of a `what` (list, tuple). Runs other code, so the length is read afterwards. */
typedef struct slice_key {
    bool is_slice;
    Py_ssize_t start, stop, step; /* an index is `start`, and may be negative still */
} slice_key;
bool slice_key_read(PyObject *key, const char *what, slice_key *read);
/* Cut it to a length: the number of items of a slice; an index gets its length added if it is negative. */
Py_ssize_t slice_key_cut(slice_key *key, Py_ssize_t length);
#endif
