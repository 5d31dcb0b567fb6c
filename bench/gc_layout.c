/* gc_layout.c: where a collector may keep what it knows of an object: a model of two layouts, and of nothing else.
 *
 *   gc_layout COUNT ordered|scattered       prints a line for each design: ns of a step for an object, bytes of an object
 *
 *   front3   16 bytes in front of each object: two links, one of which holds the counted references within a collection. Counts
 *            are copied, references taken off, what is left is followed: three passes along the list
 *   front2   the same 16 bytes; references are counted up, the object's own count is taken off in the same pass: two passes
 *   beside   a state and a mark, a byte each, for every 16 bytes of the heap, and the two passes of front2 in the order of addresses
 *
 * An object is a count, a type and two references: to the one made before it, and to any of the 100,000 made before. Each is
 * referred to from outside as well. `ordered`: made in the order of addresses, as in a fresh heap; `scattered`: in none, as in
 * one whose places have been used again. Steps: a full collection in which all stay; making and dropping in batches of 1000,
 * as far as it is the collector's business: tracking and no longer tracking. Read docs/internals/gc.md first. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define NEAR_COUNT 100000
#define BATCH_COUNT 1000
#define ROUND_COUNT 5
#define RING_COUNT 16 /* places that were met wait until their memory is there, in all designs */
#define PLACE_BYTES 16

typedef struct object object;
typedef void visit_function(object *op);
typedef struct object_type {
    void (*traverse)(object *op, visit_function *visit);
} object_type;
struct object {
    int64_t count;
    const object_type *type;
    object *left, *right;
};
typedef struct front {
    struct front *next;
    union {
        struct front *previous;
        int64_t references; /* within a collection of front3; negative: reached. Of front2: always, and the links are one way */
    };
} front;

static void traverse(object *op, visit_function *visit)
{
    if (op->left != NULL)
        visit(op->left);
    if (op->right != NULL)
        visit(op->right);
}
static const object_type pair_type = {traverse};

static char *heap;
static size_t object_count, stride_bytes;
static object **made; /* in the order in which they were made */
static uint8_t *states, *marks;
static front list;
static uint64_t seed = 88172645463325252u;

static size_t below(size_t count)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % count);
}

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void *memory(size_t bytes)
{
    void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        perror("gc_layout: no memory");
        exit(1);
    }
    memset(start, 0, bytes);
    return start;
}

/* What was met waits; called with what has waited longest. */
static void *ring[RING_COUNT];
static unsigned ring_next;
static inline void *ring_pass(void *met)
{
    void *waiting = ring[ring_next];
    __builtin_prefetch(met, 1);
    ring[ring_next] = met;
    ring_next = (ring_next + 1) % RING_COUNT;
    return waiting;
}

/* In front. --------------------------------------------------------------------------------------------------------------- */

static front *front_of(object *op) { return (front *)op - 1; }
static object *object_of(front *at) { return (object *)(at + 1); }

static void front_track(object *op)
{
    front *at = front_of(op), *last = list.previous;
    at->next = &list;
    at->previous = last;
    last->next = at;
    list.previous = at;
}

static void front_untrack(object *op)
{
    front *at = front_of(op);
    at->previous->next = at->next;
    at->next->previous = at->previous;
    at->next = NULL;
}

static void take_off(object *op)
{
    front *waiting = ring_pass(front_of(op));
    if (waiting != NULL)
        waiting->references--;
}
static void reach(object *op)
{
    front *waiting = ring_pass(front_of(op));
    if (waiting != NULL && waiting->references == 0)
        waiting->references = 1; /* its turn is still to come, or it is moved back: here all are referred to from outside */
}
static void flush(int64_t references)
{
    for (unsigned i = 0; i < RING_COUNT; i++) {
        if (ring[i] != NULL)
            ((front *)ring[i])->references += references;
        ring[i] = NULL;
    }
}

static size_t front3_collect(void)
{
    size_t kept = 0;
    for (front *at = list.next; at != &list; at = at->next)
        at->references = object_of(at)->count;
    for (front *at = list.next; at != &list; at = at->next) {
        __builtin_prefetch(at->next);
        object_of(at)->type->traverse(object_of(at), take_off);
    }
    flush(-1);
    front *previous = &list;
    for (front *at = list.next; at != &list; at = at->next) {
        __builtin_prefetch(at->next);
        if (at->references > 0) {
            kept++;
            object_of(at)->type->traverse(object_of(at), reach);
            at->references = -1;
        }
        at->previous = previous; /* a link again */
        previous = at;
        memset(ring, 0, at->next == &list ? sizeof ring : 0);
    }
    return kept;
}

static void count_up(object *op)
{
    front *waiting = ring_pass(front_of(op));
    if (waiting != NULL)
        waiting->references++;
}
static void reach_up(object *op)
{
    front *waiting = ring_pass(front_of(op));
    if (waiting != NULL && waiting->references == 0)
        waiting->references = -1;
}

/* The list is followed one way only, so that the other word is the count's; unlinking would need more. */
static size_t front2_collect(void)
{
    size_t kept = 0;
    for (front *at = list.next; at != &list; at = at->next) {
        __builtin_prefetch(at->next);
        at->references -= object_of(at)->count;
        object_of(at)->type->traverse(object_of(at), count_up);
    }
    flush(1);
    for (front *at = list.next; at != &list; at = at->next) {
        __builtin_prefetch(at->next);
        if (at->references != 0) {
            kept++;
            object_of(at)->type->traverse(object_of(at), reach_up);
        }
    }
    memset(ring, 0, sizeof ring);
    for (front *at = list.next; at != &list; at = at->next)
        at->references = 0;
    return kept;
}

/* Beside. ----------------------------------------------------------------------------------------------------------------- */

