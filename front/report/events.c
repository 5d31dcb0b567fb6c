/* events.c: what happens in a profile as time goes on: live bytes, the peak, moments, the log of what each stack held.
 *
 * Owns: the sums, and that the peak's distribution is known without a second reading: a peak is only a new number
 * (`peak_epoch`); a tally's part of it is kept when the tally changes for the first time afterwards. Read first: model.h. */
#include <stdlib.h>
#include <string.h>

#include "model.h"

static void amount_add(struct amount *sum, struct amount amount, int sign)
{
    sum->bytes += sign * amount.bytes;
    sum->blocks += sign * amount.blocks;
}

/* Two moments become one; of what a tally held in both, the later counts. */
static void moments_halve(struct profile *profile)
{
    for (uint32_t moment = 0; moment < profile->moment_count; moment += 2) {
        struct moment one = profile->moments[moment];
        if (moment + 1 < profile->moment_count) {
            one = profile->moments[moment + 1];
            if (profile->moments[moment].live_most_bytes > one.live_most_bytes)
                one.live_most_bytes = profile->moments[moment].live_most_bytes;
        }
        profile->moments[moment / 2] = one;
    }
    profile->moment_count = (profile->moment_count + 1) / 2;
    profile->moment_us *= 2;
    for (size_t tally = 0; tally < profile->tally_count; tally++)
        profile->tallies[tally].log_last = MAP_NONE;
    size_t kept = 0;
    for (size_t at = 0; at < profile->log_count; at++) {
        struct log_entry entry = profile->log[at];
        uint32_t *last = &profile->tallies[entry.tally].log_last;
        entry.moment /= 2;
        if (*last != MAP_NONE && profile->log[*last].moment == entry.moment) {
            profile->log[*last].bytes = entry.bytes;
            continue;
        }
        *last = (uint32_t)kept;
        profile->log[kept++] = entry;
    }
    profile->log_count = kept;
}

void model_advance(struct profile *profile, uint64_t time_us)
{
    if (time_us > profile->duration_us)
        profile->duration_us = time_us;
    while (profile->duration_us / profile->moment_us >= MOMENT_MOST)
        moments_halve(profile);
    uint32_t wanted = (uint32_t)(profile->duration_us / profile->moment_us) + 1;
    while (profile->moment_count < wanted) {
        struct moment *moment = &profile->moments[profile->moment_count++];
        *moment = (struct moment){.live_bytes = profile->live.bytes, .live_most_bytes = profile->live.bytes,
                                  .reading = profile->reading};
    }
}

static struct moment *moment_now(struct profile *profile) { return &profile->moments[profile->moment_count - 1]; }

static void log_change(struct profile *profile, uint32_t tally)
{
    uint16_t moment = (uint16_t)(profile->moment_count - 1);
    uint32_t last = profile->tallies[tally].log_last;

    if (last != MAP_NONE && profile->log[last].moment == moment) {
        profile->log[last].bytes = profile->tallies[tally].live.bytes;
        return;
    }
    if (profile->log_count >= LOG_MOST && profile->moment_count > 8) {
        moments_halve(profile);
        log_change(profile, tally);
        return;
    }
    profile->log = report_grow(profile->log, profile->log_count, &profile->log_room, sizeof *profile->log);
    profile->log[profile->log_count] = (struct log_entry){tally, moment, profile->tallies[tally].live.bytes};
    profile->tallies[tally].log_last = (uint32_t)profile->log_count++;
}

static void tally_change(struct profile *profile, uint32_t number, struct amount amount, int sign)
{
    struct tally *tally = &profile->tallies[number];

    if (tally->peak_epoch != profile->peak_epoch) {
        tally->peak = tally->live;
        tally->peak_epoch = profile->peak_epoch;
    }
    amount_add(&tally->live, amount, sign);
    amount_add(&profile->live, amount, sign);
    struct moment *moment = moment_now(profile);
    moment->live_bytes = profile->live.bytes;
    if (profile->live.bytes > moment->live_most_bytes)
        moment->live_most_bytes = profile->live.bytes;
    log_change(profile, number);
}

