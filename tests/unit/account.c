/* account.c: where resident memory is: what the system room finds of each kind, and that all parts together are the kernel's figure.
 *
 * Owns: the promises of os_usage_get, os_pages_look, os_reserved_next and pymm_account_get. Real programs, with the process
 * stopped and looked at from outside, are in tests/cpython/test_account.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "os/os.h"
#include "support.h"

static const size_t MIB = 1024 * 1024;

static char *committed(size_t bytes)
{
    char *start = os_reserve(bytes, MIB);
    assert_non_null(start);
    assert_int_equal(os_commit(start, bytes), 0);
    return start;
}

static char *a_place; /* where is_a_place says yes */
static bool is_a_place(uintptr_t address) { return address - (uintptr_t)a_place < 16 * MIB; }

static bool is_reserved(const void *start, size_t bytes)
{
    os_span span;
    for (size_t at = 0; os_reserved_next(&at, &span);)
        if (span.start == (uintptr_t)start && span.bytes == bytes)
            return true;
    return false;
}

static void reservations_are_known(void **state)
{
    (void)state;
    char *one = os_reserve(16 * MIB, MIB), *other = os_reserve(MIB, MIB);
    assert_true(is_reserved(one, 16 * MIB));
    assert_true(is_reserved(other, MIB));
    os_release_part(one + 4 * MIB, 2 * MIB);
    assert_true(is_reserved(one, 4 * MIB));
    assert_true(is_reserved(one + 6 * MIB, 10 * MIB));
    os_release_part(one + 15 * MIB, MIB);
    assert_true(is_reserved(one + 6 * MIB, 9 * MIB));
    os_release(one, 4 * MIB);
    os_release(one + 6 * MIB, 9 * MIB);
    os_release(other, MIB);
    assert_false(is_reserved(one, 4 * MIB) || is_reserved(one + 6 * MIB, 9 * MIB) || is_reserved(other, MIB));
}

static void pages_are_told_apart(void **state)
{
    (void)state;
    size_t page = os_page_bytes();
    char *start = committed(MIB);
    unsigned char pages[3];
    memset(start, 1, page);
    volatile char read = start[page];
    assert_int_equal(read, 0);
    assert_int_equal(os_pages_look(OS_PAGES_QUICKLY, (uintptr_t)start, 3, pages), 0);
    assert_true(pages[0] == OS_PAGE_RESIDENT && pages[1] == OS_PAGE_RESIDENT && pages[2] == OS_PAGE_ABSENT);
    int descriptor = os_pages_open();
    assert_int_not_equal(descriptor, OS_PAGES_QUICKLY);
    assert_int_equal(os_pages_look(descriptor, (uintptr_t)start, 3, pages), 0);
    assert_true(pages[0] == OS_PAGE_RESIDENT && pages[1] == OS_PAGE_MAYBE && pages[2] == OS_PAGE_ABSENT);
    os_pages_close(descriptor);
    os_release(start, MIB);
}

static size_t change(const os_usage *before, const os_usage *after, enum os_usage_kind kind)
{
    return after->kinds[kind] - before->kinds[kind];
}

/* Sanitizers have memory of their own, which comes and goes. */
static void require_near(size_t bytes, size_t expected, size_t most_off)
{
    TEST_REQUIRE(bytes + most_off >= expected && bytes <= expected + most_off, "%zd KiB where %zu KiB are", (ptrdiff_t)bytes / 1024,
                 expected / 1024);
}

