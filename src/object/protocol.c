/* protocol.c: what can be asked of any object: hash, comparison, truth, iteration.
 *
 * Owns: finding the slot, what happens when there is none, and checks of what a slot returned. Does not own: calls
 * (call.c), attributes (attribute.c), text (show.c). Read object.h first. */
#include "arguments.h"

#define RECURSION_MAX 2000 /* slots that call each other through C, in one thread */
static OS_THREAD_LOCAL int16_t recursion_depth; /* room for thread-local variables is scarce: dlopen */

bool object_recursion_enter(const char *where)
{
    if (PYMM_LIKELY(++recursion_depth <= RECURSION_MAX))
        return true;
    recursion_depth--;
    object_error_format(PyExc_RecursionError, "maximum recursion depth exceeded%s", where);
    return false;
}

void object_recursion_leave(void) { recursion_depth--; }

const void *object_thread(void) { return &recursion_depth; }

/* Hash. ----------------------------------------------------------------------------------------------------------------- */

/* Blocks are aligned to 16 bytes: the low bits say nothing. */
Py_hash_t object_hash_pointer(const void *pointer)
{
    uintptr_t bits = (uintptr_t)pointer;
    Py_hash_t hash = (Py_hash_t)(bits >> 4 | bits << (8 * sizeof bits - 4));
    return hash == -1 ? -2 : hash;
}

Py_hash_t object_hash_identity(PyObject *op) { return object_hash_pointer(op); }

Py_hash_t object_hash_refuse(PyObject *op)
{
    object_error_format(PyExc_TypeError, "unhashable type: '%.200s'", Py_TYPE(op)->tp_name);
    return -1;
}

Py_hash_t object_hash(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    if (type->tp_hash == NULL && !(type->tp_flags & Py_TPFLAGS_READY) && object_type_ready(type) != 0)
        return -1;
    return type->tp_hash != NULL ? type->tp_hash(op) : object_hash_refuse(op);
}

/* Comparison. --------------------------------------------------------------------------------------------------------- */

static const int swapped[] = {Py_GT, Py_GE, Py_EQ, Py_NE, Py_LT, Py_LE};
static const char *const signs[] = {"<", "<=", "==", "!=", ">", ">="};

/* One side's answer; NULL when it has none, with *is_error telling why. */
static PyObject *answer(PyObject *a, PyObject *b, int op, bool *is_error)
{
    richcmpfunc compare = Py_TYPE(a)->tp_richcompare;
    PyObject *result = compare == NULL ? NULL : compare(a, b, op);
    *is_error = compare != NULL && result == NULL;
    if (result == Py_NotImplemented)
        Py_CLEAR(result);
    return result;
}

static PyObject *compare_sides(PyObject *a, PyObject *b, int op)
{
    /* A subclass is asked first: it knows its base, not the other way round. */
    bool is_error, is_b_first = Py_TYPE(a) != Py_TYPE(b) && object_type_is_subtype(Py_TYPE(b), Py_TYPE(a)) &&
                                Py_TYPE(b)->tp_richcompare != NULL;
    PyObject *result;
    if (is_b_first && ((result = answer(b, a, swapped[op], &is_error)) != NULL || is_error))
        return result;
    if ((result = answer(a, b, op, &is_error)) != NULL || is_error)
        return result;
    if (!is_b_first && ((result = answer(b, a, swapped[op], &is_error)) != NULL || is_error))
        return result;
    if (op == Py_EQ)
        return object_bool(a == b);
    if (op == Py_NE)
        return object_bool(a != b);
    return object_error_format(PyExc_TypeError, "'%s' not supported between instances of '%.100s' and '%.100s'", signs[op],
                               Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name);
}

PyObject *object_compare(PyObject *a, PyObject *b, int op)
{
    if (a == NULL || b == NULL) {
        if (object_error_occurred() == NULL)
            object_error_bad_call();
        return NULL;
    }
    if (!object_recursion_enter(" in comparison"))
        return NULL;
    PyObject *result = compare_sides(a, b, op);
    object_recursion_leave();
    return result;
}

/* The same object is equal to itself, whatever its type says. */
int object_compare_bool(PyObject *a, PyObject *b, int op)
{
    if (a == b && op == Py_EQ)
        return 1;
    if (a == b && op == Py_NE)
        return 0;
    PyObject *result = object_compare(a, b, op);
    if (result == NULL)
        return -1;
    int truth = object_is_true(result);
    Py_DECREF(result);
    return truth;
}

/* Truth. ---------------------------------------------------------------------------------------------------------------- */

int object_is_true(PyObject *op)
{
    if (op == Py_True)
        return 1;
    if (op == Py_False || op == Py_None)
        return 0;
    PyTypeObject *type = Py_TYPE(op);
    Py_ssize_t truth;
    if (type->tp_as_number != NULL && type->tp_as_number->nb_bool != NULL)
        truth = type->tp_as_number->nb_bool(op);
    else if (type->tp_as_mapping != NULL && type->tp_as_mapping->mp_length != NULL)
        truth = type->tp_as_mapping->mp_length(op);
    else if (type->tp_as_sequence != NULL && type->tp_as_sequence->sq_length != NULL)
        truth = type->tp_as_sequence->sq_length(op);
    else
        return 1;
    return truth > 0 ? 1 : (int)truth;
}

