/* ports_os.c: the contract of os/os.h on any system: pages, locks, clock, and output's formats, which follow the system's types.
 *
 * Does not own: what only Linux does (tests/unit/os.c). Read first: src/os/os.h. */
#include "ports.h"

#include "os/os.h"

static const size_t MIB = 1024 * 1024;

static void check_reservations(void)
{
    enum { KEPT = 12 };
    char *kept[KEPT];
    for (unsigned i = 0; i < KEPT; i++) {
        size_t align_bytes = os_page_bytes() << i; /* to 8 MiB */
        kept[i] = os_reserve(3 * MIB, align_bytes);
        CHECK(kept[i] != NULL, "no 3 MiB aligned to %llu", (unsigned long long)align_bytes);
        CHECK((uintptr_t)kept[i] % align_bytes == 0, "%p is not aligned to %llu", (void *)kept[i], (unsigned long long)align_bytes);
        CHECK(os_commit(kept[i], 3 * MIB) == 0, "not committed");
        CHECK(port_is_zero(kept[i], 3 * MIB), "fresh memory is not zero");
        memset(kept[i], (int)i + 1, 3 * MIB);
    }
    for (unsigned i = 0; i < KEPT; i++) {
        CHECK(kept[i][0] == (char)(i + 1) && memcmp(kept[i], kept[i] + 1, 3 * MIB - 1) == 0, "reservations overlap");
        os_release(kept[i], 3 * MIB);
    }
    /* What is released can be had again, for ever; freed memory of the C library would not be zero by itself. */
    for (unsigned i = 0; i < 2000; i++) {
        size_t bytes = (1 + i % 3) * 64 * 1024;
        char *start = os_reserve(bytes, 65536);
        CHECK(start != NULL && os_commit(start, bytes) == 0, "turn %u: nothing left", i);
        CHECK(port_is_zero(start, bytes), "turn %u: not zero", i);
        memset(start, 0x55, bytes);
        os_release(start, bytes);
    }
    CHECK(os_reserve((size_t)1 << 62, 4096) == NULL, "2^62 bytes were promised");
    CHECK(os_reserve(SIZE_MAX - 4095, 65536) == NULL, "all bytes were promised");
}

/* Committing is by part and does not disturb what is committed already, within it or beside it. */
static void check_commit(void)
{
    char *start = os_reserve(4 * MIB, 65536);
    CHECK(start != NULL && os_commit(start + MIB, MIB) == 0, "not committed");
    memset(start + MIB, 1, MIB);
    CHECK(os_commit(start + 2 * MIB, MIB) == 0, "not committed");
    CHECK(start[MIB] == 1 && start[2 * MIB - 1] == 1 && port_is_zero(start + 2 * MIB, MIB), "the neighbour changed");
    os_release_part(start + 3 * MIB, MIB);
    CHECK(start[MIB] == 1 && start[2 * MIB - 1] == 1, "what was not released changed");
    os_release(start, 3 * MIB);
}

static void check_purge(void)
{
    size_t page_bytes = os_page_bytes(), bytes = 64 * page_bytes;
    char *start = os_reserve(bytes, 65536);
    CHECK(start != NULL && os_commit(start, bytes) == 0, "not committed");
    for (unsigned round = 0; round < 3; round++) {
        memset(start, 7, bytes);
        size_t before = os_resident_pages(start, bytes);
        CHECK(before == SIZE_MAX || before == 64, "%llu pages of 64 are resident", (unsigned long long)before);
        char *from = start + 5 * page_bytes;
        size_t purged_bytes = 17 * page_bytes;
        int result = os_purge(from, purged_bytes);
        CHECK(from[-1] == 7 && from[purged_bytes] == 7, "the neighbours of a purged page changed");
        if (result != 0) {
            CHECK(!OS_CAN_PURGE && from[0] == 7 && from[purged_bytes - 1] == 7, "refused, and not as it was");
            continue;
        }
        CHECK(OS_CAN_PURGE, "purged on a system that cannot");
        size_t after = os_resident_pages(start, bytes);
        CHECK(after == SIZE_MAX || after == 64 - 17, "%llu pages are resident after 17 of 64 were purged", (unsigned long long)after);
        CHECK(port_is_zero(from, purged_bytes), "purged pages are not zero");
        memset(from, 8, purged_bytes);
        CHECK(from[purged_bytes - 1] == 8, "purged pages cannot be used");
    }
    os_release(start, bytes);
}

