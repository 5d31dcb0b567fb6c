/* gc_module.h: Python's module gc for sources that are compiled against both: the module itself there, pymm_gc.h here.
 *
 * Owns: functions module_*, each as the module's of the same name; of objects that are looked at only nodes are counted, since an
 * interpreter has objects of its own. Read first: gc_node.h. */
#ifndef PYMM_GC_MODULE_H
#define PYMM_GC_MODULE_H

#include "gc_node.h"

enum { NO_BIRTHS = 1000000 }; /* not so many that one collects */
enum { MODULE_STATS = 1, MODULE_COLLECTABLE = 2, MODULE_UNCOLLECTABLE = 4, MODULE_SAVEALL = 32 };

/* Told of each collection, at its start and at its end. */
typedef void (*module_listener)(int is_end, int generation, long collected, long uncollectable);
enum { MODULE_LISTENERS = 4 };
static module_listener module_listeners[MODULE_LISTENERS];

CHECK_UNUSED static int module_is_node(PyObject *op) { return strncmp(Py_TYPE(op)->tp_name, "check.", 6) == 0; }

#if defined __has_include
#if __has_include(<pymm_gc.h>)
#define MODULE_IS_NATIVE
#endif
#endif

#ifdef MODULE_IS_NATIVE
#include <pymm_gc.h>

CHECK_UNUSED static void module_begin(void)
{
    gc_begin();
    pymm_gc_set_threshold((size_t[3]){NO_BIRTHS, 10, 10});
    pymm_gc_collect(2);
}
CHECK_UNUSED static void module_enable(void) { PyGC_Enable(); }
CHECK_UNUSED static long module_collect(int generation) { return pymm_gc_collect(generation); }
CHECK_UNUSED static void module_freeze(void) { pymm_gc_freeze(); }
CHECK_UNUSED static void module_unfreeze(void) { pymm_gc_unfreeze(); }
CHECK_UNUSED static long module_freeze_count(void) { return (long)pymm_gc_get_freeze_count(); }
CHECK_UNUSED static void module_set_debug(int flags) { pymm_gc_set_debug(flags); }
CHECK_UNUSED static int module_get_debug(void) { return pymm_gc_get_debug(); }
CHECK_UNUSED static void module_set_threshold(int a, int b, int c)
{
    pymm_gc_set_threshold((size_t[3]){(size_t)a, (size_t)b, (size_t)c});
}
CHECK_UNUSED static void module_get_count(long counts[3])
{
    size_t got[3];
    pymm_gc_get_count(got);
    for (int i = 0; i < 3; i++)
        counts[i] = (long)got[i];
}
CHECK_UNUSED static void module_get_stats(int generation, long stats[3])
{
    pymm_gc_stats got;
    pymm_gc_get_stats(generation, &got);
    stats[0] = (long)got.collections, stats[1] = (long)got.collected, stats[2] = (long)got.uncollectable;
}

static void module_tell(const pymm_gc_info *info, void *index)
{
    module_listeners[(intptr_t)index](info->is_end, info->generation, (long)info->collected, (long)info->uncollectable);
}
CHECK_UNUSED static void module_listen(int index, module_listener listener)
{
    module_listeners[index] = listener;
    pymm_gc_callback_add(module_tell, (void *)(intptr_t)index);
}
CHECK_UNUSED static void module_listen_no_more(int index) { pymm_gc_callback_remove(module_tell, (void *)(intptr_t)index); }

