/* profile_sampler.c: which blocks are sampled: points fall on the bytes that are allocated, at random, one in an interval.
 *
 * A block is sampled when a point falls on one of its bytes: with the probability 1 - exp(-bytes / interval). The distance
 * between points has no memory, so each thread counts down to its next one by itself, and may begin at any time.
 * Owns: the random numbers, the interval. No function of the mathematical library is used: a preload needs libc alone.
 * Read docs/profile-format.md, "Samples", first. */
#include "trace/profile_internal.h"

#define LN_2 0.693147180559945309417

os_lock trace_profile_lock = OS_LOCK_INIT;
atomic_bool profile_is_on;
static uint64_t random_state;
static uint64_t interval;

void profile_sampler_start(uint64_t interval_bytes, uint64_t seed)
{
    interval = interval_bytes;
    random_state = seed;
}

uint64_t profile_interval_bytes(void) { return interval; }
bool profile_sampler_is_exact(void) { return interval == 1; }
void profile_sampler_thin(void) { interval *= 2; }

/* A number of (0, 1]. The lock is held. */
static double next_random(void)
{
    uint64_t word = random_state += UINT64_C(0x9E3779B97F4A7C15);
    word = (word ^ word >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    word = (word ^ word >> 27) * UINT64_C(0x94D049BB133111EB);
    return (double)(((word ^ word >> 31) >> 11) + 1) * 0x1p-53;
}

/* ln x for x of (0, 1]: x = m * 2^e, ln m as a series in (m - 1) / (m + 1), which is at most 0.172: to 1e-14. */
static double log_of(double x)
{
    int exponent = 0;
    for (; x < 0.70710678118654752; exponent--)
        x *= 2;
    double z = (x - 1) / (x + 1), s = z * z;
    double sum = 1 + s * (1 / 3. + s * (1 / 5. + s * (1 / 7. + s * (1 / 9. + s * (1 / 11. + s * (1 / 13. + s * (1 / 15.)))))));
    return 2 * z * sum + exponent * LN_2;
}

/* 1 - exp(-x), exact for small x too: a series for a fraction of x, at most 1/8, doubled as often as x was halved. */
static double hit_probability(double x)
{
    unsigned halved_count = 0;
    if (x >= 40)
        return 1;
    for (; x > 0.125; x /= 2)
        halved_count++;
    double sum = /* of exp(-x) - 1 */
        -x * (1 - x * (1 / 2.) * (1 - x * (1 / 3.) * (1 - x * (1 / 4.) * (1 - x * (1 / 5.) * (1 - x * (1 / 6.) *
        (1 - x * (1 / 7.) * (1 - x * (1 / 8.) * (1 - x * (1 / 9.)))))))));
    for (; halved_count > 0; halved_count--)
        sum *= sum + 2;
    return -sum;
}

PYMM_SAMPLING static double probability_of(size_t counted)
{
    return profile_sampler_is_exact() ? 1 : hit_probability((double)counted / (double)interval);
}

/* Bytes to the next point: whole ones, of which the block may be as many as there are and stay unsampled. */
PYMM_SAMPLING static int64_t next_distance(void)
{
    double distance = -log_of(next_random()) * (double)interval;
    return distance < 0x1p62 ? (int64_t)distance : INT64_C(1) << 62;
}

size_t trace_profile_counted(size_t bytes)
{
    if (bytes <= HEAP_SMALL_MAX_BYTES)
        return base_max(bytes, 1);
    return base_round_up(base_min(bytes, PTRDIFF_MAX), os_page_bytes());
}

/* A countdown that has never been set is negative, and stays so where a thread has no cache and while all is recorded. */
static bool is_due(heap_cache *cache, size_t counted)
{
    if (profile_sampler_is_exact())
        return counted != 0;
    if (cache == &heap_no_cache)
        return next_random() <= probability_of(counted);
    if (cache->sample_left_bytes < 0) {
        int64_t left_bytes = next_distance();
        if (left_bytes >= (int64_t)counted) {
            cache->sample_left_bytes = left_bytes - (int64_t)counted;
            return false;
        }
    }
    cache->sample_left_bytes = next_distance();
    return true;
}

PYMM_SAMPLING bool trace_profile_is_due(size_t counted, double *weight)
{
    heap_cache *cache = heap_cache_get();
    if (!atomic_load_explicit(&profile_is_on, memory_order_relaxed)) {
        if (cache != &heap_no_cache)
            cache->sample_left_bytes = INT64_MAX;
        return false;
    }
    os_lock_take(&trace_profile_lock);
    bool is_sampled = is_due(cache, counted);
    if (is_sampled)
        *weight = 1 / probability_of(counted);
    os_lock_drop(&trace_profile_lock);
    return is_sampled;
}

double trace_profile_weight(size_t counted)
{
    os_lock_take(&trace_profile_lock);
    double probability = probability_of(counted);
    os_lock_drop(&trace_profile_lock);
    return 1 / probability;
}

bool trace_profile_stays(size_t old_counted, size_t counted, double *weight)
{
    os_lock_take(&trace_profile_lock);
    double probability = probability_of(counted);
    bool stays = next_random() * probability_of(old_counted) <= probability;
    os_lock_drop(&trace_profile_lock);
    *weight = 1 / probability;
    return stays;
}

bool profile_sampler_keeps(size_t counted, double *weight)
{
    double kept = probability_of(counted) * *weight;
    if (kept >= 1)
        return true;
    *weight /= kept;
    return next_random() <= kept;
}
