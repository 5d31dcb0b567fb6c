/* inspect.c: looking at the objects that the collector knows; freezing them.
 *
 * Owns: visits to objects, to what refers to them and to what they refer to; moving whole generations. Read internal.h
 * first. */
#include "internal.h"

typedef struct visit_call {
    int (*visit)(PyObject *op, void *arg);
    void *arg;
    PyObject *const *objects; /* of these, referrers are looked for */
    size_t count;
} visit_call;

static bool visit_held(PyObject *op, const visit_call *call)
{
    Py_INCREF(op);
    bool goes_on = call->visit(op, call->arg) != 0;
    Py_DECREF(op);
    return goes_on;
}

static bool visit_one(PyObject *op, void *arg) { return visit_held(op, arg); }

static void visit_all(unsigned first, unsigned last, bool (*act)(PyObject *op, void *arg), visit_call *call)
{
    bool was_enabled = gc_enable(false);
    gc_tracked_each(first, last, act, call);
    gc_enable(was_enabled);
}

void gc_objects_visit(unsigned first, unsigned last, int (*visit)(PyObject *op, void *arg), void *arg)
{
    visit_call call = {visit, arg, NULL, 0};
    visit_all(first, last, visit_one, &call);
}

static int is_wanted(PyObject *op, void *arg)
{
    const visit_call *call = arg;
    for (size_t i = 0; i < call->count; i++)
        if (call->objects[i] == op)
            return 1;
    return 0;
}

static bool visit_referrer(PyObject *op, void *arg)
{
    return Py_TYPE(op)->tp_traverse(op, is_wanted, arg) == 0 || visit_held(op, arg);
}

void gc_referrers_visit(PyObject *const *objects, size_t count, int (*visit)(PyObject *op, void *arg), void *arg)
{
    visit_call call = {visit, arg, objects, count};
    visit_all(0, OBJECT_GENERATION_COUNT - 1, visit_referrer, &call);
}

static int visit_referent(PyObject *op, void *arg) { return !visit_held(op, arg); }

/* The object is held: `visit` may let go of it. */
void gc_referents_visit(PyObject *op, int (*visit)(PyObject *op, void *arg), void *arg)
{
    visit_call call = {visit, arg, NULL, 0};
    if (!object_is_gc(op) || Py_TYPE(op)->tp_traverse == NULL)
        return;
    Py_INCREF(op);
    (void)Py_TYPE(op)->tp_traverse(op, visit_referent, &call);
    Py_DECREF(op);
}

static bool count_one(PyObject *op, void *arg)
{
    (void)op;
    ++*(size_t *)arg;
    return true;
}

size_t gc_generation_count(unsigned generation)
{
    size_t count = 0;
    gc_tracked_each(generation, generation, count_one, &count);
    return count;
}

static bool generation_set(PyObject *op, void *generation)
{
    object_generation_set(op, *(const unsigned *)generation);
    return true;
}

void gc_freeze(void)
{
    unsigned permanent = OBJECT_GENERATION_PERMANENT;
    gc_tracked_each(0, OBJECT_GENERATION_COUNT - 1, generation_set, &permanent);
    gc_schedule_begun(OBJECT_GENERATION_COUNT - 1);
}

/* What is immortal goes too, and comes back with the next collection. */
void gc_unfreeze(void)
{
    unsigned oldest = OBJECT_GENERATION_COUNT - 1;
    gc_tracked_each(OBJECT_GENERATION_PERMANENT, OBJECT_GENERATION_PERMANENT, generation_set, &oldest);
}
