/* depth.c: `gc_depth [COUNT [KINDS]]`: structures COUNT deep end, by their counts and by a collection, on a small stack.
 *
 * A thread of its own has the stack: a frame for each object would not fit, whatever the limit of the process is. Owns: chains of one
 * kind of object each, and of all kinds in turn. Does not own: what ends when (collect.c). */
#include "support.h"

#include "pymm_gc.h"

#include <pthread.h>

enum { STACK_BYTES = 512 << 10 };
#if defined(PYMM_HOSTILE) || defined(__SANITIZE_THREAD__)
static int chain_count = 1000; /* each of them costs much there */
#else
static int chain_count = 10000;
#endif

static PyObject *nothing(PyObject *self, PyObject *arg)
{
    (void)self;
    return Py_NewRef(arg);
}
static PyMethodDef nothing_def = {"nothing", nothing, METH_O, NULL};

static PyTypeObject *instance_type;
static int instance_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    return PyObject_VisitManagedDict(self, visit, arg);
}
static int instance_clear(PyObject *self)
{
    PyObject_ClearManagedDict(self);
    return 0;
}
static PyType_Slot instance_slots[] = {{Py_tp_traverse, instance_traverse}, {Py_tp_clear, instance_clear}, {0, NULL}};
static PyType_Spec instance_spec = {"test.Instance", sizeof(PyObject), 0,
                                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT, instance_slots};

enum kind { LIST, TUPLE, DICT, FUNCTION, METHOD, EXCEPTION, INSTANCE, ITERATOR, CALLBACK, SLICE, KIND_COUNT };

static int kind_limit = KIND_COUNT; /* the last of them; KIND_COUNT: all in turn */

static PyObject *given_up(PyObject *made, PyObject *part)
{
    assert_non_null(made);
    Py_DECREF(part);
    return made;
}

/* Something that holds `op`, whose reference goes to it. */
static PyObject *wrapped(enum kind kind, PyObject *op, PyObject *watched)
{
    PyObject *made;
    switch (kind) {
    case LIST:
        made = PyList_New(1);
        PyList_SET_ITEM(made, 0, op);
        return made;
    case DICT:
        made = PyDict_New();
        assert_int_equal(PyDict_SetItemString(made, "key", op), 0);
        return given_up(made, op);
    case FUNCTION: return given_up(PyCFunction_New(&nothing_def, op), op);
    case METHOD: return given_up(PyMethod_New(Py_None, op), op);
    case EXCEPTION: return given_up(PyObject_CallOneArg(PyExc_ValueError, op), op);
    case INSTANCE:
        made = PyType_GenericAlloc(instance_type, 0);
        assert_int_equal(PyObject_SetAttrString(made, "x", op), 0);
        return given_up(made, op);
    case ITERATOR:
        made = wrapped(LIST, op, watched);
        return given_up(PyObject_GetIter(made), made);
    case CALLBACK:
        made = wrapped(FUNCTION, op, watched);
        return given_up(PyWeakref_NewRef(watched, made), made);
    case SLICE: return given_up(PySlice_New(Py_None, op, NULL), op);
    default: return given_up(PyTuple_Pack(1, op), op);
    }
}

/* kind: KIND_COUNT: all in turn. Returned is the outermost. */
static PyObject *chain(enum kind kind, int count, PyObject *innermost, PyObject *watched)
{
    PyObject *op = innermost;
    for (int i = 0; i < count; i++)
        op = wrapped(kind == KIND_COUNT ? (enum kind)(i % KIND_COUNT) : kind, op, watched);
    return op;
}

static void ends(enum kind kind)
{
    PyObject *watched = (PyObject *)PyType_FromSpec(&instance_spec);
    PyGC_Disable(); /* the whole would be gone through again and again */
    Py_DECREF(chain(kind, chain_count, Py_NewRef(Py_None), watched));
    PyObject *list = PyList_New(0), *outermost = chain(kind, chain_count, Py_NewRef(list), watched);
    assert_int_equal(PyList_Append(list, outermost), 0);
    Py_DECREF(outermost);
    Py_DECREF(list);
    assert_true(pymm_gc_collect(2) >= (kind == CALLBACK ? 1 : chain_count));
    PyGC_Enable();
    Py_DECREF(watched);
}

static void *thread_main(void *kind)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    ends(*(enum kind *)kind);
    PyGILState_Release(gil);
    return NULL;
}

static void in_thread(enum kind kind)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    assert_int_equal(pthread_attr_setstacksize(&attributes, STACK_BYTES), 0);
    Py_BEGIN_ALLOW_THREADS
    assert_int_equal(pthread_create(&thread, &attributes, thread_main, &kind), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    Py_END_ALLOW_THREADS
    pthread_attr_destroy(&attributes);
}

static void each_kind(void **state)
{
    (void)state;
    instance_type = (PyTypeObject *)PyType_FromSpec(&instance_spec);
    assert_non_null(instance_type);
    for (int kind = 0; kind <= kind_limit; kind++)
        in_thread((enum kind)kind);
    Py_CLEAR(instance_type);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_kind)};
    if (argc > 1)
        chain_count = (int)strtol(argv[1], NULL, 10);
    if (argc > 2)
        kind_limit = (int)strtol(argv[2], NULL, 10) - 1;
    return cmocka_run_group_tests(tests, setup, teardown);
}
