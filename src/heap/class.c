/* class.c: the table of size classes: slot size, slots in a slab, how large a slab is, how many free slots a thread may keep.
 *
 * Owns: heap_classes. The way from a size to its class is inline in heap.h. Read heap.h first. */
#include "heap/internal.h"

heap_class heap_classes[HEAP_CLASS_COUNT];

static uint32_t class_slot_bytes(unsigned size_class)
{
    if (size_class < HEAP_FINE_CLASS_COUNT)
        return (size_class + 1) * HEAP_ALIGN_BYTES;
    unsigned step = size_class - HEAP_FINE_CLASS_COUNT;
    unsigned log2 = 10 + step / HEAP_STEP_COUNT;
    return (step % HEAP_STEP_COUNT + 1 + HEAP_STEP_COUNT) << (log2 - 4);
}

/* A magazine's array is a power of two words, one of them its NULL. Some 16 KiB at most, and fewer of larger slots. */
static uint16_t class_magazine_max(uint32_t slot_bytes)
{
    static const struct {
        uint16_t slot_bytes, count;
    } steps[] = {{256, 63}, {512, 31}, {1024, 15}, {2048, 7}, {8192, 3}, {HEAP_SMALL_MAX_BYTES, 1}};
    unsigned step = 0;
    while (slot_bytes > steps[step].slot_bytes)
        step++;
    return (uint16_t)base_min(steps[step].count, HEAP_MAGAZINE_MAX);
}

/* The bits of a header; some make room for the live counts where those of the pages do not fit before them. */
static size_t slots_max(size_t page_count)
{
    size_t live_bytes = page_count <= HEAP_INLINE_PAGES ? 0 : page_count * sizeof(uint16_t);
    return base_min(HEAP_SLOTS_MAX, HEAP_SLOTS_LIMIT - live_bytes * 8);
}

void heap_class_init(void)
{
    for (unsigned i = 0; i < HEAP_CLASS_COUNT; i++) {
        uint32_t slot_bytes = class_slot_bytes(i);
        size_t slab_bytes = slot_bytes <= HEAP_FINE_MAX_BYTES ? HEAP_UNIT_BYTES : HEAP_SLAB_BYTES_MAX;
        size_t page_count = slab_bytes / os_page_bytes();
        size_t slot_count = base_min(slab_bytes / slot_bytes, slots_max(page_count));
        heap_classes[i] = (heap_class){
            .slot_bytes = slot_bytes,
            .reciprocal = (uint32_t)(((UINT64_C(1) << 32) + slot_bytes - 1) / slot_bytes),
            .slot_count = (uint16_t)slot_count,
            .unit_count = (uint8_t)(slab_bytes / HEAP_UNIT_BYTES),
            .page_count = (uint8_t)page_count,
            .bitmap_words = (uint8_t)((slot_count + 63) / 64),
            .magazine_max = class_magazine_max(slot_bytes),
        };
    }
}
