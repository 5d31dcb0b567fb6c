/* account.c: where the memory is that the process has in memory: the kernel's figures for each mapping (os_usage_get), and
 * within pymm's own what each page holds.
 *
 * What the heap counts as resident may be in memory: a slot that was handed out and never written is not. So each page is
 * looked up. That is done quickly first, which takes pages of zeros that were only ever read for memory; when the kernel's sum
 * says that there are some, they are looked for in earnest (os_pages_look).
 * Owns: pymm_account_get. Does not own: other figures (stats.c), how all this is shown (account_print.c). Read internal.h first. */
#include "heap/internal.h"

#define WINDOW_PAGES 256
#define ERROR_SHARE 256 /* of the heap: so many pages of zeros are not looked for, as threads run on meanwhile */

enum row { ROW_SLOTS = PYMM_DOMAIN_COUNT, ROW_MAGAZINES, ROW_KEPT, ROW_METADATA, ROW_COUNT }; /* before: live, by domain */

typedef struct survey {
    int descriptor; /* for os_pages_look */
    size_t page_bytes;
    uintptr_t range_end, window_start; /* what is looked at now, and the pages of it whose states are here */
    size_t window_count;
    unsigned char window[WINDOW_PAGES];
    size_t bytes[ROW_COUNT][3]; /* by enum os_page; absent ones of live rows and ROW_KEPT alone */
    bool has_failed;
} survey;

static enum os_page page_state(survey *all, uintptr_t page)
{
    size_t at = (page - all->window_start) / all->page_bytes;
    if (PYMM_LIKELY(page >= all->window_start && at < all->window_count))
        return (enum os_page)all->window[at];
    all->window_start = page;
    all->window_count = base_min(WINDOW_PAGES, (all->range_end - page) / all->page_bytes);
    if (all->window_count == 0 || os_pages_look(all->descriptor, page, all->window_count, all->window) != 0) {
        all->has_failed = true;
        all->window_count = 0;
        return OS_PAGE_ABSENT;
    }
    return (enum os_page)all->window[0];
}

static void range_begin(survey *all, uintptr_t end)
{
    all->range_end = end;
    all->window_start = all->window_count = 0;
}

static void add_pages(survey *all, unsigned row, uintptr_t start, size_t bytes)
{
    for (uintptr_t page = start; page < start + bytes; page += all->page_bytes)
        all->bytes[row][page_state(all, page)] += all->page_bytes;
}

/* Blocks and slots of a slab of which some pages are in memory and some are not: page by page what its live slots take there. */
static void add_parts(survey *all, const heap_unit *unit, const enum os_page *pages, const uint16_t *live)
{
    const heap_class *class = heap_unit_class(unit);
    unsigned domain = heap_bin_domain(unit->bin), page_shift = (unsigned)heap_the_range.page_shift;
    size_t live_bytes[HEAP_SLAB_PAGES_MAX] = {0};
    for (unsigned slot = 0; slot < class->slot_count; slot++) {
        if (heap_slab_bit(unit, slot))
            continue;
        size_t at = (size_t)slot * class->slot_bytes, end = at + class->slot_bytes;
        while (at < end) {
            size_t page = at >> page_shift, part_end = base_min(end, (page + 1) << page_shift);
            live_bytes[page] += part_end - at;
            at = part_end;
        }
    }
    for (unsigned page = 0; page < class->page_count; page++) {
        size_t free_bytes = all->page_bytes - live_bytes[page];
        all->bytes[domain][pages[page]] += live_bytes[page];
        all->bytes[live[page] == 0 ? ROW_KEPT : ROW_SLOTS][pages[page]] += free_bytes;
    }
}