static int module_see(PyObject *op, void *count)
{
    *(long *)count += module_is_node(op);
    return 1;
}
CHECK_UNUSED static long module_objects(int generation)
{
    long count = 0;
    pymm_gc_get_objects(generation, module_see, &count);
    return count;
}
CHECK_UNUSED static long module_referrers(PyObject *first, PyObject *second)
{
    long count = 0;
    PyObject *of[] = {first, second};
    pymm_gc_get_referrers(of, second == NULL ? 1 : 2, module_see, &count);
    return count;
}
CHECK_UNUSED static long module_referents(PyObject *op)
{
    long count = 0;
    pymm_gc_get_referents(op, module_see, &count);
    return count;
}
CHECK_UNUSED static long module_garbage(void)
{
    long count = 0;
    pymm_gc_get_garbage(module_see, &count);
    return count;
}
static int module_loosen_one(PyObject *op, void *arg)
{
    (void)arg;
    if (module_is_node(op))
        node_clear(op);
    return 1;
}
static void module_garbage_loosen(void) { pymm_gc_get_garbage(module_loosen_one, NULL); }
static void module_garbage_empty(void) { pymm_gc_clear_garbage(); }
CHECK_UNUSED static void module_poll(void) {}
CHECK_UNUSED static void module_flush(void) {}
#else
static PyObject *module;

static PyObject *module_result(PyObject *result)
{
    if (result == NULL) {
        PyErr_Print();
        exit(3);
    }
    return result;
}

static long module_number(PyObject *result)
{
    long number = PyLong_AsLong(module_result(result));
    Py_DECREF(result);
    return number;
}

CHECK_UNUSED static void module_enable(void) { Py_DECREF(module_result(PyObject_CallMethod(module, "enable", NULL))); }
CHECK_UNUSED static long module_collect(int generation) { return module_number(PyObject_CallMethod(module, "collect", "i", generation)); }
CHECK_UNUSED static void module_begin(void)
{
    gc_begin();
    module = module_result(PyImport_ImportModule("gc"));
    Py_DECREF(module_result(PyObject_CallMethod(module, "disable", NULL)));
    Py_DECREF(module_result(PyObject_CallMethod(module, "set_threshold", "i", NO_BIRTHS)));
    module_collect(2);
}
CHECK_UNUSED static void module_freeze(void) { Py_DECREF(module_result(PyObject_CallMethod(module, "freeze", NULL))); }
CHECK_UNUSED static void module_unfreeze(void) { Py_DECREF(module_result(PyObject_CallMethod(module, "unfreeze", NULL))); }
CHECK_UNUSED static long module_freeze_count(void) { return module_number(PyObject_CallMethod(module, "get_freeze_count", NULL)); }
CHECK_UNUSED static void module_set_debug(int flags) { Py_DECREF(module_result(PyObject_CallMethod(module, "set_debug", "i", flags))); }
CHECK_UNUSED static int module_get_debug(void) { return (int)module_number(PyObject_CallMethod(module, "get_debug", NULL)); }
CHECK_UNUSED static void module_set_threshold(int a, int b, int c)
{
    Py_DECREF(module_result(PyObject_CallMethod(module, "set_threshold", "iii", a, b, c)));
}
CHECK_UNUSED static void module_get_count(long counts[3])
{
    PyObject *got = module_result(PyObject_CallMethod(module, "get_count", NULL));
    for (int i = 0; i < 3; i++)
        counts[i] = PyLong_AsLong(PyTuple_GetItem(got, i));
    Py_DECREF(got);
}
CHECK_UNUSED static void module_get_stats(int generation, long stats[3])
{
    static const char *const names[] = {"collections", "collected", "uncollectable"};
    PyObject *got = module_result(PyObject_CallMethod(module, "get_stats", NULL));
    for (int i = 0; i < 3; i++)
        stats[i] = PyLong_AsLong(PyDict_GetItemString(PyList_GetItem(got, generation), names[i]));
    Py_DECREF(got);
}

static PyObject *module_tell(PyObject *index, PyObject *args)
{
    PyObject *info = PyTuple_GetItem(args, 1);
    const char *phase = PyUnicode_AsUTF8(PyTuple_GetItem(args, 0));
    module_listeners[PyLong_AsLong(index)](strcmp(phase, "stop") == 0, (int)PyLong_AsLong(PyDict_GetItemString(info, "generation")),
                                           PyLong_AsLong(PyDict_GetItemString(info, "collected")),
                                           PyLong_AsLong(PyDict_GetItemString(info, "uncollectable")));
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}
static PyMethodDef module_tell_def = {"tell", module_tell, METH_VARARGS, NULL};
static PyObject *module_tellers[MODULE_LISTENERS];
CHECK_UNUSED static void module_listen(int index, module_listener listener)
{
    module_listeners[index] = listener;
    if (module_tellers[index] == NULL)
        module_tellers[index] = PyCFunction_New(&module_tell_def, PyLong_FromLong(index));
    PyList_Append(PyObject_GetAttrString(module, "callbacks"), module_tellers[index]);
}
CHECK_UNUSED static void module_listen_no_more(int index)
{
    PyObject *list = PyObject_GetAttrString(module, "callbacks");
    Py_DECREF(module_result(PyObject_CallMethod(list, "remove", "O", module_tellers[index])));
    Py_DECREF(list);
}

