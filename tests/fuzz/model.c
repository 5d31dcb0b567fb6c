/* model.c: the model, and how bytes become operations. Read model.h first.
 *
 * Owns: the slots, the ordered list of intervals, the decoding. A decoder that reads past the end gets zeros, so every
 * byte string is a valid program. */
#include "model.h"

static const size_t MOST_LIVE_BYTES = (size_t)96 << 20;
static const size_t MOST_LEFT_BYTES = (size_t)2 << 20; /* resident when all is freed, above the start */

static model_options options;
static model_slot slots[MODEL_SLOTS];
static uint64_t next_seed;
static size_t live_bytes, operation_count, resident_before;
static size_t outside_count; /* live blocks that are not the model's */

/* Intervals: slots in the order of their blocks' addresses. */
static model_slot *ordered[MODEL_SLOTS];
static size_t ordered_count;

static size_t interval_find(const unsigned char *block)
{
    size_t low = 0, high = ordered_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((uintptr_t)ordered[middle]->block < (uintptr_t)block)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void interval_add(model_slot *slot)
{
    size_t at = interval_find(slot->block);
    uintptr_t start = (uintptr_t)slot->block, end = start + (slot->filled_bytes > 0 ? slot->filled_bytes : 1);
    if (at > 0) {
        const model_slot *before = ordered[at - 1];
        TEST_REQUIRE((uintptr_t)before->block + before->filled_bytes <= start, "operation %zu: %p+%zu overlaps %p+%zu", operation_count,
                     (void *)slot->block, slot->filled_bytes, (void *)before->block, before->filled_bytes);
    }
    if (at < ordered_count) {
        const model_slot *behind = ordered[at];
        TEST_REQUIRE(end <= (uintptr_t)behind->block, "operation %zu: %p+%zu overlaps %p+%zu", operation_count, (void *)slot->block,
                     slot->filled_bytes, (void *)behind->block, behind->filled_bytes);
    }
    memmove(ordered + at + 1, ordered + at, (ordered_count - at) * sizeof *ordered);
    ordered[at] = slot;
    ordered_count++;
    live_bytes += slot->filled_bytes;
}

static void interval_remove(const model_slot *slot)
{
    size_t at = interval_find(slot->block);
    TEST_REQUIRE(at < ordered_count && ordered[at] == slot, "the model lost %p", (void *)slot->block);
    ordered_count--;
    memmove(ordered + at, ordered + at + 1, (ordered_count - at) * sizeof *ordered);
    live_bytes -= slot->filled_bytes;
}

static void neighbours_verify(const model_slot *slot)
{
    size_t at = interval_find(slot->block);
    if (at > 0)
        slot_verify(ordered[at - 1]);
    if (at + 1 < ordered_count)
        slot_verify(ordered[at + 1]);
}

/* One slot -------------------------------------------------------------------------------------------------------- */

void slot_verify(const model_slot *slot)
{
    TEST_REQUIRE(test_holds(slot->block, slot->filled_bytes, slot->filled_bytes, slot->seed), "%p+%zu of domain %d lost its contents",
                 (void *)slot->block, slot->filled_bytes, slot->domain);
}

/* A block has just been got: what must hold of it alone; then fill all that may be used. */
static void slot_take(model_slot *slot, unsigned char *block, size_t bytes)
{
    TEST_REQUIRE(block != NULL, "no memory for %zu bytes", bytes);
    TEST_REQUIRE((uintptr_t)block % 16 == 0, "%p is not aligned", (void *)block);
    TEST_REQUIRE(pymm_owns(block), "%p is not owned", (void *)block);
    size_t usable = pymm_usable_size(block);
    TEST_REQUIRE(usable >= bytes, "%p: %zu usable of %zu", (void *)block, usable, bytes);
    slot->block = block;
    slot->bytes = bytes;
    slot->filled_bytes = usable;
    test_fill(block, usable, slot->seed);
}

void slot_allocate(model_slot *slot, size_t bytes, int is_zeroed)
{
    unsigned char *block = is_zeroed ? heap_calloc(slot->domain, bytes, 1) : heap_malloc(slot->domain, bytes);
    if (is_zeroed && block != NULL)
        TEST_REQUIRE(test_is_zero(block, bytes), "calloc of %zu at %p is not zero", bytes, (void *)block);
    slot_take(slot, block, bytes);
}

void slot_resize(model_slot *slot, size_t bytes)
{
    slot_verify(slot);
    unsigned char *block = heap_realloc(slot->domain, slot->block, bytes);
    TEST_REQUIRE(block != NULL, "no memory for %zu bytes", bytes);
    TEST_REQUIRE(test_holds(block, slot->filled_bytes < bytes ? slot->filled_bytes : bytes, slot->filled_bytes, slot->seed),
                 "%p: contents lost from %zu to %zu bytes", (void *)block, slot->filled_bytes, bytes);
    slot->seed++;
    slot_take(slot, block, bytes);
}

void slot_free(model_slot *slot)
{
    slot_verify(slot);
    TEST_REQUIRE(pymm_usable_size(slot->block) == slot->filled_bytes, "%p: usable size changed", (void *)slot->block);
    heap_free(slot->block);
    slot->block = NULL;
}

/* Bytes to operations ----------------------------------------------------------------------------------------------- */

typedef struct reader {
    const uint8_t *at, *end;
} reader;

static unsigned read8(reader *in) { return in->at < in->end ? *in->at++ : 0; }
static unsigned read16(reader *in)
{
    unsigned low = read8(in);
    return low | read8(in) << 8;
}

/* Small sizes are most; edges of classes, pages, units and segments are frequent; large ones are rare. */
static size_t read_size(reader *in)
{
    unsigned kind = read8(in), value = read16(in);
    size_t bytes;
    if (kind < 110)
        bytes = value % 161;
    else if (kind < 180)
        bytes = value % 1100;
    else if (kind < 205) /* around the edges of classes */
        bytes = ((size_t)16 << (value % 12)) + (value >> 4) % 16 * (((size_t)1 << (value % 12))) + value % 3 - 1;
    else if (kind < 225)
        bytes = value % 9000;
    else if (kind < 238)
        bytes = value % 33000;
    else if (kind < 248)
        bytes = value * (size_t)3;
    else if (kind < 252) /* around pages and units */
        bytes = (value % 80) * (size_t)4096 + value % 5 - 2;
    else if (kind < 255)
        bytes = value * (size_t)16;
    else
        bytes = value * (size_t)128;
    if (bytes > SIZE_MAX / 2)
        bytes = 0;
    return live_bytes + bytes > MOST_LIVE_BYTES ? bytes % 64 : bytes;
}

static model_slot *slot_with(unsigned start, int has_block)
{
    for (size_t i = 0; i < MODEL_SLOTS; i++) {
        model_slot *slot = &slots[(start + i) % MODEL_SLOTS];
        if (!slot->is_away && (slot->block != NULL) == has_block)
            return slot;
    }
    return NULL;
}

static void came_back(model_slot *slot)
{
    slot->is_away = 0;
    if (slot->block != NULL)
        interval_add(slot);
}

static void new_slot(model_slot *slot, unsigned domain)
{
    slot->domain = (uint8_t)(domain % PYMM_DOMAIN_COUNT);
    slot->seed = next_seed += 1000;
}

static void do_allocate(unsigned domain, unsigned where, size_t bytes, int is_zeroed)
{
    model_slot *slot = slot_with(where, 0);
    if (slot == NULL)
        return;
    new_slot(slot, domain);
    slot_allocate(slot, bytes, is_zeroed);
    interval_add(slot);
    neighbours_verify(slot);
}

static void do_free(unsigned where)
{
    model_slot *slot = slot_with(where, 1);
    if (slot == NULL)
        return;
    neighbours_verify(slot);
    interval_remove(slot);
    slot_free(slot);
}

static void do_resize(unsigned where, size_t bytes)
{
    model_slot *slot = slot_with(where, 1);
    if (slot == NULL)
        return;
    interval_remove(slot);
    slot_resize(slot, bytes);
    interval_add(slot);
    neighbours_verify(slot);
}

static void do_hand_over(unsigned worker, unsigned kind, unsigned where, size_t bytes)
{
    model_slot *slot = slot_with(where, kind != MODEL_ALLOCATE);
    if (slot == NULL)
        return;
    if (kind == MODEL_ALLOCATE)
        new_slot(slot, where);
    else
        interval_remove(slot);
    slot->is_away = 1;
    worker_request(worker, (model_request){(model_request_kind)kind, slot, bytes});
    if (options.is_lockstep)
        worker_collect(worker);
}

/* Sizes that no machine has: refused, and the block that was to grow stays as it is. */
static void do_impossible(unsigned where, unsigned value)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX - 70000, (size_t)PTRDIFF_MAX + 1, PTRDIFF_MAX, (size_t)1 << 60, (size_t)1 << 47};
    size_t bytes = sizes[value % (sizeof sizes / sizeof *sizes)];
    model_slot *slot = slot_with(where, 1);
    TEST_REQUIRE(heap_malloc(value % 3, bytes) == NULL, "%zu bytes were given", bytes);
    TEST_REQUIRE(heap_calloc(value % 3, bytes, 1) == NULL, "%zu bytes were given", bytes);
    TEST_REQUIRE(heap_calloc(value % 3, bytes / 4, 16) == NULL, "%zu bytes were given", bytes);
    if (slot != NULL) {
        TEST_REQUIRE(heap_realloc(slot->domain, slot->block, bytes) == NULL, "%zu bytes were given", bytes);
        slot_verify(slot);
    }
}

