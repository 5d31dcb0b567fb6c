/* memory.c: PyMem_Raw*, PyMem_*, PyObject_*, their macros, and programs' own allocators.
 *
 * Owns: what include/python/pymem.h promises. Does not own: the heap's promises (tests/unit). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <Python.h>
#include <pymm.h>

typedef struct family {
    const char *name;
    PyMemAllocatorDomain domain;
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void (*free)(void *);
} family;

static const family families[] = {
    {"raw", PYMEM_DOMAIN_RAW, PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree},
    {"mem", PYMEM_DOMAIN_MEM, PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free},
    {"obj", PYMEM_DOMAIN_OBJ, PyObject_Malloc, PyObject_Calloc, PyObject_Realloc, PyObject_Free},
};
#define FOR_EACH(f) for (const family *f = families; f < families + 3; f++)

static void zero_sizes_are_distinct_blocks(void **state)
{
    (void)state;
    FOR_EACH(f) {
        void *blocks[] = {f->malloc(0),       f->malloc(0),          f->calloc(0, 0),      f->calloc(0, 8),
                          f->calloc(8, 0),    f->calloc(SIZE_MAX, 0), f->realloc(NULL, 0), f->calloc(0, SIZE_MAX)};
        for (size_t i = 0; i < Py_ARRAY_LENGTH(blocks); i++) {
            assert_non_null(blocks[i]);
            for (size_t k = 0; k < i; k++)
                assert_ptr_not_equal(blocks[i], blocks[k]);
        }
        for (size_t i = 0; i < Py_ARRAY_LENGTH(blocks); i++)
            f->free(blocks[i]);
        f->free(NULL);
    }
}

static void resize_to_zero_is_no_free(void **state)
{
    (void)state;
    FOR_EACH(f) {
        void *block = f->malloc(100);
        block = f->realloc(block, 0);
        assert_non_null(block);
        void *other = f->malloc(1);
        assert_ptr_not_equal(block, other);
        block = f->realloc(block, 50);
        assert_non_null(block);
        f->free(block);
        f->free(other);
    }
}

static void sizes_over_the_limit_are_refused(void **state)
{
    (void)state;
    const size_t too_much = (size_t)PY_SSIZE_T_MAX + 1;
    FOR_EACH(f) {
        char *block = f->malloc(10);
        memset(block, 7, 10);
        assert_null(f->malloc(too_much));
        assert_null(f->malloc(SIZE_MAX));
        assert_null(f->calloc(too_much, 1));
        assert_null(f->calloc(1, too_much));
        assert_null(f->calloc(SIZE_MAX / 2, 4));
        assert_null(f->calloc((SIZE_MAX >> 33) + 1, (size_t)1 << 33)); /* the product wraps to a small number */
        assert_null(f->realloc(block, too_much));
        assert_null(f->realloc(NULL, SIZE_MAX));
        assert_null(f->malloc(PY_SSIZE_T_MAX)); /* not refused, but nobody has it */
        assert_null(f->realloc(block, PY_SSIZE_T_MAX));
        for (int i = 0; i < 10; i++)
            assert_int_equal(block[i], 7);
        f->free(block);
    }
}

static void blocks_are_aligned_zeroed_and_kept(void **state)
{
    (void)state;
    FOR_EACH(f)
        for (size_t bytes = 1; bytes < 100000; bytes = bytes * 3 + 1) {
            unsigned char *zeroed = f->calloc(bytes, 1), *plain = f->malloc(bytes);
            assert_int_equal((uintptr_t)zeroed % 16 + (uintptr_t)plain % 16, 0);
            for (size_t i = 0; i < bytes; i++)
                assert_int_equal(zeroed[i], 0);
            memset(plain, 0xa5, bytes);
            plain = f->realloc(plain, bytes * 2);
            for (size_t i = 0; i < bytes; i++)
                assert_int_equal(plain[i], 0xa5);
            f->free(zeroed);
            f->free(plain);
        }
}