/* A sample lives from now on. */
static void sample_add(struct profile *profile, uint64_t birth_us, uint64_t number, uint32_t tally, struct amount amount)
{
    model_freed(profile, profile->duration_us, number); /* where a free is missing */
    uint32_t place = profile->sample_free;
    if (place != MAP_NONE) {
        profile->sample_free = profile->samples[place].tally;
    } else {
        profile->samples = report_grow(profile->samples, profile->sample_count, &profile->sample_room, sizeof *profile->samples);
        place = (uint32_t)profile->sample_count++;
    }
    profile->samples[place] = (struct sample){amount.bytes, birth_us, (float)amount.blocks, tally};
    number_map_set(&profile->sample_map, number, place);
    tally_change(profile, tally, amount, 1);
    if (profile->live.bytes > profile->peak.bytes) {
        profile->peak = profile->live;
        profile->peak_us = profile->duration_us;
        profile->peak_epoch++;
    }
}

void model_allocated(struct profile *profile, uint64_t time_us, uint64_t number, uint32_t tally, struct amount amount)
{
    amount.blocks = (float)amount.blocks; /* as it is kept, so that its free takes away the same */
    model_advance(profile, time_us);
    amount_add(&profile->tallies[tally].allocated, amount, 1);
    amount_add(&profile->allocated, amount, 1);
    sample_add(profile, profile->duration_us, number, tally, amount);
}

void model_kept(struct profile *profile, uint64_t birth_us, uint64_t number, uint32_t tally, struct amount amount)
{
    amount.blocks = (float)amount.blocks;
    model_advance(profile, birth_us);
    sample_add(profile, birth_us, number, tally, amount);
}

void model_folded(struct profile *profile, uint32_t tally, struct amount allocated, struct amount peak)
{
    amount_add(&profile->tallies[tally].allocated, allocated, 1);
    amount_add(&profile->allocated, allocated, 1);
    amount_add(&profile->tallies[tally].peak, peak, 1);
    amount_add(&profile->peak, peak, 1);
}

bool model_freed(struct profile *profile, uint64_t time_us, uint64_t number)
{
    uint32_t place = number_map_take(&profile->sample_map, number);

    if (place == MAP_NONE)
        return false;
    model_advance(profile, time_us);
    struct sample *sample = &profile->samples[place];
    tally_change(profile, sample->tally, (struct amount){sample->bytes, sample->blocks}, -1);
    sample->tally = profile->sample_free;
    profile->sample_free = place;
    return true;
}

void model_memory(struct profile *profile, uint64_t time_us, struct reading reading)
{
    model_advance(profile, time_us);
    profile->reading = moment_now(profile)->reading = reading;
    if (reading.resident_bytes > profile->highest.resident_bytes)
        profile->highest.resident_bytes = reading.resident_bytes;
    if (reading.heap_bytes > profile->highest.heap_bytes)
        profile->highest.heap_bytes = reading.heap_bytes;
}

void model_account(struct profile *profile, const struct account *account)
{
    model_advance(profile, account->time_us);
    profile->account = *account;
    if (account->resident_bytes > profile->largest.resident_bytes)
        profile->largest = *account;
}

uint64_t model_moment_us(const struct profile *profile, size_t moment)
{
    uint64_t end_us = (moment + 1) * profile->moment_us;

    return end_us < profile->duration_us ? end_us : profile->duration_us;
}

uint64_t model_end_us(const struct profile *profile) { return profile->left_us ? profile->left_us : profile->duration_us; }

void model_finish(struct profile *profile)
{
    model_advance(profile, profile->duration_us);
    for (size_t at = 0; at < profile->tally_count; at++)
        if (profile->tallies[at].peak_epoch != profile->peak_epoch)
            profile->tallies[at].peak = profile->tallies[at].live;
    for (size_t slot = 0; slot < profile->sample_map.slot_count; slot++) {
        if (profile->sample_map.values[slot] == MAP_NONE)
            continue;
        const struct sample *sample = &profile->samples[profile->sample_map.values[slot]];
        struct tally *tally = &profile->tallies[sample->tally];
        uint64_t part = sample->birth_us * AGE_COUNT / (model_end_us(profile) + 1);
        tally->left_bytes[part] += sample->bytes;
        if (tally->left_count == 0 || sample->birth_us < tally->oldest_us)
            tally->oldest_us = sample->birth_us;
        if (tally->left_count++ == 0 || sample->birth_us > tally->newest_us)
            tally->newest_us = sample->birth_us;
    }
}
