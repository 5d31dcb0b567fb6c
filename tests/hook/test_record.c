/* Promises of the recorder (src/hook/record.c): what is in the file, in which order, and what happens when the file, the
 * process or the allocator underneath lets it down. Read src/hook/hook.h first. */
#include "hook/hook.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char record_path[128];
static atomic_long call_count; /* of the tables underneath */
static bool is_failing;

static void *under_malloc(void *ctx, size_t size_bytes)
{
    (void)ctx;
    atomic_fetch_add(&call_count, 1);
    return is_failing ? NULL : malloc(size_bytes + 1);
}

static void *under_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    (void)ctx;
    atomic_fetch_add(&call_count, 1);
    return is_failing ? NULL : calloc(item_count, item_bytes);
}

static void *under_realloc(void *ctx, void *block, size_t size_bytes)
{
    (void)ctx;
    atomic_fetch_add(&call_count, 1);
    return is_failing ? NULL : realloc(block, size_bytes + 1);
}

static void under_free(void *ctx, void *block)
{
    (void)ctx;
    atomic_fetch_add(&call_count, 1);
    free(block);
}

static void tables_fill(pymm_allocator tables[PYMM_DOMAIN_COUNT])
{
    for (int i = 0; i < PYMM_DOMAIN_COUNT; i++)
        tables[i] = (pymm_allocator){NULL, under_malloc, under_calloc, under_realloc, under_free};
}

static void tables_start(pymm_allocator tables[PYMM_DOMAIN_COUNT])
{
    tables_fill(tables);
    assert_int_equal(hook_record_start(record_path, tables), 0);
}

/* The events of the file; the caller frees them. The header is checked. */
static hook_record_event *events_read(size_t *count)
{
    FILE *file = fopen(record_path, "rb");
    struct stat status;
    hook_record_header header;
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &status), 0);
    assert_int_equal(fread(&header, sizeof header, 1, file), 1);
    assert_string_equal(header.magic, HOOK_RECORD_MAGIC);
    assert_int_equal(header.version, HOOK_RECORD_VERSION);
    assert_int_equal(header.header_bytes, sizeof header);
    assert_int_equal(header.pid, getpid());
    *count = ((size_t)status.st_size - sizeof header) / sizeof(hook_record_event);
    hook_record_event *events = malloc((*count + 1) * sizeof *events);
    assert_int_equal(fread(events, sizeof *events, *count, file), *count);
    fclose(file);
    return events;
}

static void assert_event(hook_record_event event, unsigned op, unsigned domain, size_t size_bytes, uint64_t address)
{
    assert_int_equal(hook_record_meta_op(event.meta), op);
    assert_int_equal(hook_record_meta_domain(event.meta), domain);
    assert_int_equal(hook_record_meta_size(event.meta), size_bytes);
    assert_int_equal(event.address, address);
}

static void every_operation_is_recorded(void **state)
{
    (void)state;
    pymm_allocator t[PYMM_DOMAIN_COUNT];
    tables_start(t);
    void *a = t[0].malloc(t[0].ctx, 100), *b = t[1].calloc(t[1].ctx, 7, 9);
    uint64_t a_was = (uintptr_t)a, b_was = (uintptr_t)b;
    void *c = t[2].realloc(t[2].ctx, NULL, 5);
    uint64_t c_was = (uintptr_t)c;
    a = t[0].realloc(t[0].ctx, a, 100000);
    uint64_t a_moved = (uintptr_t)a;
    t[1].free(t[1].ctx, b);
    t[0].free(t[0].ctx, a);
    t[2].free(t[2].ctx, c);
    t[2].free(t[2].ctx, NULL);
    hook_record_stop();
    size_t count;
    hook_record_event *e = events_read(&count);
    assert_int_equal(count, 11);
    assert_event(e[0], HOOK_RECORD_MALLOC, 0, 100, a_was);
    assert_event(e[1], HOOK_RECORD_CALLOC, 1, 63, b_was);
    assert_event(e[2], HOOK_RECORD_REALLOC_BEGIN, 2, 5, 0);
    assert_event(e[3], HOOK_RECORD_REALLOC_END, 2, 5, c_was);
    assert_event(e[4], HOOK_RECORD_REALLOC_BEGIN, 0, 100000, a_was);
    assert_event(e[5], HOOK_RECORD_REALLOC_END, 0, 100000, a_moved);
    assert_event(e[6], HOOK_RECORD_FREE, 1, 0, b_was);
    assert_event(e[7], HOOK_RECORD_FREE, 0, 0, a_moved);
    assert_event(e[8], HOOK_RECORD_FREE, 2, 0, c_was);
    assert_event(e[9], HOOK_RECORD_FREE, 2, 0, 0);
    assert_event(e[10], HOOK_RECORD_END, 0, 0, 10);
    free(e);
}