static void check_move(void)
{
    size_t page_bytes = os_page_bytes();
    char *from = os_reserve(MIB, 65536), *to = os_reserve(MIB, 65536);
    CHECK(from != NULL && to != NULL && os_commit(from, MIB) == 0 && os_commit(to, MIB) == 0, "not committed");
    memset(from, 3, MIB);
    memset(to, 4, MIB);
    int is_moved = os_move(from, to, 8 * page_bytes) == 0;
    CHECK(to[0] == (is_moved ? 3 : 4) && from[0] == (is_moved ? 0 : 3) && to[8 * page_bytes] == 4, "moved: %d", is_moved);
    os_populate(from, MIB);
    os_advise_huge(from, MIB, false);
    CHECK(from[8 * page_bytes] == 3 && from[MIB - 1] == 3, "advice changed contents");
    os_release(from, MIB);
    os_release(to, MIB);
}

enum { TURNS = 100000, LOCKERS = 4 };
static os_lock counter_lock = OS_LOCK_INIT;
static size_t counter;

static void count_under_lock(void *arg)
{
    for (unsigned i = 0; i < TURNS; i++) {
        os_lock_take(&counter_lock);
        counter++;
        if (arg != NULL && i % 10000 == 0)
            port_pause_ms(2); /* long enough for the others to sleep on the lock */
        os_lock_drop(&counter_lock);
    }
}

static void check_locks(void)
{
    port_thread threads[LOCKERS];
    for (unsigned i = 0; i < LOCKERS; i++)
        port_thread_start(&threads[i], count_under_lock, i == 0 ? &counter : NULL);
    for (unsigned i = 0; i < LOCKERS; i++)
        port_thread_join(&threads[i]);
    CHECK(counter == (size_t)LOCKERS * TURNS, "%llu turns under the lock", (unsigned long long)counter);
    CHECK(os_lock_try(&counter_lock) && !os_lock_try(&counter_lock), "the lock does not exclude");
    os_lock_drop(&counter_lock);
    CHECK(os_lock_try(&counter_lock), "the lock does not open");
    os_lock_drop(&counter_lock);
}

static void check_clock(void)
{
    uint64_t last = os_clock_ns(), start = last;
    for (unsigned i = 0; i < 100000; i++) {
        uint64_t now = os_clock_ns();
        CHECK(now >= last, "the clock went back");
        last = now;
    }
    start = last = os_clock_ns();
    for (unsigned i = 0; i < 22; i++) { /* over the edge of a second, where parts of a clock may fit badly */
        port_pause_ms(50);
        uint64_t now = os_clock_ns(), taken_ns = now - last;
        CHECK(now > last && taken_ns >= UINT64_C(40000000), "50 ms are %llu ns", (unsigned long long)taken_ns);
        last = now;
    }
    uint64_t taken_ns = last - start;
    CHECK(taken_ns < UINT64_C(60000000000), "1100 ms are %llu ns", (unsigned long long)taken_ns);
}

/* long is shorter than size_t on some systems. */
static void check_formats(void)
{
    char text[128];
    base_format(text, sizeof text, "%zu %lu %llu %x %ld", (size_t)1 << 40, 4000000000ul, 1ull << 41, 0xabcu, -5l);
    CHECK(strcmp(text, "1099511627776 4000000000 2199023255552 abc -5") == 0, "%s", text);
}

void port_check_os(void)
{
    check_reservations();
    check_commit();
    check_purge();
    check_move();
    check_locks();
    check_clock();
    check_formats();
}
