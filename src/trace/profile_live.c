/* profile_live.c: samples that are alive, by the address of their block, and sums by site: stack, thread and domain.
 *
 * Equations: of each site live_count and live_bytes are the sums of weight, and of weight * bytes, over its live samples;
 * freed = allocated - live. The peak is what the sites held when all of them together held most, to a sixteenth: so often is
 * it copied while the sum grows. Owns: the table, the sites, the peak. Read profile_internal.h first. */
#include "trace/profile_internal.h"

#define TABLE_COUNT_MIN 256
#define PEAK_STEP_SHARE 16

static profile_live *table; /* open addressing; what follows a place that is emptied moves up */
static size_t table_count, live_count;
static profile_array sites;
static profile_index site_index;
static double live_bytes, peak_bytes; /* of all sites; when the peak was copied */
static uint64_t peak_time_ns;

static profile_site_sums *site_at(uint32_t site) { return (profile_site_sums *)sites.items + (site - 1); }

const profile_site_sums *profile_site_at(uint32_t site) { return site_at(site); }

static uint32_t hash_site(const profile_site_sums *site)
{
    return (uint32_t)profile_mix(profile_mix(site->domain, site->stack), site->thread);
}

static bool is_same_site(uint32_t site, const void *key)
{
    const profile_site_sums *item = site_at(site), *wanted = key;
    return item->stack == wanted->stack && item->thread == wanted->thread && item->domain == wanted->domain;
}

PYMM_SAMPLING uint32_t profile_site_get(uint32_t stack, uint32_t thread, unsigned domain)
{
    profile_site_sums key = {.stack = stack, .thread = thread, .domain = domain};
    uint32_t site = profile_index_get(&site_index, hash_site(&key), is_same_site, &key);
    if (site != 0)
        return site;
    profile_site_sums *place = profile_array_next(&sites, sizeof *place);
    if (place == NULL || !profile_index_reserve(&site_index, sites.count))
        return 0;
    *place = key;
    site = (uint32_t)++sites.count;
    profile_index_put(&site_index, hash_site(&key), site);
    return site;
}

static size_t home_of(uintptr_t block) { return profile_mix(0, block / HEAP_ALIGN_BYTES) & (table_count - 1); }

static profile_live *place_of(uintptr_t block)
{
    size_t at = home_of(block);
    while (table[at].block != 0 && table[at].block != block)
        at = (at + 1) & (table_count - 1);
    return &table[at];
}

static bool table_resize(size_t count)
{
    profile_live *old = table, *resized = trace_pages_take(count * sizeof *resized);
    size_t old_count = table_count;
    if (resized == NULL)
        return false;
    table = resized;
    table_count = count;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].block != 0)
            *place_of(old[i].block) = old[i];
    if (old_count != 0)
        trace_pages_put(old, old_count * sizeof *old);
    return true;
}

static void count_live(const profile_live *sample, double sign)
{
    profile_site_sums *site = site_at(sample->site);
    double bytes = sign * sample->weight * (double)sample->bytes;
    site->live_count += sign * sample->weight;
    site->live_bytes += bytes;
    live_bytes += bytes;
}

static void note_peak(uint64_t time_ns)
{
    if (live_bytes <= peak_bytes + peak_bytes / PEAK_STEP_SHARE)
        return;
    peak_bytes = live_bytes;
    peak_time_ns = time_ns;
    for (uint32_t i = 1; i <= sites.count; i++) {
        site_at(i)->peak_count = site_at(i)->live_count;
        site_at(i)->peak_bytes = site_at(i)->live_bytes;
    }
}

bool profile_live_add(const profile_live *sample)
{
    if ((live_count + 1) * 4 > table_count * 3 && !table_resize(table_count == 0 ? TABLE_COUNT_MIN : table_count * 2))
        return false;
    profile_site_sums *site = site_at(sample->site);
    *place_of(sample->block) = *sample;
    live_count++;
    site->sample_count++;
    site->allocated_count += sample->weight;
    site->allocated_bytes += sample->weight * (double)sample->bytes;
    count_live(sample, 1);
    note_peak(sample->time_ns);
    return true;
}

const profile_live *profile_live_find(uintptr_t block)
{
    const profile_live *place = live_count == 0 ? NULL : place_of(block);
    return place == NULL || place->block == 0 ? NULL : place;
}