static void macros_check_for_overflow(void **state)
{
    (void)state;
    int *numbers = PyMem_New(int, 10), *kept = numbers;
    assert_non_null(numbers);
    numbers[9] = 9;
    PyMem_Resize(numbers, int, 1000);
    assert_non_null(numbers);
    assert_int_equal(numbers[9], 9);
    kept = numbers;
    assert_null(PyMem_New(int, (size_t)PY_SSIZE_T_MAX / sizeof(int) + 1));
    assert_null(PyMem_New(int, -1));
    assert_null(PyMem_NEW(int, SIZE_MAX / sizeof(int) + 2)); /* would wrap to 4 bytes */
    PyMem_Resize(numbers, int, (size_t)PY_SSIZE_T_MAX / sizeof(int) + 1);
    assert_null(numbers);
    numbers = kept;
    assert_int_equal(numbers[9], 9);
    PyMem_RESIZE(numbers, int, SIZE_MAX / sizeof(int) + 2);
    assert_null(numbers);
    PyMem_Del(kept);

    char *text = (char *)PyMem_MALLOC(10);
    text = (char *)PyMem_REALLOC(text, 20);
    assert_non_null(text);
    PyMem_FREE(text);
    text = PyMem_NEW(char, 3);
    PyMem_DEL(text);
    void *object = PyObject_MALLOC(10);
    object = PyObject_REALLOC(object, 20);
    PyObject_FREE(object);
    int index = 0;
    text = PyMem_New(char, ++index);
    assert_int_equal(index, 1);
    PyMem_Del(text);
}

/* Customising ------------------------------------------------------------------------------------------------------------ */

typedef struct counter {
    PyMemAllocatorEx next;
    int calls[4];
    size_t last_bytes;
    void *last_block;
    PyMemAllocatorDomain also; /* allocate from there as well */
    int has_also;
} counter;

static void also_allocate(counter *hook)
{
    if (!hook->has_also)
        return;
    const family *f = &families[hook->also];
    void *block = f->malloc(24);
    assert_non_null(block);
    f->free(block);
}

static void *count_malloc(void *ctx, size_t bytes)
{
    counter *hook = ctx;
    hook->calls[0]++;
    hook->last_bytes = bytes;
    also_allocate(hook);
    return hook->next.malloc(hook->next.ctx, bytes);
}

static void *count_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    counter *hook = ctx;
    hook->calls[1]++;
    hook->last_bytes = item_count * item_bytes;
    also_allocate(hook);
    return hook->next.calloc(hook->next.ctx, item_count, item_bytes);
}

static void *count_realloc(void *ctx, void *block, size_t bytes)
{
    counter *hook = ctx;
    hook->calls[2]++;
    hook->last_block = block;
    hook->last_bytes = bytes;
    also_allocate(hook);
    return hook->next.realloc(hook->next.ctx, block, bytes);
}

static void count_free(void *ctx, void *block)
{
    counter *hook = ctx;
    hook->calls[3]++;
    hook->last_block = block;
    also_allocate(hook);
    hook->next.free(hook->next.ctx, block);
}

static void install(counter *hook, PyMemAllocatorDomain domain)
{
    PyMemAllocatorEx table = {hook, count_malloc, count_calloc, count_realloc, count_free};
    PyMem_GetAllocator(domain, &hook->next);
    PyMem_SetAllocator(domain, &table);
}

static void assert_same(const PyMemAllocatorEx *a, const PyMemAllocatorEx *b)
{
    assert_ptr_equal(a->ctx, b->ctx);
    assert_true(a->malloc == b->malloc && a->calloc == b->calloc && a->realloc == b->realloc && a->free == b->free);
}

static void a_hook_sees_each_call_of_its_domain(void **state)
{
    (void)state;
    FOR_EACH(f) {
        counter hook = {0};
        install(&hook, f->domain);
        FOR_EACH(other) { /* calls of other domains are not seen */
            void *block = other->malloc(1);
            if (other != f)
                other->free(block);
            else
                f->free(f->realloc(block, 2));
        }
        f->free(f->calloc(3, 5));
        assert_int_equal(hook.last_bytes, 15);
        f->free(NULL);
        assert_null(hook.last_block);
        void *block = f->realloc(NULL, 0);
        assert_null(hook.last_block);
        assert_int_equal(hook.last_bytes, 0);
        f->free(block);
        assert_null(f->malloc((size_t)PY_SSIZE_T_MAX + 1)); /* never reaches the hook */
        assert_null(f->calloc(SIZE_MAX, 2));
        assert_null(f->realloc(NULL, SIZE_MAX));
        PyMem_SetAllocator(f->domain, &hook.next);
        f->free(f->malloc(1));
        assert_int_equal(hook.calls[0], 1);
        assert_int_equal(hook.calls[1], 1);
        assert_int_equal(hook.calls[2], 2);
        assert_int_equal(hook.calls[3], 4);
    }
}

