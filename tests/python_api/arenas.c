/* arenas.c: memory for small blocks from a source of the program's own, through the API.
 *
 * Owns: what PyObject_GetArenaAllocator and PyObject_SetArenaAllocator promise. The heap's part: tests/unit/heap_arena.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <Python.h>
#include <pymm.h>

enum { ARENAS = 1024, BLOCKS = 40000, SKEW = 40 };

typedef struct source {
    struct {
        char *memory; /* what malloc returned; the arena begins SKEW bytes behind it, at no alignment to speak of */
        size_t bytes;
    } arenas[ARENAS];
    int taken_count, live_count, wrong_count, allowed_count;
} source;

static void *source_alloc(void *ctx, size_t bytes)
{
    source *from = ctx;
    if (from->taken_count == from->allowed_count)
        return NULL;
    char *memory = malloc(bytes + SKEW);
    if (memory == NULL)
        return NULL;
    from->arenas[from->taken_count].memory = memory;
    from->arenas[from->taken_count++].bytes = bytes;
    from->live_count++;
    return memory + SKEW;
}

static void source_free(void *ctx, void *start, size_t bytes)
{
    source *from = ctx;
    for (int i = 0; i < from->taken_count; i++)
        if (from->arenas[i].memory != NULL && from->arenas[i].memory + SKEW == (char *)start) {
            from->wrong_count += from->arenas[i].bytes != bytes;
            free(from->arenas[i].memory);
            from->arenas[i].memory = NULL;
            from->live_count--;
            return;
        }
    from->wrong_count++;
}

static int is_in_arena(const source *from, const void *block)
{
    for (int i = 0; i < from->taken_count; i++)
        if (from->arenas[i].memory != NULL && (const char *)block >= from->arenas[i].memory + SKEW &&
            (const char *)block < from->arenas[i].memory + SKEW + from->arenas[i].bytes)
            return 1;
    return 0;
}

static void assert_same(const PyObjectArenaAllocator *a, const PyObjectArenaAllocator *b)
{
    assert_ptr_equal(a->ctx, b->ctx);
    assert_true(a->alloc == b->alloc && a->free == b->free);
}

static PyObjectArenaAllocator before;
static void *blocks[BLOCKS];

static int install(source *from)
{
    PyObjectArenaAllocator own = {from, source_alloc, source_free}, seen;
    PyObject_GetArenaAllocator(&before);
    PyObject_SetArenaAllocator(&own);
    memset(&own, 0, sizeof own); /* it was copied */
    PyObject_GetArenaAllocator(&seen);
    return seen.ctx == from && seen.alloc == source_alloc && seen.free == source_free ? 0 : -1;
}

static void the_default_works_like_any_source(void **state)
{
    (void)state;
    PyObjectArenaAllocator first, second;
    PyObject_GetArenaAllocator(&first);
    assert_true(first.alloc != NULL && first.free != NULL);
    char *arena = first.alloc(first.ctx, 256 * 1024);
    assert_non_null(arena);
    memset(arena, 1, 256 * 1024);
    first.free(first.ctx, arena, 256 * 1024);
    PyObject_SetArenaAllocator(&first);
    PyObject_GetArenaAllocator(&second);
    assert_same(&first, &second);
}

static void small_blocks_come_from_it_and_go_back(void **state)
{
    (void)state;
    static source from = {.allowed_count = ARENAS};
    int inside_count = 0;
    assert_int_equal(install(&from), 0);
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t bytes = 16 + i % 700;
        blocks[i] = i % 2 == 0 ? PyObject_Malloc(bytes) : PyMem_Malloc(bytes);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)(i & 255), bytes);
        inside_count += is_in_arena(&from, blocks[i]);
    }
    assert_true(inside_count > BLOCKS * 9 / 10); /* the others are slots that were free before */
    assert_true(from.taken_count > 3);
    for (size_t i = 0; i < BLOCKS; i++) {
        const unsigned char *bytes = blocks[i];
        assert_int_equal(bytes[0], i & 255);
        assert_int_equal(bytes[15 + i % 700], i & 255);
        if (i % 2 == 0)
            PyObject_Free(blocks[i]);
        else
            PyMem_Free(blocks[i]);
    }
    pymm_give_back();
    PyObject_SetArenaAllocator(&before);
    assert_true(from.live_count <= 2); /* one is kept, and one whose slots a thread still holds */
    assert_int_equal(from.wrong_count, 0);
    assert_int_equal(pymm_check(NULL, 0), 0);
}

static void no_arena_is_no_memory_and_nothing_worse(void **state)
{
    (void)state;
    static source from = {.allowed_count = 2};
    size_t count = 0;
    assert_int_equal(install(&from), 0);
    while (count < BLOCKS && (blocks[count] = PyObject_Malloc(500)) != NULL)
        count++;
    assert_true(count < BLOCKS);
    assert_int_equal(from.taken_count, 2);
    void *raw = PyMem_RawMalloc(500); /* the raw domain is not the source's */
    assert_non_null(raw);
    PyMem_RawFree(raw);
    void *grown = PyObject_Realloc(blocks[0], 700);
    if (grown != NULL)
        blocks[0] = grown;
    from.allowed_count = ARENAS;
    void *again = PyObject_Malloc(500);
    assert_non_null(again);
    PyObject_Free(again);
    while (count > 0)
        PyObject_Free(blocks[--count]);
    PyObject_SetArenaAllocator(&before);
    assert_int_equal(from.wrong_count, 0);
    assert_int_equal(pymm_check(NULL, 0), 0);
}

static void a_source_with_a_hole_is_refused(void **state)
{
    (void)state;
    PyObjectArenaAllocator first, second, holes[] = {{NULL, NULL, source_free}, {NULL, source_alloc, NULL}};
    PyObject_GetArenaAllocator(&first);
    for (size_t i = 0; i < Py_ARRAY_LENGTH(holes); i++) {
        PyObject_SetArenaAllocator(&holes[i]);
        PyObject_GetArenaAllocator(&second);
        assert_same(&first, &second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_works_like_any_source),
        cmocka_unit_test(small_blocks_come_from_it_and_go_back),
        cmocka_unit_test(no_arena_is_no_memory_and_nothing_worse),
        cmocka_unit_test(a_source_with_a_hole_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