static int visit_block(const pymm_block_info *info, void *arg)
{
    size_t *seen = arg;
    size_t at = interval_find(info->block);
    if (at == ordered_count || ordered[at]->block != info->block)
        seen[1]++;
    else {
        seen[0]++;
        TEST_REQUIRE(ordered[at]->filled_bytes == info->usable_bytes, "walker: %p has %zu bytes", info->block, info->usable_bytes);
        TEST_REQUIRE(ordered[at]->domain == (unsigned)info->domain, "walker: %p is of domain %d", info->block, info->domain);
    }
    return 0;
}

/* Everything the model knows against everything the heap knows. */
static void verify_all(void)
{
    for (unsigned w = 0; w < MODEL_WORKERS; w++)
        worker_collect(w);
    for (size_t i = 0; i < ordered_count; i++)
        slot_verify(ordered[i]);
    size_t seen[2] = {0, 0};
    pymm_walk(visit_block, seen);
    TEST_REQUIRE(seen[0] == ordered_count, "the walker saw %zu of %zu blocks", seen[0], ordered_count);
    TEST_REQUIRE(seen[1] == outside_count, "the walker saw %zu blocks that nobody has", seen[1]);
    size_t count = test_live_count();
    TEST_REQUIRE(count == ordered_count + outside_count, "statistics count %zu of %zu blocks", count, ordered_count + outside_count);
    TEST_HEAP_OK();
}