static void hooks_stack_and_come_off(void **state)
{
    (void)state;
    FOR_EACH(f) {
        PyMemAllocatorEx before, after;
        PyMem_GetAllocator(f->domain, &before);
        counter inner = {0}, outer = {0};
        install(&inner, f->domain);
        install(&outer, f->domain);
        void *block = f->malloc(10);
        PyMem_SetAllocator(f->domain, &outer.next);
        f->free(block);
        PyMem_SetAllocator(f->domain, &inner.next);
        PyMem_GetAllocator(f->domain, &after);
        assert_same(&before, &after);
        assert_int_equal(outer.calls[0] * 10 + outer.calls[3], 10);
        assert_int_equal(inner.calls[0] * 10 + inner.calls[3], 11);
    }
}

static void a_hook_may_allocate_from_another_domain(void **state)
{
    (void)state;
    FOR_EACH(f) FOR_EACH(other) {
        if (f == other)
            continue;
        counter hook = {.also = other->domain, .has_also = 1}, seen = {0};
        install(&seen, other->domain);
        install(&hook, f->domain);
        f->free(f->realloc(f->malloc(100), 2000));
        PyMem_SetAllocator(f->domain, &hook.next);
        PyMem_SetAllocator(other->domain, &seen.next);
        assert_int_equal(hook.calls[0] + hook.calls[2] + hook.calls[3], 3);
        assert_int_equal(seen.calls[0], 3);
    }
}

static void unknown_domains_get_nothing_and_set_nothing(void **state)
{
    (void)state;
    PyMemAllocatorEx before[3], after, table = {&table, count_malloc, count_calloc, count_realloc, count_free};
    FOR_EACH(f)
        PyMem_GetAllocator(f->domain, &before[f->domain]);
    static const int unknown[] = {3, 4, 255, -1, 1 << 30};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(unknown); i++) {
        memset(&after, 0x55, sizeof after);
        PyMem_GetAllocator((PyMemAllocatorDomain)unknown[i], &after);
        assert_true(!after.ctx && !after.malloc && !after.calloc && !after.realloc && !after.free);
        PyMem_SetAllocator((PyMemAllocatorDomain)unknown[i], &table);
    }
    FOR_EACH(f) {
        PyMem_GetAllocator(f->domain, &after);
        assert_same(&before[f->domain], &after);
    }
}

static void a_table_without_calloc_is_completed(void **state)
{
    (void)state;
    FOR_EACH(f) {
        counter hook = {0};
        PyMemAllocator table = {.ctx = &hook, .malloc = count_malloc, .realloc = count_realloc, .free = count_free};
        PyMem_GetAllocator(f->domain, &hook.next);
        PyMemAllocatorEx saved = hook.next, first, second;
        for (int again = 0; again < 2; again++) {
            PyMem_SetAllocator(f->domain, &table);
            PyMem_GetAllocator(f->domain, again ? &second : &first);
            void *dirty = f->malloc(64);
            memset(dirty, 0xff, 64);
            f->free(dirty);
            unsigned char *zeroed = f->calloc(8, 8);
            for (int i = 0; i < 64; i++)
                assert_int_equal(zeroed[i], 0);
            f->free(f->realloc(zeroed, 128));
            PyMem_SetAllocator(f->domain, &saved);
        }
        assert_same(&first, &second);
        assert_int_equal(hook.calls[0], 4);
        assert_int_equal(hook.calls[3], 4);
    }
}

static void a_table_with_a_hole_is_refused(void **state)
{
    (void)state;
    FOR_EACH(f)
        for (int hole = 0; hole < 3; hole++) {
            PyMemAllocatorEx before, after, table = {NULL, count_malloc, count_calloc, count_realloc, count_free};
            if (hole == 0)
                table.malloc = NULL;
            else if (hole == 1)
                table.realloc = NULL;
            else
                table.free = NULL;
            PyMem_GetAllocator(f->domain, &before);
            PyMem_SetAllocator(f->domain, &table);
            PyMem_GetAllocator(f->domain, &after);
            assert_same(&before, &after);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_sizes_are_distinct_blocks),
        cmocka_unit_test(resize_to_zero_is_no_free),
        cmocka_unit_test(sizes_over_the_limit_are_refused),
        cmocka_unit_test(blocks_are_aligned_zeroed_and_kept),
        cmocka_unit_test(macros_check_for_overflow),
        cmocka_unit_test(a_hook_sees_each_call_of_its_domain),
        cmocka_unit_test(hooks_stack_and_come_off),
        cmocka_unit_test(a_hook_may_allocate_from_another_domain),
        cmocka_unit_test(unknown_domains_get_nothing_and_set_nothing),
        cmocka_unit_test(a_table_without_calloc_is_completed),
        cmocka_unit_test(a_table_with_a_hole_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
