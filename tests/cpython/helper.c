/* helper.c: C code that tests of this room call from Python through ctypes; it is no extension module and needs no headers.
 * Owns: libc's allocator as a PyMemAllocatorEx, work on the raw domain without the GIL, a function for Py_AtExit.
 * Read programs/raw_swaps.py and programs/atexit_work.py first: they are its users. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct table {
    void *ctx;
    void *(*malloc)(void *ctx, size_t size_bytes);
    void *(*calloc)(void *ctx, size_t item_count, size_t item_bytes);
    void *(*realloc)(void *ctx, void *block, size_t size_bytes);
    void (*free)(void *ctx, void *block);
} table;

static void *(*raw_malloc)(size_t);
static void *(*raw_realloc)(void *, size_t);
static void (*raw_free)(void *);

/* As CPython's own _PyMem_RawMalloc and its sisters. */
static void *libc_malloc(void *ctx, size_t size) { (void)ctx; return malloc(size ? size : 1); }
static void *libc_calloc(void *ctx, size_t count, size_t size) {
    (void)ctx;
    return count && size ? calloc(count, size) : calloc(1, 1);
}
static void *libc_realloc(void *ctx, void *block, size_t size) { (void)ctx; return realloc(block, size ? size : 1); }
static void libc_free(void *ctx, void *block) { (void)ctx; free(block); }

#define HELPER_EXPORT __attribute__((visibility("default")))
HELPER_EXPORT void helper_libc_table(table *filled);
HELPER_EXPORT void helper_prepare(void);
HELPER_EXPORT long helper_raw_work(long rounds, unsigned seed);
HELPER_EXPORT void helper_at_exit(void);

void helper_libc_table(table *filled) {
    *filled = (table){NULL, libc_malloc, libc_calloc, libc_realloc, libc_free};
}

/* Look the raw domain's functions up while the process is in order. */
void helper_prepare(void) {
    *(void **)&raw_malloc = dlsym(RTLD_DEFAULT, "PyMem_RawMalloc");
    *(void **)&raw_realloc = dlsym(RTLD_DEFAULT, "PyMem_RawRealloc");
    *(void **)&raw_free = dlsym(RTLD_DEFAULT, "PyMem_RawFree");
}

static int filled_with(const unsigned char *block, size_t size, unsigned byte) {
    for (size_t i = 0; i < size; i++)
        if (block[i] != (unsigned char)byte)
            return 0;
    return 1;
}

/* Allocate, resize and free through the raw domain; returns how many blocks had lost their contents. */
long helper_raw_work(long rounds, unsigned seed) {
    enum { HELD = 64 };
    unsigned char *held[HELD] = {NULL};
    size_t sizes[HELD] = {0};
    long wrong = 0;
    uint64_t state = seed;
    for (long i = 0; i < rounds; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        unsigned slot = (unsigned)(state >> 33) % HELD, action = (unsigned)(state >> 40) % 3;
        size_t size = (state >> 45) % (i % 50 ? 2000 : 100000) + 1;
        if (held[slot] && !filled_with(held[slot], sizes[slot], slot))
            wrong++;
        if (!held[slot] || action == 0) {
            raw_free(held[slot]);
            held[slot] = raw_malloc(size);
        } else if (action == 1) {
            held[slot] = raw_realloc(held[slot], size);
            if (held[slot] && !filled_with(held[slot], size < sizes[slot] ? size : sizes[slot], slot))
                wrong++;
        } else {
            raw_free(held[slot]);
            held[slot] = NULL;
            continue;
        }
        if (!held[slot])
            return -1;
        sizes[slot] = size;
        memset(held[slot], (int)slot, size);
    }
    for (unsigned slot = 0; slot < HELD; slot++)
        raw_free(held[slot]);
    return wrong;
}

/* For Py_AtExit: the interpreter is gone, the raw domain still works. */
void helper_at_exit(void) {
    static const char text[] = "Py_AtExit\n", bad[] = "Py_AtExit: contents lost\n";
    int is_good = helper_raw_work(2000, 5) == 0;
    if (write(STDOUT_FILENO, is_good ? text : bad, (is_good ? sizeof text : sizeof bad) - 1) < 0)
        _exit(9);
}