enum { TRACKED = 1, ZERO = 130, REACHED = 1, PENDING = 2 };
static size_t place_of(const object *op) { return (size_t)((const char *)op - heap) / PLACE_BYTES; }
static object *object_at(size_t place) { return (object *)(heap + place * PLACE_BYTES); }
static void beside_track(object *op) { states[place_of(op)] |= TRACKED; }
static void beside_untrack(object *op) { states[place_of(op)] = 0; }

static void mark_count(object *op)
{
    uint8_t *waiting = ring_pass(&marks[place_of(op)]);
    if (waiting != NULL)
        ++*waiting;
}
static void mark_reach(object *op)
{
    uint8_t *waiting = ring_pass(&marks[place_of(op)]);
    if (waiting != NULL && *waiting == ZERO)
        *waiting = PENDING;
}

static size_t beside_collect(void)
{
    size_t kept = 0, place_count = object_count * stride_bytes / PLACE_BYTES;
    for (size_t i = 0; i < place_count; i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, states + i, sizeof word);
        word *= ZERO;
        memcpy(marks + i, &word, sizeof word);
    }
    for (size_t i = 0; i < place_count; i++)
        if (marks[i] != 0) {
            marks[i] = (uint8_t)(marks[i] - object_at(i)->count);
            object_at(i)->type->traverse(object_at(i), mark_count);
        }
    for (unsigned i = 0; i < RING_COUNT; i++) {
        if (ring[i] != NULL)
            ++*(uint8_t *)ring[i];
        ring[i] = NULL;
    }
    for (size_t i = 0; i < place_count; i++)
        if (marks[i] != 0 && marks[i] != ZERO && marks[i] != REACHED) {
            marks[i] = REACHED;
            kept++;
            object_at(i)->type->traverse(object_at(i), mark_reach);
        }
    memset(ring, 0, sizeof ring);
    memset(marks, 0, place_count);
    return kept;
}

/* Questions. -------------------------------------------------------------------------------------------------------------- */

typedef struct design {
    const char *name;
    size_t front_bytes, side_bytes; /* of each object; beside each place */
    void (*track)(object *op), (*untrack)(object *op);
    size_t (*collect)(void);
} design;
static const design designs[] = {
    {"front3", sizeof(front), 0, front_track, front_untrack, front3_collect},
    {"front2", sizeof(front), 0, front_track, front_untrack, front2_collect},
    {"beside", 0, 2, beside_track, beside_untrack, beside_collect},
};

static void fill(const design *of, bool is_scattered)
{
    list.next = list.previous = &list;
    stride_bytes = sizeof(object) + of->front_bytes;
    for (size_t i = 0; i < object_count; i++)
        made[i] = (object *)(heap + i * stride_bytes + of->front_bytes);
    for (size_t i = object_count; is_scattered && i > 1; i--) {
        size_t k = below(i);
        object *op = made[i - 1];
        made[i - 1] = made[k];
        made[k] = op;
    }
    for (size_t i = 0; i < object_count; i++) {
        object *left = i == 0 ? NULL : made[i - 1], *right = i == 0 ? NULL : made[i - 1 - below(i < NEAR_COUNT ? i : NEAR_COUNT)];
        *made[i] = (object){1, &pair_type, left, right};
        if (left != NULL)
            left->count++;
        if (right != NULL)
            right->count++;
        of->track(made[i]);
    }
    if (of->collect == front2_collect)
        for (size_t i = 0; i < object_count; i++)
            front_of(made[i])->references = 0;
}

static double collect_ns(const design *of)
{
    double best = 1e300;
    for (int round = 0; round < ROUND_COUNT; round++) {
        double start = now_ns();
        size_t kept = of->collect();
        double took = (now_ns() - start) / (double)object_count;
        if (kept != object_count) {
            fprintf(stderr, "gc_layout: %s kept %zu of %zu\n", of->name, kept, object_count);
            exit(1);
        }
        best = took < best ? took : best;
    }
    return best;
}

/* Objects of another batch each time, so that more than one is in the caches, and not all. */
static double track_ns(const design *of)
{
    enum { TIMES = 2000 };
    size_t batches = object_count / BATCH_COUNT, first = 0;
    memset(states, 0, object_count * 3);
    list.next = list.previous = &list;
    double start = now_ns();
    for (size_t i = 0; i < TIMES; i++, first = (first + 1) % (batches < 8 ? batches : 8)) {
        object **batch = made + first * BATCH_COUNT;
        for (size_t k = 0; k < BATCH_COUNT; k++)
            of->track(batch[k]);
        for (size_t k = 0; k < BATCH_COUNT; k++)
            of->untrack(batch[k]);
    }
    return (now_ns() - start) / TIMES / BATCH_COUNT;
}

int main(int argument_count, char **arguments)
{
    object_count = argument_count == 3 ? strtoull(arguments[1], NULL, 10) / 1000 * 1000 : 0;
    if (object_count == 0) {
        fputs("usage: gc_layout COUNT ordered|scattered\n", stderr);
        return 2;
    }
    heap = memory(object_count * (sizeof(object) + sizeof(front)));
    made = memory(object_count * sizeof *made);
    states = memory(object_count * 3); /* places of the widest stride */
    marks = memory(object_count * 3);
    for (size_t i = 0; i < sizeof designs / sizeof *designs; i++) {
        const design *of = &designs[i];
        memset(states, 0, object_count * 3);
        fill(of, strcmp(arguments[2], "scattered") == 0);
        double collect = collect_ns(of), track = track_ns(of);
        printf("%s: collect %.2f, track and untrack %.2f, bytes %zu\n", of->name, collect, track,
               stride_bytes + of->side_bytes * stride_bytes / PLACE_BYTES);
    }
    return 0;
}