/* Slots of magazines are shown as free in free_bits, but not in free_count and live (heap_visit). */
static void add_slab(survey *all, heap_place place)
{
    heap_unit *unit = heap_place_header(place);
    const heap_class *class = heap_unit_class(unit);
    const uint16_t *live = heap_unit_live(unit, class);
    enum os_page pages[HEAP_SLAB_PAGES_MAX];
    size_t counts[3] = {0}, kept_count = 0, used_count = 0, marked_count = 0;
    for (unsigned page = 0; page < class->page_count; page++) {
        pages[page] = page_state(all, (uintptr_t)heap_place_start(place) + page * all->page_bytes);
        counts[pages[page]]++;
        used_count += live[page] > 0;
        kept_count += live[page] == 0 && pages[page] != OS_PAGE_ABSENT;
    }
    for (unsigned i = 0; i < class->slot_count; i += 64)
        marked_count += base_popcount64(unit->free_bits[i / 64]);
    enum os_page state = counts[OS_PAGE_MAYBE] > 0 ? OS_PAGE_MAYBE : OS_PAGE_RESIDENT;
    size_t present_count = counts[OS_PAGE_RESIDENT] + counts[OS_PAGE_MAYBE];
    bool is_whole = counts[state] == present_count && present_count == used_count + kept_count;
    size_t cached_bytes = (marked_count - unit->free_count) * class->slot_bytes;
    if (is_whole) {
        size_t live_bytes = (class->slot_count - marked_count) * class->slot_bytes;
        size_t *slots = &all->bytes[ROW_SLOTS][state];
        all->bytes[heap_bin_domain(unit->bin)][state] += live_bytes;
        all->bytes[ROW_KEPT][state] += kept_count * all->page_bytes;
        *slots += used_count * all->page_bytes - live_bytes - cached_bytes;
        all->bytes[ROW_MAGAZINES][state] += cached_bytes;
        all->bytes[ROW_KEPT][OS_PAGE_ABSENT] += counts[OS_PAGE_ABSENT] * all->page_bytes;
        return;
    }
    size_t *slots = &all->bytes[ROW_SLOTS][OS_PAGE_RESIDENT], slots_before = *slots;
    add_parts(all, unit, pages, live);
    cached_bytes = base_min(cached_bytes, *slots - slots_before); /* which of the free ones they are is not looked up */
    *slots -= cached_bytes;
    all->bytes[ROW_MAGAZINES][OS_PAGE_RESIDENT] += cached_bytes;
}

static void add_region(survey *all, heap_region *region)
{
    const heap_array *arrays[] = {&region->unit_array, &region->bin_array, &region->free_array, &region->dirty_array};
    heap_place place = {region, 0};
    range_begin(all, (uintptr_t)region->data.start + region->data.committed_bytes);
    for (size_t unit_count; heap_place_is_committed(place) && !all->has_failed; place.unit += unit_count) {
        const heap_unit *unit = heap_place_header(place);
        uintptr_t start = (uintptr_t)heap_place_start(place);
        if ((unit_count = heap_free_units(place)) > 0) {
            add_pages(all, ROW_KEPT, start, unit_count << HEAP_UNIT_SHIFT);
        } else if (unit->kind == HEAP_UNIT_SLAB) {
            unit_count = heap_unit_class(unit)->unit_count;
            add_slab(all, place);
        } else if (unit->kind == HEAP_UNIT_LARGE) {
            unit_count = unit->unit_count;
            add_pages(all, unit->domain, start, unit->large_bytes);
            add_pages(all, ROW_KEPT, start + unit->large_bytes, (unit_count << HEAP_UNIT_SHIFT) - unit->large_bytes);
        } else {
            unit_count = 1;
            add_pages(all, ROW_KEPT, start, HEAP_UNIT_BYTES);
        }
    }
    for (size_t i = 0; i < PYMM_COUNT_OF(arrays); i++) {
        range_begin(all, (uintptr_t)arrays[i]->start + arrays[i]->committed_bytes);
        add_pages(all, ROW_METADATA, (uintptr_t)arrays[i]->start, arrays[i]->committed_bytes);
    }
}

static size_t sum_of(const survey *all, enum os_page state)
{
    size_t sum = 0;
    for (unsigned row = 0; row < ROW_COUNT; row++)
        sum += all->bytes[row][state];
    return sum;
}

static bool look(survey *all, int descriptor)
{
    heap_range *range = &heap_the_range;
    *all = (survey){.descriptor = descriptor, .page_bytes = range->page_bytes};
    size_t region_count = atomic_load(&range->region_count);
    for (size_t i = 0; i < region_count && !all->has_failed; i++)
        add_region(all, &range->regions[i]);
    return !all->has_failed;
}

/* Is there heap here? No lock: regions only ever come. */
PYMM_RACY static bool is_heap(uintptr_t address)
{
    heap_range *range = &heap_the_range;
    size_t region_count = atomic_load_explicit(&range->region_count, memory_order_acquire);
    for (size_t i = 0; i < region_count; i++) {
        const heap_array *last = &range->regions[i].dirty_array;
        if (address >= range->regions[i].base && address < (uintptr_t)last->start + base_max(last->reserved_bytes, 1))
            return true;
    }
    return false;
}