static void a_failed_call_returns_null_and_changes_nothing(void **state)
{
    (void)state;
    pymm_allocator t[PYMM_DOMAIN_COUNT];
    tables_start(t);
    void *a = t[0].malloc(t[0].ctx, 10);
    is_failing = true;
    assert_null(t[0].malloc(t[0].ctx, 10));
    assert_null(t[0].calloc(t[0].ctx, 1, 10));
    assert_null(t[0].realloc(t[0].ctx, a, 1000));
    is_failing = false;
    t[0].free(t[0].ctx, a);
    hook_record_stop();
    size_t count;
    hook_record_event *e = events_read(&count);
    assert_int_equal(count, 5);
    assert_int_equal(hook_record_meta_op(e[1].meta), HOOK_RECORD_REALLOC_BEGIN);
    assert_event(e[2], HOOK_RECORD_REALLOC_END, 0, 1000, 0);
    assert_int_equal(hook_record_meta_op(e[3].meta), HOOK_RECORD_FREE);
    free(e);
}

static void each_call_is_one_call_underneath(void **state)
{
    (void)state;
    pymm_allocator t[PYMM_DOMAIN_COUNT];
    atomic_store(&call_count, 0);
    tables_start(t);
    for (int i = 0; i < 50000; i++)
        t[i % 3].free(t[i % 3].ctx, t[i % 3].malloc(t[i % 3].ctx, (size_t)i));
    hook_record_stop();
    t[0].free(t[0].ctx, t[0].malloc(t[0].ctx, 1)); /* the tables outlive the recording */
    assert_int_equal(atomic_load(&call_count), 100002);
    size_t count;
    free(events_read(&count));
    assert_int_equal(count, 100001);
}

#define THREAD_COUNT 4
#define ROUND_COUNT 30000
#define SHARED_COUNT 64
static _Atomic(void *) shared_blocks[SHARED_COUNT];
static pymm_allocator shared_tables[PYMM_DOMAIN_COUNT];

/* Each takes what another has put, so most blocks die in another thread than they were born in. */
static void *thread_exchange(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    for (int i = 0; i < ROUND_COUNT; i++) {
        seed = seed * 1664525u + 1013904223u;
        const pymm_allocator *t = &shared_tables[seed >> 16 & 1];
        void *block = t->malloc(t->ctx, 16 + (seed >> 20) % 200);
        if ((seed >> 17 & 3) == 0)
            block = t->realloc(t->ctx, block, 300);
        block = atomic_exchange(&shared_blocks[(seed >> 8) % SHARED_COUNT], block);
        t->free(t->ctx, block);
    }
    return NULL;
}

static int compare_words(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* Number of an address among all of the recording, so that a flag a piece says whether it is alive. */
static size_t address_number(const uint64_t *sorted, size_t count, uint64_t address)
{
    const uint64_t *found = bsearch(&address, sorted, count, sizeof *sorted, compare_words);
    return (size_t)(found - sorted);
}

static void no_address_is_given_out_while_in_use(void **state)
{
    (void)state;
    pthread_t threads[THREAD_COUNT];
    tables_fill(shared_tables);
    assert_int_equal(hook_record_start(record_path, shared_tables), 0);
    for (uintptr_t i = 0; i < THREAD_COUNT; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, thread_exchange, (void *)(i + 1)), 0);
    for (int i = 0; i < THREAD_COUNT; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < SHARED_COUNT; i++)
        shared_tables[0].free(shared_tables[0].ctx, atomic_exchange(&shared_blocks[i], NULL));
    hook_record_stop();

    size_t count, live_count = 0, number_count = 0;
    hook_record_event *e = events_read(&count);
    uint64_t *sorted = malloc(count * sizeof *sorted);
    for (size_t i = 0; i + 1 < count; i++)
        sorted[i] = e[i].address;
    qsort(sorted, count - 1, sizeof *sorted, compare_words);
    for (size_t i = 0; i + 1 < count; i++)
        if (number_count == 0 || sorted[number_count - 1] != sorted[i])
            sorted[number_count++] = sorted[i];
    bool *is_live = calloc(number_count, sizeof *is_live), has_open[HOOK_RECORD_THREAD_COUNT] = {false};
    for (size_t i = 0; i + 1 < count; i++) {
        unsigned op = hook_record_meta_op(e[i].meta), thread = hook_record_meta_thread(e[i].meta);
        bool *flag = &is_live[address_number(sorted, number_count, e[i].address)];
        bool is_birth = op == HOOK_RECORD_MALLOC || op == HOOK_RECORD_REALLOC_END;
        if (e[i].address == 0)
            continue;
        assert_true(*flag == !is_birth);
        *flag = is_birth;
        live_count += is_birth ? (size_t)1 : (size_t)-1;
        assert_true(has_open[thread] == (op == HOOK_RECORD_REALLOC_END));
        has_open[thread] = op == HOOK_RECORD_REALLOC_BEGIN;
    }
    assert_int_equal(live_count, 0);
    assert_event(e[count - 1], HOOK_RECORD_END, 0, 0, count - 1);
    free(is_live);
    free(sorted);
    free(e);
}

