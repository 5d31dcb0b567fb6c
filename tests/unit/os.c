/* os.c: the contract of os/os.h, state by state: reserved, committed, purged, moved; locks; thread ends; fork.
 *
 * Owns: the promises of os.h itself. That the heap survives failing calls is tests/oom. Read first: src/os/os.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "support.h"

static const size_t MIB = 1024 * 1024;

static char *committed(size_t bytes)
{
    char *start = os_reserve(bytes, 65536);
    assert_non_null(start);
    assert_int_equal(os_commit(start, bytes), 0);
    return start;
}

static void page_size_is_the_systems(void **state)
{
    (void)state;
    assert_int_equal(os_page_bytes(), sysconf(_SC_PAGESIZE));
}

static void reservations_are_aligned_and_free(void **state)
{
    (void)state;
    size_t before = test_resident_bytes();
    for (size_t align = os_page_bytes(); align <= 64 * MIB; align *= 2) {
        char *start = os_reserve(100 * MIB, align);
        assert_non_null(start);
        assert_int_equal((uintptr_t)start % align, 0);
        os_release(start, 100 * MIB);
    }
    assert_true(test_resident_bytes() <= before + MIB);
    assert_null(os_reserve((size_t)1 << 62, 4096));
    assert_null(os_reserve(SIZE_MAX - 4095, 65536));
}

static void reserved_memory_faults(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* what is reserved is usable */
    char *start = os_reserve(MIB, 65536);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGSEGV, SIG_DFL);
        signal(SIGBUS, SIG_DFL);
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        *(volatile char *)start = 1;
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0); /* a signal, or a sanitizer's own exit */
    os_release(start, MIB);
}

static void committed_memory_is_zero_and_keeps(void **state)
{
    (void)state;
    char *start = os_reserve(4 * MIB, 65536);
    assert_int_equal(os_commit(start + MIB, MIB), 0);
    assert_true(test_is_zero(start + MIB, MIB));
    memset(start + MIB, 1, MIB);
    assert_int_equal(os_commit(start + 2 * MIB, MIB), 0); /* the neighbour keeps its contents */
    assert_true(start[MIB] == 1 && start[2 * MIB - 1] == 1 && start[2 * MIB] == 0);
    os_release(start, 4 * MIB);
}

static void purged_memory_is_zero_costs_nothing_and_works(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* the system tells nothing of its pages */
    size_t page = os_page_bytes();
    char *start = committed(MIB);
    memset(start, 1, MIB);
    assert_int_equal(os_resident_pages(start, MIB), MIB / page);
    assert_int_equal(os_purge(start + page, 2 * page), 0);
    assert_int_equal(os_resident_pages(start, MIB), MIB / page - 2);
    assert_int_equal(os_resident_pages(start + page, 2 * page), 0);
    assert_true(start[page - 1] == 1 && start[3 * page] == 1);
    assert_true(test_is_zero(start + page, 2 * page));
    memset(start + page, 2, 2 * page);
    assert_true(start[3 * page - 1] == 2);
    os_release(start, MIB);
}

static void ranges_are_purged_together(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* nothing is ever purged */
    size_t page = os_page_bytes();
    char *start = committed(MIB);
    os_span spans[OS_PURGE_MAX];
    memset(start, 1, MIB);
    for (size_t i = 0; i < OS_PURGE_MAX; i++)
        spans[i] = (os_span){(uintptr_t)start + i * 3 * page, 2 * page};
    assert_int_equal(os_purge_many(spans, 0), 0);
    assert_int_equal(os_purge_many(spans, 1), 1);
    assert_int_equal(os_resident_pages(start, MIB), MIB / page - 2);
    memset(start, 1, MIB);
    assert_int_equal(os_purge_many(spans, OS_PURGE_MAX), OS_PURGE_MAX);
    assert_int_equal(os_resident_pages(start, MIB), MIB / page - 2 * OS_PURGE_MAX);
    for (size_t i = 0; i < OS_PURGE_MAX; i++)
        assert_true(test_is_zero(start + i * 3 * page, 2 * page) && start[i * 3 * page + 2 * page] == 1);
    os_release(start, MIB);
}

