/* ports.c: the heap's promises as plain C, for every system it is ported to: `ports` ends with 0, or says what is not true.
 *
 * The same program is built for Linux, for memory from the C library alone, and for Windows. It ends while threads still
 * allocate: the end of a process must not wait for them. Read first: include/pymm.h. */
#include "ports.h"

#include "heap/heap.h"
#include "pymm.h"

#include <stdatomic.h>

static const size_t MIB = 1024 * 1024;

static void check_heap(const char *when)
{
    char message[256] = "";
    CHECK(pymm_check(message, sizeof message) == 0, "%s: %s", when, message);
}

static pymm_stats *stats_now(void)
{
    static pymm_stats stats;
    CHECK(pymm_stats_get(&stats, sizeof stats) == 0, "no statistics");
    return &stats;
}

static size_t live_count(void)
{
    pymm_stats *stats = stats_now();
    return stats->block_count[0] + stats->block_count[1] + stats->block_count[2];
}

/* Every size to 3000 bytes, then in steps to 40 MiB, in every domain: aligned, large enough, apart from each other. */
static void check_sizes(void)
{
    enum { MOST = 4000 };
    static unsigned char *blocks[MOST];
    static size_t sizes[MOST];
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++) {
        const pymm_allocator *table = pymm_allocator_get((enum pymm_domain)domain);
        unsigned count = 0;
        for (size_t bytes = 0; bytes <= 40 * MIB; bytes += bytes < 3000 ? 1 : bytes / 7, count++) {
            unsigned char *block = count % 5 == 0 ? table->calloc(table->ctx, 1, bytes) : table->malloc(table->ctx, bytes);
            CHECK(count < MOST && block != NULL && (uintptr_t)block % 16 == 0, "%llu bytes: %p", (unsigned long long)bytes, (void *)block);
            CHECK(count % 5 != 0 || port_is_zero(block, bytes), "calloc of %llu bytes is not zero", (unsigned long long)bytes);
            CHECK(pymm_usable_size(block) >= bytes && pymm_owns(block), "%llu bytes: no block of pymm's", (unsigned long long)bytes);
            port_fill(block, bytes, count);
            blocks[count] = block;
            sizes[count] = bytes;
        }
        CHECK(stats_now()->block_count[domain] == count, "%llu blocks of %u are counted", (unsigned long long)live_count(), count);
        check_heap("all sizes");
        for (unsigned i = 0; i < count; i++) { /* a third each: freed, shrunk, grown */
            CHECK(port_holds(blocks[i], sizes[i], sizes[i], i), "%llu bytes changed", (unsigned long long)sizes[i]);
            if (i % 3 == 0)
                continue;
            size_t bytes = i % 3 == 1 ? sizes[i] / 2 : sizes[i] + sizes[i] / 2 + 1;
            blocks[i] = table->realloc(table->ctx, blocks[i], bytes);
            CHECK(blocks[i] != NULL, "%llu bytes not resized to %llu", (unsigned long long)sizes[i], (unsigned long long)bytes);
            CHECK(port_holds(blocks[i], bytes < sizes[i] ? bytes : sizes[i], sizes[i], i), "resizing lost contents");
        }
        check_heap("resized");
        for (unsigned i = 0; i < count; i++)
            table->free(table->ctx, blocks[i]);
        CHECK(live_count() == 0, "%llu blocks are left", (unsigned long long)live_count());
        check_heap("all freed");
    }
}

static void check_odd_calls(void)
{
    void *first = heap_malloc(0, 0), *second = heap_malloc(0, 0);
    CHECK(first != NULL && second != NULL && first != second, "zero bytes: %p %p", first, second);
    first = heap_realloc(0, first, 0);
    CHECK(first != NULL && first != second, "resized to nothing: %p", first);
    heap_free(first);
    heap_free(second);
    heap_free(NULL);
    first = heap_realloc(0, NULL, 100);
    CHECK(first != NULL, "resizing nothing");
    heap_free(first);
    CHECK(heap_calloc(0, SIZE_MAX / 2, 3) == NULL, "the product of calloc wrapped");
}

/* More than any system has: refused, and nothing is lost by it. */
static void check_refusals(void)
{
    unsigned char *block = heap_malloc(1, 1000);
    port_fill(block, 1000, 1);
    for (unsigned shift = 42; shift < 64; shift++) {
        size_t bytes = (size_t)1 << shift;
        CHECK(heap_malloc(0, bytes) == NULL, "2^%u bytes were promised", shift);
        CHECK(heap_calloc(0, bytes / 16, 16) == NULL, "2^%u zero bytes were promised", shift);
        CHECK(heap_realloc(1, block, bytes) == NULL, "a block was resized to 2^%u bytes", shift);
        CHECK(port_holds(block, 1000, 1000, 1), "a refusal changed a block");
    }
    heap_free(block);
    check_heap("refusals");
}

