/* profile_account.c: where all memory is that the process has in memory, at some moments of a profile.
 *
 * To find that out takes milliseconds, so it is done when the process has grown by a quarter, or five seconds have passed, and
 * all of it together has not taken more than a small part of the time. When the program is done it is done in any case.
 * The largest and the last account are kept for a fold. Owns: these two, and when the next one is due. Does not own: the
 * figures (pymm_account_get). Read profile_internal.h first. */
#include "trace/profile_internal.h"

#include <time.h>

#define GROWTH_SHARE 4
#define GROWTH_MIN_BYTES ((uint64_t)16 << 20)
#define STEP_NS UINT64_C(5000000000)
#define GROWTH_COST_SHARE 1024          /* of the time that has passed */
#define STEP_COST_SHARE 2048
#define COST_FIRST_NS UINT64_C(4000000) /* may be spent at once */

static profile_account largest, last; /* with times of the system's clock; kind 0: there is none */
static uint64_t cost_ns, last_cost_ns, first_ns;
static bool is_unknown; /* the system does not say */

/* What this thread has used of the processor: on a busy machine the clock runs on while others do. */
static uint64_t used_ns(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

static bool is_due(uint64_t now_ns, uint64_t resident_bytes)
{
    uint64_t least_growth_bytes = largest.resident_bytes / GROWTH_SHARE;
    if (least_growth_bytes < GROWTH_MIN_BYTES)
        least_growth_bytes = GROWTH_MIN_BYTES;
    bool has_grown = resident_bytes >= largest.resident_bytes + least_growth_bytes;
    if (!has_grown && now_ns - base_max(last.time_ns, first_ns) < STEP_NS)
        return false;
    double growth = (double)resident_bytes / (double)(last.resident_bytes + 1);
    uint64_t next_cost_ns = (uint64_t)((double)last_cost_ns * (growth > 1 ? growth : 1));
    uint64_t share_ns = (now_ns - first_ns) / (has_grown ? GROWTH_COST_SHARE : STEP_COST_SHARE);
    return cost_ns + next_cost_ns <= COST_FIRST_NS + share_ns;
}

static profile_account account_of(const pymm_account *found, uint64_t time_ns)
{
    profile_account account = {
        .record = {0, PROFILE_ACCOUNT, 0},
        .time_ns = time_ns,
        .resident_bytes = found->resident_bytes,
        .resident_most_bytes = found->resident_most_bytes,
        .absent_free_bytes = found->absent_free_bytes,
        .parts = {[PROFILE_PART_SLOTS] = found->slot_bytes,
                  [PROFILE_PART_MAGAZINES] = found->magazine_bytes,
                  [PROFILE_PART_KEPT] = found->kept_bytes,
                  [PROFILE_PART_METADATA] = found->metadata_bytes,
                  [PROFILE_PART_MALLOC] = found->malloc_bytes,
                  [PROFILE_PART_STACKS] = found->stack_bytes,
                  [PROFILE_PART_MAIN_STACK] = found->main_stack_bytes,
                  [PROFILE_PART_CODE] = found->code_bytes,
                  [PROFILE_PART_DATA] = found->data_bytes,
                  [PROFILE_PART_FILES] = found->file_bytes,
                  [PROFILE_PART_SHARED] = found->shared_bytes,
                  [PROFILE_PART_ANONYMOUS] = found->anonymous_bytes},
    };
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++) {
        account.parts[PROFILE_PART_LIVE_RAW + domain] = found->live_bytes[domain];
        account.absent_live_bytes += found->absent_live_bytes[domain];
    }
    return account;
}

static void append(profile_file *file, const profile_account *account, uint64_t start_ns)
{
    profile_account record = *account;
    record.time_ns -= start_ns;
    profile_file_append(file, &record, sizeof record);
}

void profile_account_note(profile_file *file, uint64_t resident_bytes, uint64_t start_ns, bool is_forced)
{
    uint64_t now_ns = os_clock_ns();
    pymm_account found;
    if (first_ns == 0)
        first_ns = now_ns;
    if (is_unknown || (!is_forced && !is_due(now_ns, resident_bytes)))
        return;
    uint64_t before_ns = used_ns();
    is_unknown = pymm_account_get(&found, sizeof found) != 0;
    if (is_unknown)
        return;
    last = account_of(&found, now_ns);
    last_cost_ns = used_ns() - before_ns;
    cost_ns += last_cost_ns;
    if (last.resident_bytes > largest.resident_bytes)
        largest = last;
    append(file, &last, start_ns);
}

void profile_account_write(profile_file *file, uint64_t start_ns)
{
    if (largest.record.kind != 0)
        append(file, &largest, start_ns);
    if (last.record.kind != 0 && last.time_ns != largest.time_ns)
        append(file, &last, start_ns);
}

void profile_account_clear(void)
{
    largest = last = (profile_account){0};
    cost_ns = last_cost_ns = first_ns = 0;
}