static void each_kind_is_found(void **state)
{
    (void)state;
    if (TEST_TSAN)
        skip(); /* what is resident is mostly TSan's own, and changes */
    os_usage before, after;
    size_t slip = 192 * 1024;
    a_place = committed(16 * MIB);
    char *own = committed(8 * MIB);
    char *anonymous = mmap(NULL, 6 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *shared = mmap(NULL, 4 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_int_equal(os_usage_get(&before, is_a_place), 0);
    memset(a_place, 1, 12 * MIB);
    memset(own + MIB, 1, 7 * MIB);
    memset(anonymous, 1, 5 * MIB);
    memset(shared, 1, 4 * MIB);
    assert_int_equal(os_usage_get(&after, is_a_place), 0);
    require_near(change(&before, &after, OS_USAGE_HEAP), 12 * MIB, slip);
    require_near(change(&before, &after, OS_USAGE_OWN), 7 * MIB, slip);
    require_near(change(&before, &after, OS_USAGE_ANONYMOUS), 5 * MIB, slip);
    require_near(change(&before, &after, OS_USAGE_SHARED), 4 * MIB, slip);
    assert_true(after.kinds[OS_USAGE_MAIN_STACK] > 0 && after.kinds[OS_USAGE_CODE] > 0 && after.kinds[OS_USAGE_DATA] > 0);
    os_release(a_place, 16 * MIB);
    os_release(own, 8 * MIB);
    munmap(anonymous, 6 * MIB);
    munmap(shared, 4 * MIB);
}

static size_t parts_of(const pymm_account *account)
{
    size_t sum = account->slot_bytes + account->magazine_bytes + account->kept_bytes + account->metadata_bytes;
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        sum += account->live_bytes[domain];
    return sum + account->malloc_bytes + account->stack_bytes + account->main_stack_bytes + account->code_bytes +
           account->data_bytes + account->file_bytes + account->shared_bytes + account->anonymous_bytes;
}

static pymm_account account_now(void)
{
    pymm_account account;
    TEST_REQUIRE(pymm_account_get(&account, sizeof account) == 0, "%s", "there is an account");
    TEST_REQUIRE(account.struct_bytes == sizeof account, "%zu", account.struct_bytes);
    TEST_REQUIRE((ptrdiff_t)account.resident_bytes - (ptrdiff_t)parts_of(&account) == account.unknown_bytes, "%td", account.unknown_bytes);
    return account;
}

static pymm_account sound_account(void)
{
    pymm_account account = account_now();
    size_t resident = account.resident_bytes, off = (size_t)(account.unknown_bytes < 0 ? -account.unknown_bytes : account.unknown_bytes);
    TEST_REQUIRE(off <= resident / 50, "%td of %zu bytes are not explained", account.unknown_bytes, resident);
    TEST_REQUIRE(account.resident_most_bytes >= resident, "%zu", account.resident_most_bytes);
    return account;
}

static void parts_add_up(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    static void *blocks[COUNT];
    pymm_account before = sound_account();
    for (size_t i = 0; i < COUNT; i++)
        memset(blocks[i] = heap_malloc(PYMM_DOMAIN_MEM, 16 + i % 900), 1, 16 + i % 900);
    void *large = heap_malloc(PYMM_DOMAIN_RAW, 10 * MIB), *sparse = heap_calloc(PYMM_DOMAIN_OBJ, 40, MIB);
    memset(large, 1, 6 * MIB);
    pymm_stats stats;
    pymm_stats_get(&stats, sizeof stats);
    pymm_account after = sound_account();
    require_near(after.live_bytes[PYMM_DOMAIN_MEM], stats.block_bytes[PYMM_DOMAIN_MEM], MIB / 8);
    require_near(after.live_bytes[PYMM_DOMAIN_RAW] - before.live_bytes[PYMM_DOMAIN_RAW], 6 * MIB, MIB / 8);
    require_near(after.absent_live_bytes[PYMM_DOMAIN_RAW] - before.absent_live_bytes[PYMM_DOMAIN_RAW], 4 * MIB, MIB / 8);
    require_near(after.live_bytes[PYMM_DOMAIN_OBJ], before.live_bytes[PYMM_DOMAIN_OBJ], MIB / 8);
    for (size_t i = 0; i < 40 * MIB; i += 4096) /* the page of zeros is mapped, and costs nothing */
        assert_int_equal(((volatile char *)sparse)[i], 0);
    after = sound_account();
    require_near(after.live_bytes[PYMM_DOMAIN_OBJ], before.live_bytes[PYMM_DOMAIN_OBJ], MIB / 4);
    require_near(after.absent_live_bytes[PYMM_DOMAIN_OBJ], 40 * MIB, MIB / 4);
    for (size_t i = 1; i < COUNT; i += 2) /* holes on every page */
        heap_free(blocks[i]);
    after = sound_account();
    assert_true(PYMM_HOSTILE || after.slot_bytes > before.slot_bytes + COUNT / 2 * 300);
    for (size_t i = 0; i < COUNT; i += 2)
        heap_free(blocks[i]);
    heap_free(large);
    heap_free(sparse);
    after = sound_account();
    require_near(after.live_bytes[PYMM_DOMAIN_RAW], before.live_bytes[PYMM_DOMAIN_RAW], MIB / 8);
    assert_true(after.absent_free_bytes > 40 * MIB);
}

static void a_forked_child_has_its_own(void **state)
{
    (void)state;
    char *block = heap_malloc(PYMM_DOMAIN_RAW, 8 * MIB);
    memset(block, 1, 8 * MIB);
    pid_t child = fork();
    if (child == 0) {
        pymm_account account = sound_account(); /* its pages are the parent's as well */
        require_near(account.live_bytes[PYMM_DOMAIN_RAW], 8 * MIB, PYMM_HOSTILE ? 2 * MIB : MIB / 2); /* headers of zeros there */
        memset(block, 2, 4 * MIB);
        sound_account();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    heap_free(block);
}

static atomic_bool is_over;

static void *work(void *arg)
{
    uint64_t seed = (uintptr_t)arg;
    void *blocks[64] = {0};
    while (!atomic_load(&is_over)) {
        size_t at = test_random_below(&seed, 64);
        heap_free(blocks[at]);
        blocks[at] = heap_malloc(PYMM_DOMAIN_OBJ, test_random_below(&seed, 50000));
    }
    for (size_t i = 0; i < 64; i++)
        heap_free(blocks[i]);
    return NULL;
}

static void threads_may_run_meanwhile(void **state)
{
    (void)state;
    pthread_t threads[3];
    for (uintptr_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, (void *)i), 0);
    for (unsigned i = 0; i < 5; i++)
        account_now();
    atomic_store(&is_over, true);
    for (unsigned i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    TEST_HEAP_OK();
}

static void wrong_calls_are_refused(void **state)
{
    (void)state;
    pymm_account account = {0};
    assert_int_equal(pymm_account_get(NULL, sizeof account), -1);
    assert_int_equal(pymm_account_get(&account, sizeof account.struct_bytes - 1), -1);
    assert_int_equal(pymm_account_get(&account, 2 * sizeof account.struct_bytes), 0); /* of an older caller */
    assert_true(account.resident_bytes > 0 && account.resident_most_bytes == 0);
}

int main(void)
{
    pymm_account account;
    if (!OS_CAN_PURGE) { /* memory from the C library alone: what is whose cannot be told */
        os_usage usage;
        return pymm_account_get(&account, sizeof account) == -1 && os_usage_get(&usage, is_a_place) == -1 ? 0 : 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reservations_are_known),    cmocka_unit_test(pages_are_told_apart),
        cmocka_unit_test(each_kind_is_found),        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(a_forked_child_has_its_own), cmocka_unit_test(threads_may_run_meanwhile),
        cmocka_unit_test(wrong_calls_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