static void a_path_that_cannot_be_opened_is_an_error(void **state)
{
    (void)state;
    pymm_allocator t[PYMM_DOMAIN_COUNT], before[PYMM_DOMAIN_COUNT];
    tables_fill(t);
    memcpy(before, t, sizeof t);
    assert_int_equal(hook_record_start("/nonexistent/folder/file", t), -1);
    assert_int_equal(errno, ENOENT);
    assert_memory_equal(before, t, sizeof t);
    assert_int_equal(hook_record_start("/dev/full", t), -1);
    assert_int_equal(errno, ENOSPC);
    assert_memory_equal(before, t, sizeof t);
    hook_record_stop();
}

static void one_recording_at_a_time(void **state)
{
    (void)state;
    pymm_allocator t[PYMM_DOMAIN_COUNT], other[PYMM_DOMAIN_COUNT];
    tables_start(t);
    tables_fill(other);
    assert_int_equal(hook_record_start("/dev/null", other), -1);
    assert_int_equal(errno, EBUSY);
    hook_record_stop();
    assert_int_equal(hook_record_start(record_path, t), 0); /* the same tables once more */
    t[0].free(t[0].ctx, t[0].malloc(t[0].ctx, 1));
    hook_record_stop();
    hook_record_stop();
    size_t count;
    free(events_read(&count));
    assert_int_equal(count, 3);
}

/* Run `body` with stderr going to a file; the number of lines written there, which all begin "pymm: ". */
static int lines_on_stderr(void (*body)(void))
{
    char text[4096];
    FILE *file = tmpfile();
    int saved_fd = dup(STDERR_FILENO), line_count = 0;
    assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
    body();
    assert_int_equal(dup2(saved_fd, STDERR_FILENO), STDERR_FILENO);
    close(saved_fd);
    rewind(file);
    while (fgets(text, sizeof text, file) != NULL) {
        assert_int_equal(strncmp(text, "pymm: recording stopped", 23), 0);
        line_count++;
    }
    fclose(file);
    return line_count;
}

static void allocate_much(void)
{
    pymm_allocator t[PYMM_DOMAIN_COUNT];
    tables_start(t);
    struct rlimit saved, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &saved), 0);
    small = saved;
    small.rlim_cur = 1 << 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 100000; i++) {
        void *block = t[0].malloc(t[0].ctx, 10);
        assert_non_null(block);
        errno = 77;
        t[0].free(t[0].ctx, block);
        assert_int_equal(errno, 77);
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &saved), 0);
    hook_record_stop();
}

static void a_full_disk_costs_one_line_and_the_recording(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(lines_on_stderr(allocate_much), 1);
    struct stat status;
    assert_int_equal(stat(record_path, &status), 0);
    assert_true(status.st_size <= 1 << 20);
}

static char own_path[160];

static void close_everything(void)
{
    pymm_allocator t[PYMM_DOMAIN_COUNT];
    tables_start(t);
    snprintf(own_path, sizeof own_path, "%s.own", record_path);
    for (int fd = 100; fd < 1024; fd++)
        if (close(fd) == 0)
            assert_int_equal(dup2(open(own_path, O_RDWR | O_CREAT | O_TRUNC, 0600), fd), fd);
    for (int i = 0; i < 100000; i++)
        t[0].free(t[0].ctx, t[0].malloc(t[0].ctx, 10));
    hook_record_stop();
}

static void a_file_of_the_programs_own_is_never_written_to(void **state)
{
    (void)state;
    assert_int_equal(lines_on_stderr(close_everything), 1);
    struct stat status;
    assert_int_equal(stat(own_path, &status), 0);
    assert_int_equal(status.st_size, 0);
    unlink(own_path);
    for (int fd = 100; fd < 1024; fd++)
        close(fd);
}

static void a_forked_child_does_not_write(void **state)
{
    (void)state;
    pymm_allocator t[PYMM_DOMAIN_COUNT];
    tables_start(t);
    void *kept = t[0].malloc(t[0].ctx, 10);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        for (int i = 0; i < 100000; i++)
            t[0].free(t[0].ctx, t[0].malloc(t[0].ctx, 10));
        t[0].free(t[0].ctx, kept);
        hook_record_stop();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    t[0].free(t[0].ctx, kept);
    hook_record_stop();
    size_t count;
    free(events_read(&count));
    assert_int_equal(count, 3);
}

int main(void)
{
    snprintf(record_path, sizeof record_path, "/tmp/pymm-test-record.%d", (int)getpid());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_is_recorded),
        cmocka_unit_test(a_failed_call_returns_null_and_changes_nothing),
        cmocka_unit_test(each_call_is_one_call_underneath),
        cmocka_unit_test(no_address_is_given_out_while_in_use),
        cmocka_unit_test(a_path_that_cannot_be_opened_is_an_error),
        cmocka_unit_test(one_recording_at_a_time),
        cmocka_unit_test(a_full_disk_costs_one_line_and_the_recording),
        cmocka_unit_test(a_file_of_the_programs_own_is_never_written_to),
        cmocka_unit_test(a_forked_child_does_not_write),
    };
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(record_path);
    return result;
}
