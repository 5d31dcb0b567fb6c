/* debug_support.h: what the tests of the debug hooks share: a watched inner allocator, layouts, reports of a child that dies.
 *
 * Owns: nothing that lives longer than a test. Include cmocka first. Read first: src/hook/debug_internal.h. */
#ifndef TESTS_HOOK_DEBUG_SUPPORT_H
#define TESTS_HOOK_DEBUG_SUPPORT_H

#include "../unit/support.h"
#include "hook/debug_internal.h"

#include <pthread.h>
#include <signal.h>

/* The inner allocator: the heap's, watched. ----------------------------------------------------------------------------- */

static struct {
    int malloc_count, calloc_count, realloc_count, free_count;
    size_t bytes, item_count;            /* of the last request */
    bool is_refusing, is_moving;
    unsigned char seen[1 << 16];         /* the block as the inner realloc or free got it */
    size_t look_bytes;
} inner;

static inline void *inner_malloc(void *ctx, size_t bytes)
{
    inner.malloc_count++;
    inner.bytes = bytes;
    return inner.is_refusing ? NULL : heap_malloc((unsigned)(uintptr_t)ctx, bytes);
}

static inline void *inner_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    inner.calloc_count++;
    inner.bytes = item_bytes;
    inner.item_count = item_count;
    return inner.is_refusing ? NULL : heap_calloc((unsigned)(uintptr_t)ctx, item_count, item_bytes);
}

static inline void *inner_realloc(void *ctx, void *block, size_t bytes)
{
    inner.realloc_count++;
    inner.bytes = bytes;
    memcpy(inner.seen, block, inner.look_bytes);
    if (inner.is_refusing)
        return NULL;
    if (!inner.is_moving)
        return heap_realloc((unsigned)(uintptr_t)ctx, block, bytes);
    void *moved = heap_malloc((unsigned)(uintptr_t)ctx, bytes);
    memcpy(moved, block, base_min(bytes, pymm_usable_size(block)));
    heap_free(block);
    return moved;
}

static inline void inner_free(void *ctx, void *block)
{
    (void)ctx;
    inner.free_count++;
    memcpy(inner.seen, block, inner.look_bytes);
    heap_free(block);
}

static inline int set_up(void **state)
{
    (void)state;
    memset(&inner, 0, sizeof inner);
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++) {
        pymm_allocator table = {(void *)(uintptr_t)domain, inner_malloc, inner_calloc, inner_realloc, inner_free};
        if (domain_set(domain, &table) != 0 || hook_debug_install(domain) != 0)
            return -1;
    }
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    hook_debug_host_set(NULL);
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        domain_set(domain, pymm_allocator_get((enum pymm_domain)domain));
    return 0;
}

static inline bool is_filled(const unsigned char *at, size_t bytes, unsigned char value)
{
    return bytes == 0 || (at[0] == value && memcmp(at, at + 1, bytes - 1) == 0);
}

static inline void check_layout(const unsigned char *p, size_t bytes, char id)
{
    const unsigned char *base = p - 16;
    for (int i = 0; i < 8; i++)
        assert_int_equal(base[i], (uint64_t)bytes >> (56 - 8 * i) & 0xff);
    assert_int_equal(p[-8], id);
    assert_true(is_filled(p - 7, 7, 0xFD));
    assert_true(is_filled(p + bytes, 8, 0xFD));
    assert_int_equal((uintptr_t)p % 16, 0);
}

static inline size_t serial_of(const unsigned char *p, size_t bytes) { return hook_debug_word_read(p + bytes + 8); }

/* Reports: what a child says on standard error before it aborts. ----------------------------------------------------------- */

static char said[16384];

static inline void run_child(void (*act)(void *), void *argument)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        act(argument);
        _exit(0);
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t got; (got = read(ends[0], said + used, sizeof said - 1 - used)) > 0;)
        used += (size_t)got;
    said[used] = '\0';
    close(ends[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
        fail_msg("the child ended with wait status %#x and said: %s", (unsigned)status, said);
}

static inline void assert_said(const char *words)
{
    if (strstr(said, words) == NULL)
        fail_msg("'%s' is not in: %s", words, said);
}

static inline void free_mem(void *p) { domain_free(1, p); }
static inline void free_raw(void *p) { domain_free(0, p); }
static inline void resize_mem(void *p) { domain_realloc(1, p, 5); }

static inline void free_twice(void *p)
{
    domain_free(1, p);
    domain_free(1, p);
}

#define ASSERT_DEATH(act, argument, words)                                                                             \
    do {                                                                                                               \
        run_child(act, argument);                                                                                      \
        assert_said("Fatal Python error: " words "\n");                                                                \
    } while (0)

/* Bytes that tell where they are. */
static inline void number(unsigned char *p, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        p[i] = (unsigned char)(i * 7 + i / 251);
}

static inline bool is_numbered(const unsigned char *p, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (p[i] != (unsigned char)(i * 7 + i / 251))
            return false;
    return true;
}

#define DEBUG_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#endif