/* Iteration. ------------------------------------------------------------------------------------------------------------ */

PyObject *object_self(PyObject *op) { return Py_NewRef(op); }

bool object_is_iterator(PyObject *op) { return Py_TYPE(op)->tp_iternext != NULL; }

PyObject *object_iter_next(PyObject *iterator)
{
    PyObject *item = Py_TYPE(iterator)->tp_iternext(iterator);
    if (item == NULL && object_error_is(PyExc_StopIteration))
        object_error_clear();
    return item;
}

/* What iterates over a sequence by index, for types that have items and no tp_iter. */
typedef struct sequence_iterator {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *sequence; /* NULL once it has ended */
} sequence_iterator;

static void sequence_iterator_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    Py_CLEAR(((sequence_iterator *)self)->sequence);
    object_gc_del(self);
}

static int sequence_iterator_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((sequence_iterator *)self)->sequence);
    return 0;
}

static PyObject *sequence_iterator_next(PyObject *op)
{
    sequence_iterator *self = (sequence_iterator *)op;
    if (self->sequence == NULL)
        return NULL;
    if (self->index == PY_SSIZE_T_MAX)
        return object_error_set(PyExc_OverflowError, "iter index too large");
    PyObject *item = Py_TYPE(self->sequence)->tp_as_sequence->sq_item(self->sequence, self->index);
    if (item != NULL) {
        self->index++;
        return item;
    }
    if (object_error_is(PyExc_IndexError) || object_error_is(PyExc_StopIteration)) {
        object_error_clear();
        Py_CLEAR(self->sequence);
    }
    return NULL;
}

/* NotImplemented: the sequence does not know its length. */
static PyObject *sequence_iterator_hint(PyObject *op, PyObject *unused)
{
    (void)unused;
    const sequence_iterator *self = (sequence_iterator *)op;
    lenfunc length = self->sequence == NULL ? NULL : Py_TYPE(self->sequence)->tp_as_sequence->sq_length;
    if (self->sequence == NULL)
        return object_int_from_int64(0);
    Py_ssize_t count = length == NULL ? 0 : length(self->sequence);
    if (count < 0)
        return NULL;
    return length == NULL ? Py_NotImplemented : object_int_from_int64(Py_MAX(count - self->index, 0));
}

static PyMethodDef sequence_iterator_methods[] = {METHOD_NONE("__length_hint__", sequence_iterator_hint), {NULL, NULL, 0, NULL}};

PyTypeObject PySeqIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "iterator",
    .tp_basicsize = sizeof(sequence_iterator),
    .tp_dealloc = sequence_iterator_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = sequence_iterator_traverse,
    .tp_iter = object_self,
    .tp_iternext = sequence_iterator_next,
    .tp_methods = sequence_iterator_methods,
};

static bool is_sequence(PyTypeObject *type)
{
    return type->tp_as_sequence != NULL && type->tp_as_sequence->sq_item != NULL && !(type->tp_flags & Py_TPFLAGS_DICT_SUBCLASS);
}

PyObject *object_sequence_iter(PyObject *sequence)
{
    sequence_iterator *made = (sequence_iterator *)object_gc_new(&PySeqIter_Type);
    if (made == NULL)
        return NULL;
    made->index = 0;
    made->sequence = Py_NewRef(sequence);
    object_gc_track((PyObject *)made);
    return (PyObject *)made;
}

PyObject *object_iter(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    if (type->tp_iter == NULL && is_sequence(type))
        return object_sequence_iter(op);
    if (type->tp_iter == NULL)
        return object_error_format(PyExc_TypeError, "'%.200s' object is not iterable", type->tp_name);
    PyObject *iterator = type->tp_iter(op);
    if (iterator != NULL && !object_is_iterator(iterator)) {
        object_error_format(PyExc_TypeError, "iter() returned non-iterator of type '%.100s'", Py_TYPE(iterator)->tp_name);
        Py_CLEAR(iterator);
    }
    return iterator;
}

PySendResult object_iter_send(PyObject *iterator, PyObject *value, PyObject **result)
{
    PyTypeObject *type = Py_TYPE(iterator);
    if (type->tp_as_async != NULL && type->tp_as_async->am_send != NULL)
        return type->tp_as_async->am_send(iterator, value, result);
    if (!object_is_iterator(iterator) || value != Py_None) {
        *result = object_error_format(PyExc_AttributeError, "'%.100s' object has no attribute 'send'", type->tp_name);
        return PYGEN_ERROR;
    }
    *result = type->tp_iternext(iterator);
    if (*result != NULL)
        return PYGEN_NEXT;
    *result = object_error_stop_value();
    return *result != NULL ? PYGEN_RETURN : PYGEN_ERROR;
}