static void check_large(void)
{
    size_t bytes = MIB;
    unsigned char *block = heap_malloc(2, bytes), *hedge = NULL;
    port_fill(block, bytes, 9);
    for (; bytes < 100 * MIB; bytes += bytes / 2) { /* every second time something is in the way */
        size_t wish_bytes = bytes + bytes / 2;
        heap_free(hedge);
        hedge = heap_malloc(2, 40000);
        block = heap_realloc(2, block, wish_bytes);
        CHECK(block != NULL && port_holds(block, bytes, bytes, 9), "lost on the way to %llu bytes", (unsigned long long)wish_bytes);
        port_fill(block, wish_bytes, 9);
    }
    block = heap_realloc(2, block, 70000);
    CHECK(block != NULL && block[0] == 9 && block[511] == (unsigned char)(511 * 7 + 9), "lost by shrinking");
    heap_free(block);
    heap_free(hedge);
    for (unsigned round = 0; round < 5; round++) { /* dirty memory must not shine through */
        block = heap_malloc(0, 20 * MIB + round * 4096);
        memset(block, 0xEE, 20 * MIB);
        heap_free(block);
        if (round % 2 != 0)
            pymm_give_back();
        block = heap_calloc(0, 1, 19 * MIB);
        CHECK(block != NULL && port_is_zero(block, 19 * MIB), "large calloc is not zero");
        heap_free(block);
    }
    check_heap("large blocks");
}

#ifdef PYMM_HOSTILE
#define SMALL_COUNT 20000 /* each second one takes a unit */
#else
#define SMALL_COUNT 400000
#endif

/* Many small blocks (48 MiB) are freed: they go back where the system takes pages back, and read as zero again everywhere. */
static void check_give_back(void)
{
    enum { COUNT = SMALL_COUNT, BYTES = 120 };
    static void *blocks[COUNT];
    size_t returned_before = stats_now()->returned_bytes;
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < COUNT; i++) {
            blocks[i] = round == 0 ? heap_malloc(2, BYTES) : heap_calloc(2, 1, BYTES);
            CHECK(blocks[i] != NULL, "no memory for block %u", i);
            CHECK(round == 0 || port_is_zero(blocks[i], BYTES), "block %u is not zero", i);
            memset(blocks[i], 0xAB, BYTES);
        }
        size_t resident_bytes = stats_now()->resident_bytes;
        for (unsigned i = 0; i < COUNT; i++)
            heap_free(blocks[i]);
        pymm_give_back();
        pymm_stats *stats = stats_now();
        size_t returned_bytes = stats->returned_bytes - returned_before;
        if (OS_CAN_PURGE) {
            CHECK(returned_bytes >= (size_t)(round + 1) * COUNT * 100, "only %llu bytes went back", (unsigned long long)returned_bytes);
            CHECK(stats->resident_bytes < 6 * MIB, "%llu bytes of %llu stay", (unsigned long long)stats->resident_bytes,
                  (unsigned long long)resident_bytes);
        } else
            CHECK(returned_bytes == 0, "%llu bytes are said to have gone back", (unsigned long long)returned_bytes);
        check_heap("given back");
    }
}

/* Threads -------------------------------------------------------------------------------------------------------------- */

enum { PLACES = 512, TRADERS = 6 };
typedef struct goods {
    size_t bytes;
    unsigned seed;
} goods;
static goods *_Atomic market[PLACES];

static void goods_free(goods *block)
{
    if (block == NULL)
        return;
    CHECK(port_holds(block + 1, block->bytes - sizeof *block, block->bytes - sizeof *block, block->seed), "another thread's block changed");
    heap_free(block);
}

/* Blocks go to a market where any thread takes and frees them. */
static void trade(void *arg)
{
    uint64_t random = (uintptr_t)arg;
    for (unsigned i = 0; i < 60000; i++) {
        size_t bytes = sizeof(goods) + port_random(&random) % (i % 100 == 0 ? 60000 : 600);
        goods *block = heap_malloc(i % 3, bytes);
        CHECK(block != NULL, "no memory for %llu bytes", (unsigned long long)bytes);
        *block = (goods){bytes, i & 255};
        port_fill(block + 1, bytes - sizeof *block, i & 255);
        goods_free(atomic_exchange(&market[port_random(&random) % PLACES], block));
    }
}

