/* keys.h: objects for the tests of containers: a number that can be hashed and compared, counts how many of its kind are alive,
 * and runs a function whenever it is compared. Include it once a program. */
#ifndef PYMM_TESTS_BUILTINS_KEYS_H
#define PYMM_TESTS_BUILTINS_KEYS_H

#include <stdbool.h>

#include "../object/support.h"

typedef struct key {
    PyObject_HEAD
    long value;
    Py_hash_t hash;
} key;

static long keys_alive;
static int (*key_at_compare)(PyObject *self, PyObject *other); /* not 0: the comparison fails with ValueError */
static void (*key_at_dealloc)(PyObject *self);

static void key_dealloc(PyObject *self)
{
    keys_alive--;
    if (key_at_dealloc != NULL)
        key_at_dealloc(self);
    PyObject_Free(self);
}

static Py_hash_t key_hash(PyObject *self)
{
    if (((key *)self)->hash == -1)
        PyErr_SetString(PyExc_ValueError, "no hash");
    return ((key *)self)->hash;
}

static PyTypeObject key_type;

static PyObject *key_compare(PyObject *self, PyObject *other, int op)
{
    if (Py_TYPE(self) != &key_type || Py_TYPE(other) != &key_type)
        Py_RETURN_NOTIMPLEMENTED;
    long a = ((key *)self)->value, b = ((key *)other)->value;
    if (key_at_compare != NULL && key_at_compare(self, other) != 0) {
        PyErr_SetString(PyExc_ValueError, "no comparison");
        return NULL;
    }
    Py_RETURN_RICHCOMPARE(a, b, op);
}

static PyTypeObject key_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Key", .tp_basicsize = sizeof(key),
                                .tp_dealloc = key_dealloc, .tp_hash = key_hash, .tp_richcompare = key_compare};

/* New reference. Keys with equal values are equal; their hash is the caller's affair. */
TEST_UNUSED static PyObject *key_with_hash(long value, Py_hash_t hash)
{
    assert_int_equal(PyType_Ready(&key_type), 0);
    key *made = PyObject_New(key, &key_type);
    assert_non_null(made);
    made->value = value;
    made->hash = hash;
    keys_alive++;
    return (PyObject *)made;
}

TEST_UNUSED static PyObject *key_new(long value) { return key_with_hash(value, value); }

static uint64_t random_state = 1;
TEST_UNUSED static unsigned random_below(unsigned limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % limit;
}
#endif