static void empty_place(size_t at)
{
    for (size_t next = (at + 1) & (table_count - 1); table[next].block != 0; next = (next + 1) & (table_count - 1)) {
        size_t home = home_of(table[next].block);
        if (((next - home) & (table_count - 1)) < ((next - at) & (table_count - 1)))
            continue; /* it may not lie before its home */
        table[at] = table[next];
        at = next;
    }
    table[at].block = 0;
}

bool profile_live_take(uintptr_t block, profile_live *sample)
{
    const profile_live *place = profile_live_find(block);
    if (place == NULL)
        return false;
    *sample = *place;
    count_live(sample, -1);
    live_count--;
    empty_place((size_t)(place - table));
    return true;
}

size_t profile_live_count(void) { return live_count; }

/* Sums of what is alive, anew from the samples; what was freed stays what it was. */
static void recount(void)
{
    for (uint32_t i = 1; i <= sites.count; i++) {
        profile_site_sums *site = site_at(i);
        site->allocated_count -= site->live_count;
        site->allocated_bytes -= site->live_bytes;
        site->live_count = site->live_bytes = 0;
    }
    live_bytes = 0;
    for (size_t i = 0; i < table_count; i++)
        if (table[i].block != 0)
            count_live(&table[i], 1);
    for (uint32_t i = 1; i <= sites.count; i++) {
        site_at(i)->allocated_count += site_at(i)->live_count;
        site_at(i)->allocated_bytes += site_at(i)->live_bytes;
    }
}

void profile_live_thin(size_t count_max)
{
    if (live_count <= count_max)
        return;
    while (live_count > count_max) {
        profile_sampler_thin();
        for (size_t i = 0; i < table_count; i++)
            if (table[i].block != 0 && !profile_sampler_keeps(trace_profile_counted(table[i].bytes), &table[i].weight))
                table[i].weight = 0; /* it goes when all were asked: places move then */
        for (size_t i = 0; i < table_count; i++)
            while (table[i].block != 0 && table[i].weight == 0) {
                empty_place(i);
                live_count--;
            }
    }
    recount();
}

void profile_live_fork(void)
{
    for (uint32_t i = 1; i <= sites.count; i++) {
        profile_site_sums *site = site_at(i);
        site->allocated_count = site->live_count;
        site->allocated_bytes = site->live_bytes;
        site->sample_count = 0;
        site->peak_count = site->peak_bytes = 0;
    }
    peak_bytes = 0;
}

void profile_live_write(profile_file *file, uint64_t start_ns)
{
    for (size_t i = 0; i < table_count; i++) {
        const profile_live *live = &table[i];
        if (live->block == 0)
            continue;
        const profile_site_sums *site = site_at(live->site);
        profile_sample record = {{0, PROFILE_SAMPLE, 0}, live->time_ns - start_ns, live->block,          live->bytes,
                                 live->weight,           site->stack,              site->thread,
                                 (uint16_t)site->domain, PROFILE_KEPT,             0};
        profile_file_append(file, &record, sizeof record);
    }
}

void profile_sites_write(profile_file *file, uint64_t start_ns, uint64_t fold_count, uint64_t now_ns)
{
    profile_fold fold = {{0, PROFILE_FOLD, 0}, now_ns - start_ns, fold_count, peak_time_ns - start_ns, peak_bytes};
    profile_file_append(file, &fold, sizeof fold);
    for (uint32_t i = 1; i <= sites.count; i++) {
        const profile_site_sums *site = site_at(i);
        double freed_count = site->allocated_count - site->live_count, freed_bytes = site->allocated_bytes - site->live_bytes;
        profile_site record = {.record = {0, PROFILE_SITE, 0},
                               .stack = site->stack,
                               .thread = site->thread,
                               .domain = (uint16_t)site->domain,
                               .sample_count = site->sample_count,
                               .allocated_count = site->allocated_count,
                               .allocated_bytes = site->allocated_bytes,
                               .freed_count = freed_count > 0 ? freed_count : 0,
                               .freed_bytes = freed_bytes > 0 ? freed_bytes : 0,
                               .peak_count = site->peak_count,
                               .peak_bytes = site->peak_bytes};
        profile_file_append(file, &record, sizeof record);
    }
}

uint64_t profile_sites_bytes(void) { return sites.count * sizeof(profile_site); }