static void check_trade(void)
{
    port_thread threads[TRADERS];
    for (unsigned i = 0; i < TRADERS; i++)
        port_thread_start(&threads[i], trade, (void *)(uintptr_t)(i + 1));
    check_heap("while threads allocate");
    for (unsigned i = 0; i < TRADERS; i++)
        port_thread_join(&threads[i]);
    for (unsigned i = 0; i < PLACES; i++)
        goods_free(atomic_exchange(&market[i], NULL));
    CHECK(live_count() == 0, "%llu blocks are left", (unsigned long long)live_count());
    check_heap("after threads");
}

static void *late_block;
static atomic_int wants_late_block;

/* Memory that is used while a thread ends, after the heap was told of the end. */
static void use_late(void)
{
    if (atomic_exchange(&wants_late_block, 0) == 0)
        return;
    late_block = heap_malloc(0, 333);
    for (unsigned i = 0; i < 100; i++)
        heap_free(heap_malloc(0, 444));
}

#ifdef _WIN32
static void NTAPI at_thread_event(PVOID module, DWORD reason, PVOID reserved)
{
    (void)module;
    (void)reserved;
    if (reason == DLL_THREAD_DETACH)
        use_late();
}
__attribute__((section(".CRT$XLY"), used)) static PIMAGE_TLS_CALLBACK const last_callback = at_thread_event;
static void late_init(void) {}
static void late_set(void) {}
#else
static pthread_key_t late_key; /* made after the heap's, and its destructor comes again in a second round */
static unsigned late_round;
static void late_at_exit(void *value)
{
    if (++late_round == 1)
        pthread_setspecific(late_key, value);
    else
        use_late();
}
static void late_init(void) { pthread_key_create(&late_key, late_at_exit); }
static void late_set(void)
{
    late_round = 0;
    pthread_setspecific(late_key, &late_key);
}
#endif

static void use_and_end(void *arg)
{
    void *blocks[200];
    for (unsigned i = 0; i < 200; i++)
        blocks[i] = heap_malloc(1, 100 + i % 7 * 16);
    for (unsigned i = 0; i < 200; i++)
        heap_free(blocks[i]);
    if (arg != NULL) {
        late_set();
        atomic_store(&wants_late_block, 1);
    }
}

static size_t cached_count(void)
{
    size_t count = 0;
    pymm_stats *stats = stats_now();
    for (size_t i = 0; i < stats->class_count; i++)
        count += stats->classes[i].cached_count;
    return count;
}

/* A thread that ends leaves neither a cache nor slots in one, and what it does after that is served as well. */
static void check_thread_ends(void)
{
    late_init();
    heap_thread_release();
    for (unsigned i = 0; i < 300; i++) {
        port_thread thread;
        late_block = NULL;
        port_thread_start(&thread, use_and_end, i % 2 == 0 ? NULL : &late_block);
        port_thread_join(&thread);
        size_t cached = cached_count();
        CHECK(stats_now()->thread_count == 0, "%llu caches of ended threads after %u", (unsigned long long)stats_now()->thread_count, i);
        CHECK(cached == 0, "%llu slots in caches of ended threads", (unsigned long long)cached);
        CHECK(i % 2 == 0 || late_block != NULL, "nothing was had while the thread ended");
        CHECK(live_count() == (i % 2), "%llu blocks are left", (unsigned long long)live_count());
        heap_free(late_block);
        heap_thread_release();
    }
    check_heap("threads ended");
}

static void for_ever(void *arg)
{
    uint64_t random = (uintptr_t)arg;
    for (;;) {
        void *block = heap_malloc(0, port_random(&random) % 40000);
        heap_free(block);
    }
}

int main(void)
{
    static port_thread threads[4];
    static const struct {
        const char *name;
        void (*run)(void);
    } checks[] = {{"os", port_check_os},           {"odd calls", check_odd_calls}, {"sizes", check_sizes},
                  {"refusals", check_refusals},    {"large", check_large},         {"give back", check_give_back},
                  {"thread ends", check_thread_ends}, {"trade", check_trade}};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        checks[i].run();
        printf("[       OK ] %s\n", checks[i].name);
        fflush(stdout);
    }
    CHECK(pymm_stats_print(1) == 0 && pymm_stats_print_json(1) == 0, "statistics could not be printed");
    for (unsigned i = 0; i < 4; i++)
        port_thread_start(&threads[i], for_ever, (void *)(uintptr_t)(i + 1));
    port_pause_ms(50);
    return 0;
}