static void operation_done(void)
{
    operation_count++;
    if (options.check_every > 0 && operation_count % options.check_every == 0)
        TEST_HEAP_OK();
}

/* Several of one kind: bursts fill and empty slabs, which single operations at random hardly ever do. */
static void do_burst(reader *in, unsigned count, int is_free)
{
    unsigned where = read16(in), stride = 1 + read8(in) % 7;
    size_t bytes = is_free ? 0 : read_size(in) % 20000;
    unsigned domain = read8(in);
    for (unsigned i = 0; i < count; i++, where += stride) {
        if (is_free)
            do_free(where);
        else
            do_allocate(domain, where, bytes, 0);
        operation_done();
    }
}

static void one_operation(reader *in)
{
    unsigned op = read8(in);
    if (op < 70)
        do_allocate(op, read16(in), read_size(in), 0);
    else if (op < 80)
        do_allocate(op, read16(in), read_size(in), 1);
    else if (op < 150)
        do_free(read16(in));
    else if (op < 185)
        do_resize(read16(in), read_size(in));
    else if (op < 225)
        do_hand_over(op % MODEL_WORKERS, op / 3 % 3, read16(in), read_size(in));
    else if (op < 240)
        do_burst(in, read8(in), op % 2);
    else if (op < 244)
        worker_collect(op % MODEL_WORKERS);
    else if (op < 246)
        worker_restart(read8(in) % MODEL_WORKERS);
    else if (op < 248) {
        unsigned worker = read8(in) % MODEL_WORKERS;
        if (read8(in) % 4 == 0)
            heap_thread_release();
        else
            worker_request(worker, (model_request){MODEL_RELEASE, NULL, 0});
    } else if (op < 251)
        pymm_give_back();
    else if (op < 252)
        arenas_choose(read8(in));
    else if (op < 254)
        do_impossible(read16(in), read8(in));
    else if (read8(in) % 8 == 0)
        verify_all();
    operation_done();
}

size_t model_play(const uint8_t *bytes, size_t byte_count)
{
    reader in = {bytes, bytes + byte_count};
    size_t before = operation_count;
    while (in.at < in.end)
        one_operation(&in);
    return operation_count - before;
}

void model_start(const model_options *with)
{
    options = *with;
    workers_start(came_back);
    outside_count = test_live_count();
    resident_before = test_stats()->resident_bytes;
}

void model_finish(void)
{
    verify_all();
    for (unsigned where = 0; ordered_count > 0; where++)
        do_free(where);
    verify_all();
    for (unsigned w = 0; w < MODEL_WORKERS; w++)
        worker_request(w, (model_request){MODEL_RELEASE, NULL, 0});
    verify_all();
    TEST_REQUIRE(live_bytes == 0, "the model kept %zu bytes", live_bytes);
    arenas_finish();
    pymm_give_back();
    size_t resident = test_stats()->resident_bytes;
    TEST_REQUIRE(!OS_CAN_PURGE || resident <= resident_before + MOST_LEFT_BYTES, "%zu bytes stay resident, %zu at the start", resident, resident_before);
}
