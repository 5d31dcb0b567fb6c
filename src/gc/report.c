/* report.c: who is told of collections, what is written about them, how many there were.
 *
 * Owns: callbacks, debug flags and the lines they ask for, statistics. Read internal.h first. */
#include "internal.h"

#include <unistd.h>

typedef struct listener {
    pymm_gc_callback callback;
    void *arg;
} listener;
static listener *listeners;
static size_t listener_count;
int gc_debug_flags;
static pymm_gc_stats stats[OBJECT_GENERATION_COUNT];
static uint64_t begun_ns;

void gc_debug_set(int flags) { gc_debug_flags = flags; }
int gc_debug_get(void) { return gc_debug_flags; }
const pymm_gc_stats *gc_stats_of(unsigned generation) { return &stats[generation]; }

int gc_callback_add(pymm_gc_callback callback, void *arg)
{
    listener *grown = domain_realloc(PYMM_DOMAIN_RAW, listeners, (listener_count + 1) * sizeof *grown);
    if (grown == NULL)
        return -1;
    listeners = grown;
    listeners[listener_count++] = (listener){callback, arg};
    return 0;
}

/* The last one takes the memory with it. */
int gc_callback_remove(pymm_gc_callback callback, void *arg)
{
    for (size_t i = 0; i < listener_count; i++)
        if (listeners[i].callback == callback && listeners[i].arg == arg) {
            memmove(listeners + i, listeners + i + 1, (--listener_count - i) * sizeof *listeners);
            if (listener_count == 0) {
                domain_free(PYMM_DOMAIN_RAW, listeners);
                listeners = NULL;
            }
            return 0;
        }
    return -1;
}

static void tell_listeners(const pymm_gc_info *info)
{
    for (size_t i = 0; i < listener_count; i++) {
        listeners[i].callback(info, listeners[i].arg);
        if (object_error_occurred() != NULL)
            object_error_unraisable(NULL);
    }
}

static void write_begin(unsigned generation)
{
    base_out out;
    base_out_open(&out, STDERR_FILENO);
    base_out_print(&out, "gc: collecting generation %u...\ngc: objects in each generation:", generation);
    for (unsigned i = 0; i < OBJECT_GENERATION_COUNT; i++)
        base_out_print(&out, " %zu", gc_generation_count(i));
    base_out_print(&out, "\ngc: objects in permanent generation: %zu\n", gc_generation_count(OBJECT_GENERATION_PERMANENT));
    base_out_flush(&out);
}

void gc_report_begin(unsigned generation)
{
    const pymm_gc_info info = {0, (int)generation, 0, 0};
    tell_listeners(&info);
    if (gc_debug_flags & PYMM_GC_DEBUG_STATS) {
        write_begin(generation);
        begun_ns = os_clock_ns();
    }
}

static void write_found(PyObject *op, void *what)
{
    base_out out;
    base_out_open(&out, STDERR_FILENO);
    base_out_print(&out, "gc: %s <%s %p>\n", (const char *)what, Py_TYPE(op)->tp_name, (void *)op);
    base_out_flush(&out);
}

void gc_report_found(unsigned bit)
{
    static char collectable[] = "collectable", uncollectable[] = "uncollectable";
    bool is_garbage = bit == OBJECT_GARBAGE;
    if (gc_debug_flags & (is_garbage ? PYMM_GC_DEBUG_COLLECTABLE : PYMM_GC_DEBUG_UNCOLLECTABLE))
        gc_garbage_each(bit, write_found, is_garbage ? collectable : uncollectable);
}

void gc_report_end(unsigned generation, size_t collected, size_t uncollectable)
{
    const pymm_gc_info info = {1, (int)generation, collected, uncollectable};
    stats[generation].collections++;
    stats[generation].collected += collected;
    stats[generation].uncollectable += uncollectable;
    if (gc_debug_flags & PYMM_GC_DEBUG_STATS) {
        uint64_t took = (os_clock_ns() - begun_ns) / 100000;
        base_out out;
        base_out_open(&out, STDERR_FILENO);
        base_out_print(&out, "gc: done, %zu unreachable, %zu uncollectable, %lu.%04lus elapsed\n", collected + uncollectable,
                       uncollectable, (unsigned long)(took / 10000), (unsigned long)(took % 10000));
        base_out_flush(&out);
    }
    tell_listeners(&info);
}
