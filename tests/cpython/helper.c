/* helper.c: C code that tests of this room call from Python through ctypes; it is no extension module and needs no headers.
 * Owns: libc's allocator as a PyMemAllocatorEx, work on the raw domain without the GIL, a function for Py_AtExit.
 * Read programs/raw_swaps.py and programs/atexit_work.py first: they are its users. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
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
HELPER_EXPORT int helper_pause(void);
HELPER_EXPORT void helper_resume(void);
HELPER_EXPORT void helper_at_exit(void);

void helper_libc_table(table *filled) {
    *filled = (table){NULL, libc_malloc, libc_calloc, libc_realloc, libc_free};
}

/* CPython copies a table byte by byte (Debian's 3.11.2 does): a thread that calls through one that is being set may jump to half
 * a pointer. So nobody is inside the raw domain while another allocator is put there. */
static pthread_rwlock_t in_domain = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
static int working_count;

/* Returns how many threads are at work; they wait until they may go on. */
int helper_pause(void) {
    pthread_rwlock_wrlock(&in_domain);
    return working_count;
}

void helper_resume(void) { pthread_rwlock_unlock(&in_domain); }

static void count_work(int change) {
    helper_pause();
    working_count += change;
    helper_resume();
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

enum { HELD = 64 };
typedef struct work {
    unsigned char *held[HELD];
    size_t sizes[HELD];
    uint64_t random;
    long wrong_count; /* blocks that had lost their contents */
} work;

/* One block is allocated, resized or freed. Returns -1 when there is no memory. */
static int one_round(work *work, long round) {
    work->random = work->random * 6364136223846793005u + 1442695040888963407u;
    unsigned slot = (unsigned)(work->random >> 33) % HELD, action = (unsigned)(work->random >> 40) % 3;
    size_t size = (work->random >> 45) % (round % 50 ? 2000 : 100000) + 1, old_size = work->sizes[slot];
    unsigned char **held = &work->held[slot];
    work->wrong_count += *held && !filled_with(*held, old_size, slot);
    if (*held && action == 1) {
        *held = raw_realloc(*held, size);
        work->wrong_count += *held && !filled_with(*held, size < old_size ? size : old_size, slot);
    } else {
        int is_new = !*held || action == 0;
        raw_free(*held);
        *held = is_new ? raw_malloc(size) : NULL;
        if (!is_new)
            return 0;
    }
    if (!*held)
        return -1;
    work->sizes[slot] = size;
    memset(*held, (int)slot, size);
    return 0;
}

/* Allocate, resize and free through the raw domain; returns how many blocks had lost their contents, -1 without memory. */
long helper_raw_work(long rounds, unsigned seed) {
    work work = {.random = seed};
    int status = 0;
    count_work(1);
    for (long i = 0; i < rounds && status == 0; i++) {
        pthread_rwlock_rdlock(&in_domain);
        status = one_round(&work, i);
        pthread_rwlock_unlock(&in_domain);
    }
    count_work(-1);
    for (unsigned slot = 0; slot < HELD; slot++)
        raw_free(work.held[slot]);
    return status == 0 ? work.wrong_count : -1;
}

/* For Py_AtExit: the interpreter is gone, the raw domain still works. */
void helper_at_exit(void) {
    static const char text[] = "Py_AtExit\n", bad[] = "Py_AtExit: contents lost\n";
    int is_good = helper_raw_work(2000, 5) == 0;
    if (write(STDOUT_FILENO, is_good ? text : bad, (is_good ? sizeof text : sizeof bad) - 1) < 0)
        _exit(9);
}