#ifdef __linux__
static void a_range_that_cannot_be_purged_ends_the_others(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* nothing is ever purged */
    size_t page = os_page_bytes();
    char *start = committed(MIB);
    memset(start, 1, MIB);
    os_span spans[4];
    for (size_t i = 0; i < 4; i++)
        spans[i] = (os_span){(uintptr_t)start + i * 2 * page, page};
    os_release_part(start + 4 * page, page); /* the third one is no memory any more */
    assert_int_equal(os_purge_many(spans, 4), 2);
    assert_true(test_is_zero(start, page) && test_is_zero(start + 2 * page, page) && start[6 * page] == 1);
    assert_int_equal(os_purge_many(spans + 3, 1), 1);
    assert_int_equal(os_purge_many(spans + 2, 2), 0);
#ifdef PYMM_FAULTS
    memset(start, 1, page);
    os_fault_set(OS_FAULT_PURGE | OS_FAULT_ONCE, 0); /* the call for all; then each for itself */
    assert_int_equal(os_purge_many(spans, 2), 2);
    assert_int_equal(os_fault_count(), 3);
    os_fault_set(0, 0);
    assert_true(test_is_zero(start, page));
#endif
    os_release(start, MIB);
}
#endif

static void resident_pages_counts_long_ranges(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* the system tells nothing of its pages */
    size_t page = os_page_bytes();
    char *start = committed(64 * MIB);
    for (size_t i = 0; i < 64 * MIB; i += 5 * page)
        start[i] = 1;
    assert_int_equal(os_resident_pages(start, 64 * MIB), (64 * MIB / page + 4) / 5);
    os_release(start, 64 * MIB);
}

static void moved_pages_carry_their_contents(void **state)
{
    (void)state;
    size_t page = os_page_bytes();
    char *from = committed(MIB), *to = committed(MIB);
    memset(from, 3, MIB);
    memset(to, 4, MIB);
    int saved_errno = errno = 1234;
    if (os_move(from + page, to + 2 * page, 10 * page) == 0) {
        for (size_t i = 0; i < MIB; i++)
            assert_int_equal(to[i], i >= 2 * page && i < 12 * page ? 3 : 4);
        assert_true(test_is_zero(from + page, 10 * page)); /* still mapped, as if purged */
        memset(from + page, 5, 10 * page);
        assert_true(from[0] == 3 && from[11 * page] == 3 && to[2 * page] == 3);
    } else
        print_message("this system does not move pages\n");
    assert_int_equal(errno, saved_errno);
    os_release(from, MIB);
    os_release(to, MIB);
}

static void address_limit_is_seen(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* limits are not asked */
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit limit;
        getrlimit(RLIMIT_AS, &limit);
        limit.rlim_cur = (rlim_t)1 << 40;
        TEST_REQUIRE(setrlimit(RLIMIT_AS, &limit) == 0, "no limit");
        TEST_REQUIRE(os_address_limit_bytes() == (size_t)1 << 40, "another limit");
        _exit(0);
    }
    TEST_CHILD_OK(pid);
    struct rlimit limit;
    getrlimit(RLIMIT_AS, &limit);
    assert_true(limit.rlim_cur != RLIM_INFINITY || os_address_limit_bytes() == SIZE_MAX);
}

static os_lock counter_lock = OS_LOCK_INIT;
static size_t counter;
enum { TURNS = 200000 };

static void *count_under_lock(void *arg)
{
    for (size_t i = 0; i < TURNS; i++) {
        os_lock_take(&counter_lock);
        counter++;
        if (arg != NULL && i % 20000 == 0) {
            struct timespec pause = {0, 2000000}; /* long enough for the others to sleep on the lock */
            nanosleep(&pause, NULL);
        }
        os_lock_drop(&counter_lock);
    }
    return NULL;
}

static void locks_exclude_and_wake(void **state)
{
    (void)state;
    pthread_t threads[4];
    counter = 0;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_under_lock, i == 0 ? &counter : NULL), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(counter, 4 * TURNS);
    assert_true(os_lock_try(&counter_lock));
    assert_false(os_lock_try(&counter_lock));
    os_lock_drop(&counter_lock);
    assert_true(os_lock_try(&counter_lock));
    os_lock_drop(&counter_lock);
}

static int ended;
static void thread_ends(void *value)
{
    ended += *(int *)value;
}

static void *thread_with_value(void *arg)
{
    if (arg != NULL)
        TEST_REQUIRE(os_thread_key_set(arg) == 0, "key");
    return NULL;
}

static void thread_ends_are_told(void **state)
{
    (void)state;
    static int value = 7;
    pthread_t thread;
    assert_int_equal(os_thread_key_create(thread_ends), 0);
    pthread_create(&thread, NULL, thread_with_value, &value);
    pthread_join(thread, NULL);
    assert_int_equal(ended, 7);
    pthread_create(&thread, NULL, thread_with_value, NULL);
    pthread_join(thread, NULL);
    assert_int_equal(ended, 7);
}