static long module_count(PyObject *list)
{
    long count = 0;
    for (Py_ssize_t i = 0; i < PyList_Size(module_result(list)); i++)
        count += module_is_node(PyList_GetItem(list, i));
    Py_DECREF(list);
    return count;
}
CHECK_UNUSED static long module_objects(int generation)
{
#if PY_VERSION_HEX >= 0x03080000
    if (generation >= 0)
        return module_count(PyObject_CallMethod(module, "get_objects", "i", generation));
#else
    if (generation >= 0)
        return -1;
#endif
    return module_count(PyObject_CallMethod(module, "get_objects", NULL));
}
CHECK_UNUSED static long module_referrers(PyObject *first, PyObject *second)
{
    PyObject *method = PyObject_GetAttrString(module, "get_referrers");
    long count = module_count(PyObject_CallFunctionObjArgs(method, first, second, NULL));
    Py_DECREF(method);
    return count;
}
CHECK_UNUSED static long module_referents(PyObject *op) { return module_count(PyObject_CallMethod(module, "get_referents", "O", op)); }
CHECK_UNUSED static long module_garbage(void) { return module_count(PyObject_GetAttrString(module, "garbage")); }
static void module_garbage_loosen(void)
{
    PyObject *list = PyObject_GetAttrString(module, "garbage");
    for (Py_ssize_t i = 0; i < PyList_Size(list); i++)
        if (module_is_node(PyList_GetItem(list, i)))
            node_clear(PyList_GetItem(list, i));
    Py_DECREF(list);
}
static void module_garbage_empty(void)
{
    PyObject *list = PyObject_GetAttrString(module, "garbage");
    PyList_SetSlice(list, 0, PyList_Size(list), NULL);
    Py_DECREF(list);
}
/* Since 3.12 a birth only asks for a collection, which happens here. */
CHECK_UNUSED static void module_poll(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_CheckSignals();
#endif
}
CHECK_UNUSED static void module_flush(void) { Py_XDECREF(PyObject_CallMethod(PySys_GetObject("stderr"), "flush", NULL)); }
#endif

/* The list of garbage is emptied, and what is on it let go of. */
CHECK_UNUSED static void module_garbage_end(void)
{
    module_garbage_loosen();
    module_garbage_empty();
}

/* What is written to stderr from here on is kept, to be printed without numbers and addresses. */
static int module_written = -1, module_stderr = -1;
CHECK_UNUSED static void module_written_begin(void)
{
    char path[] = "/tmp/pymm-conformance-XXXXXX";
    module_stderr = dup(2);
    module_written = mkstemp(path);
    unlink(path);
    dup2(module_written, 2);
}
CHECK_UNUSED static void module_written_end(const char *name)
{
    static char text[1 << 16];
    module_flush();
    fflush(stderr);
    dup2(module_stderr, 2);
    close(module_stderr);
    ssize_t bytes = pread(module_written, text, sizeof text - 1, 0);
    text[bytes < 0 ? 0 : bytes] = '\0';
    close(module_written);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        printf("%s: ", name);
        for (char *from = line; *from != '\0';) {
            int is_address = strncmp(from, "0x", 2) == 0;
            size_t digits = strspn(is_address ? from + 2 : from, is_address ? "0123456789abcdef" : "0123456789");
            if (digits > 0)
                putchar('#');
            else
                putchar(*from);
            from += digits == 0 ? 1 : is_address ? digits + 2 : digits;
        }
        putchar('\n');
    }
}
#endif