static bool look_at_rest(survey *all, size_t heap_bytes)
{
    heap_visit at_rest;
    if (!heap_visit_begin(&at_rest))
        return false;
    bool is_known = look(all, OS_PAGES_QUICKLY);
    if (is_known && sum_of(all, OS_PAGE_RESIDENT) > heap_bytes + heap_bytes / ERROR_SHARE) {
        int descriptor = os_pages_open();
        if (descriptor != OS_PAGES_QUICKLY && !look(all, descriptor))
            is_known = look(all, OS_PAGES_QUICKLY);
        os_pages_close(descriptor);
    }
    heap_visit_end(&at_rest);
    return is_known;
}

/* Of the pages that may cost nothing so many do as the kernel's sum leaves room for. */
static size_t share(const survey *all, unsigned row, size_t heap_bytes)
{
    size_t sure_bytes = sum_of(all, OS_PAGE_RESIDENT), maybe_bytes = sum_of(all, OS_PAGE_MAYBE);
    size_t room_bytes = base_min(heap_bytes - base_min(heap_bytes, sure_bytes), maybe_bytes);
    size_t part_bytes = all->bytes[row][OS_PAGE_MAYBE];
    if (maybe_bytes > 0)
        part_bytes = (size_t)((double)part_bytes * ((double)room_bytes / (double)maybe_bytes));
    return all->bytes[row][OS_PAGE_RESIDENT] + part_bytes;
}

static void fill(pymm_account *account, const survey *all, const os_usage *usage)
{
    const size_t *kinds = usage->kinds;
    size_t heap_bytes = kinds[OS_USAGE_HEAP], sum_bytes = 0;
    for (unsigned i = 0; i < PYMM_DOMAIN_COUNT; i++) {
        account->live_bytes[i] = share(all, i, heap_bytes);
        account->absent_live_bytes[i] =
            all->bytes[i][OS_PAGE_ABSENT] + all->bytes[i][OS_PAGE_RESIDENT] + all->bytes[i][OS_PAGE_MAYBE] - account->live_bytes[i];
        sum_bytes += account->live_bytes[i];
    }
    account->slot_bytes = share(all, ROW_SLOTS, heap_bytes);
    account->magazine_bytes = share(all, ROW_MAGAZINES, heap_bytes);
    account->kept_bytes = share(all, ROW_KEPT, heap_bytes);
    account->absent_free_bytes = all->bytes[ROW_KEPT][OS_PAGE_ABSENT] + all->bytes[ROW_SLOTS][OS_PAGE_ABSENT];
    account->metadata_bytes = share(all, ROW_METADATA, heap_bytes) + kinds[OS_USAGE_OWN];
    account->malloc_bytes = kinds[OS_USAGE_MALLOC];
    account->stack_bytes = kinds[OS_USAGE_STACKS];
    account->main_stack_bytes = kinds[OS_USAGE_MAIN_STACK];
    account->code_bytes = kinds[OS_USAGE_CODE];
    account->data_bytes = kinds[OS_USAGE_DATA];
    account->file_bytes = kinds[OS_USAGE_FILES];
    account->shared_bytes = kinds[OS_USAGE_SHARED];
    account->anonymous_bytes = kinds[OS_USAGE_ANONYMOUS];
    sum_bytes += account->slot_bytes + account->magazine_bytes + account->kept_bytes + account->metadata_bytes;
    for (unsigned i = OS_USAGE_MALLOC; i < OS_USAGE_COUNT; i++)
        sum_bytes += kinds[i];
    account->resident_bytes = usage->resident_bytes;
    account->resident_most_bytes = base_max(usage->resident_most_bytes, usage->resident_bytes);
    account->unknown_bytes = (ptrdiff_t)(usage->resident_bytes - sum_bytes);
}

int pymm_account_get(pymm_account *account, size_t account_bytes)
{
    pymm_account whole = {.struct_bytes = sizeof whole};
    os_usage usage;
    survey all;
    if (account == NULL || account_bytes < sizeof account->struct_bytes || heap_init() != 0)
        return -1;
    if (os_usage_get(&usage, is_heap) != 0 || !look_at_rest(&all, usage.kinds[OS_USAGE_HEAP]))
        return -1;
    fill(&whole, &all, &usage);
    memcpy(account, &whole, base_min(account_bytes, sizeof whole));
    return 0;
}