static int forks_before, forks_parent, forks_child;
static void before_fork(void) { forks_before++; }
static void in_parent(void) { forks_parent++; }
static void in_child(void) { forks_child++; }

static void forks_are_told(void **state)
{
    (void)state;
    assert_int_equal(os_fork_register(before_fork, in_parent, in_child), 0);
    pid_t pid = fork();
    if (pid == 0) {
        TEST_REQUIRE(forks_before == 1 && forks_parent == 0 && forks_child == 1, "%d %d %d", forks_before, forks_parent, forks_child);
        _exit(0);
    }
    TEST_CHILD_OK(pid);
    assert_true(forks_before == 1 && forks_parent == 1 && forks_child == 0);
}

static void clock_moves_forward(void **state)
{
    (void)state;
    struct timespec pause = {0, 20000000};
    uint64_t start = os_clock_ns();
    nanosleep(&pause, NULL);
    uint64_t taken = os_clock_ns() - start;
    assert_true(taken >= 19000000 && taken < UINT64_C(60000000000));
}

static void faults_hit_what_they_are_set_to(void **state)
{
    (void)state;
#ifdef PYMM_FAULTS
    char *start = committed(MIB);
    size_t page = os_page_bytes();
    os_fault_set(OS_FAULT_COMMIT | OS_FAULT_PURGE, 1);
    assert_int_equal(os_commit(start, page), 0);
    assert_int_equal(os_purge(start, page), -1);
    assert_int_equal(os_commit(start, page), -1);
    assert_int_equal(os_fault_count(), 3);
    char *other = os_reserve(MIB, 65536); /* a kind that was not chosen */
    assert_non_null(other);
    os_release(other, MIB);
    os_fault_set(OS_FAULT_RESERVE | OS_FAULT_ONCE, 0);
    assert_null(os_reserve(MIB, 65536));
    other = os_reserve(MIB, 65536);
    assert_non_null(other);
    os_fault_set(OS_FAULT_REMAP, 0);
    assert_int_equal(os_move(start, other, page), -1);
    os_fault_set(OS_FAULT_THREAD, 0);
    assert_int_equal(os_thread_key_set(start), -1);
    os_fault_set(0, 0);
    assert_int_equal(os_purge(start, page), OS_CAN_PURGE ? 0 : -1);
    os_release(start, MIB);
    os_release(other, MIB);
#else
    assert_false(os_fault_hit(OS_FAULT_COMMIT));
    skip();
#endif
}

static void addresses_that_fault_are_known(void **state)
{
    (void)state;
    size_t page = os_page_bytes();
    char *start = os_reserve(MIB, 65536);
    assert_true(os_is_readable("text", 5));
    assert_true(os_is_readable(&page, sizeof page));
    assert_false(os_is_readable(NULL, 1));
    assert_false(os_is_readable((const void *)(uintptr_t)0x1234567812345678, 8));
    assert_int_equal(os_commit(start, 2 * page), 0);
    assert_true(os_is_readable(start, 2 * page));
    assert_true(os_is_readable(start + page - 4, 8));
#if OS_CAN_PURGE
    assert_false(os_is_readable(start, 3 * page));
    assert_false(os_is_readable(start + 2 * page - 4, 8));
    assert_false(os_is_readable(start + 2 * page, 1));
#endif
    os_release(start, MIB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_size_is_the_systems),
        cmocka_unit_test(reservations_are_aligned_and_free),
        cmocka_unit_test(reserved_memory_faults),
        cmocka_unit_test(committed_memory_is_zero_and_keeps),
        cmocka_unit_test(purged_memory_is_zero_costs_nothing_and_works),
        cmocka_unit_test(ranges_are_purged_together),
#ifdef __linux__
        cmocka_unit_test(a_range_that_cannot_be_purged_ends_the_others),
#endif
        cmocka_unit_test(resident_pages_counts_long_ranges),
        cmocka_unit_test(moved_pages_carry_their_contents),
        cmocka_unit_test(address_limit_is_seen),
        cmocka_unit_test(locks_exclude_and_wake),
        cmocka_unit_test(thread_ends_are_told),
        cmocka_unit_test(forks_are_told),
        cmocka_unit_test(clock_moves_forward),
        cmocka_unit_test(addresses_that_fault_are_known),
        cmocka_unit_test(faults_hit_what_they_are_set_to),
    };
    return cmocka_run_group_tests_name("os", tests, NULL, NULL);
}
