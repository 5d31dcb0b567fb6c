/* view.c: amounts of one moment, summed up by stack and by site. Read first: view.h. */
#include "view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A site is suspected when at least so many samples of it are left, from at least so many of the AGE_COUNT parts of the run, when
 * between a third and five sixths of their bytes are from its second half, and when it holds at least a hundredth of what is left.
 * What a program sets up at its start comes from the first parts alone, what it works on at the moment from the last; a cache
 * that fills up takes in less and less. */
enum { SUSPECT_SAMPLES = 12, SUSPECT_PARTS = 6, SUSPECT_SHARE = 100 };

static void amount_sum(struct amount *sum, struct amount amount)
{
    sum->bytes += amount.bytes;
    sum->blocks += amount.blocks;
}

static struct amount tally_value(const struct view *view, const struct tally *tally)
{
    struct amount value = view->request->moment == MOMENT_PEAK ? tally->peak : tally->live;

    if (view->is_difference) {
        value.bytes -= tally->base.bytes;
        value.blocks -= tally->base.blocks;
    }
    return value;
}

static void view_sum_nodes(struct view *view)
{
    const struct profile *profile = view->profile;

    view->values = report_alloc(profile->tally_count, sizeof *view->values);
    view->node_totals = report_alloc(profile->node_count, sizeof *view->node_totals);
    for (size_t at = 0; at < profile->tally_count; at++) {
        view->values[at] = tally_value(view, &profile->tallies[at]);
        amount_sum(&view->node_totals[profile->tallies[at].node], view->values[at]);
        amount_sum(&view->total, view->values[at]);
        amount_sum(&view->base_total, profile->tallies[at].base);
    }
    for (size_t node = profile->node_count; node-- > 1;)
        amount_sum(&view->node_totals[profile->nodes[node].parent], view->node_totals[node]);
}

/* Of the bytes of blocks of one size, each sampled with the probability p: bytes * size * (1 - p) / p. Blocks of several sizes count
 * as so many of their mean size, which makes it larger rather than smaller where there are large ones. */
static double amount_variance(struct amount amount, uint64_t interval_bytes)
{
    if (interval_bytes <= 1 || amount.bytes <= 0 || amount.blocks <= 0)
        return 0;
    double size = (double)amount.bytes / amount.blocks, p = -expm1(-size / (double)interval_bytes);
    return (double)amount.bytes * size * (1 - p) / p;
}

static double tally_variance(const struct view *view, const struct tally *tally)
{
    const struct profile *profile = view->profile;
    struct amount shown = view->request->moment == MOMENT_PEAK ? tally->peak : tally->live;

    return amount_variance(shown, profile->is_exact ? 0 : profile->interval_bytes) +
           amount_variance(tally->base, profile->base_interval_bytes);
}

static void site_add(struct site *site, const struct tally *tally, struct amount value, double variance)
{
    site->variance += variance;
    amount_sum(&site->value, value);
    amount_sum(&site->base, tally->base);
    amount_sum(&site->allocated, tally->allocated);
    amount_sum(&site->domains[tally->domain], value);
    if (!tally->left_count)
        return;
    site->left_bytes += tally->live.bytes;
    for (int part = 0; part < AGE_COUNT; part++)
        site->left_parts[part] += tally->left_bytes[part];
    if (!site->left_count || tally->oldest_us < site->oldest_us)
        site->oldest_us = tally->oldest_us;
    if (!site->left_count || tally->newest_us > site->newest_us)
        site->newest_us = tally->newest_us;
    site->left_count += tally->left_count;
}

static bool site_is_suspected(const struct site *site, int64_t live_bytes)
{
    int64_t young = 0;
    int parts = 0;

    for (int part = 0; part < AGE_COUNT; part++) {
        parts += site->left_parts[part] > 0;
        young += part >= AGE_COUNT / 2 ? site->left_parts[part] : 0;
    }
    return site->left_count >= SUSPECT_SAMPLES && parts >= SUSPECT_PARTS && young >= site->left_bytes / 3 &&
           young <= site->left_bytes - site->left_bytes / 6 && site->left_bytes >= live_bytes / SUSPECT_SHARE;
}

static int compare_bytes(int64_t a, int64_t b)
{
    uint64_t size_a = a < 0 ? -(uint64_t)a : (uint64_t)a, size_b = b < 0 ? -(uint64_t)b : (uint64_t)b;

    return size_a < size_b ? 1 : size_a > size_b ? -1 : 0;
}

/* Ties are broken by the frame's number, so that the order is always the same. */
static int compare_sites(const void *a, const void *b)
{
    const struct site *one = a, *other = b;
    int order = compare_bytes(one->value.bytes, other->value.bytes);

    return order ? order : one->frame < other->frame ? -1 : one->frame > other->frame;
}

static int compare_suspects(const void *a, const void *b)
{
    const struct site *one = a, *other = b;

    return one->is_suspected != other->is_suspected ? other->is_suspected - one->is_suspected : compare_sites(a, b);
}

static void view_sum_sites(struct view *view)
{
    const struct profile *profile = view->profile;
    uint32_t *site_of = report_alloc(profile->frame_count + 1, sizeof *site_of); /* the last: no frame */
    size_t room = 0;

    memset(site_of, 0xff, (profile->frame_count + 1) * sizeof *site_of);
    for (size_t at = 0; at < profile->tally_count; at++) {
        uint32_t frame = profile->nodes[profile->tallies[at].node].frame;
        uint32_t *site = &site_of[frame == MAP_NONE ? profile->frame_count : frame];
        if (*site == MAP_NONE) {
            view->sites = report_grow(view->sites, view->site_count, &room, sizeof *view->sites);
            view->sites[view->site_count] = (struct site){.frame = frame};
            *site = (uint32_t)view->site_count++;
        }
        site_add(&view->sites[*site], &profile->tallies[at], view->values[at], tally_variance(view, &profile->tallies[at]));
    }
    free(site_of);
    for (size_t at = 0; at < view->site_count; at++) {
        view->sites[at].is_suspected = site_is_suspected(&view->sites[at], profile->live.bytes);
        view->suspected_count += view->sites[at].is_suspected;
    }
    bool is_leaks = view->request->moment == MOMENT_LEAKS;
    if (view->site_count)
        qsort(view->sites, view->site_count, sizeof *view->sites, is_leaks ? compare_suspects : compare_sites);
}

void view_make(struct view *view, const struct profile *profile, const struct report_request *request)
{
    *view = (struct view){.profile = profile, .request = request, .is_difference = request->base != NULL};
    view_sum_nodes(view);
    view_sum_sites(view);
}

void view_free(struct view *view)
{
    free(view->values);
    free(view->node_totals);
    free(view->sites);
}

const char *view_moment_name(const struct view *view)
{
    static const char *const names[] = {[MOMENT_END] = "the end", [MOMENT_PEAK] = "the peak", [MOMENT_LEAKS] = "the end"};

    return names[view->request->moment];
}

int64_t site_chance_bytes(const struct site *site) { return llround(2 * sqrt(site->variance)); }

bool site_is_doubtful(const struct site *site)
{
    return site->value.bytes != 0 && llabs(site->value.bytes) < site_chance_bytes(site);
}

const char *view_function(const struct view *view, uint32_t frame)
{
    return frame == MAP_NONE ? "<no frame>" : model_text(view->profile, view->profile->frames[frame].function);
}

const char *view_file(const struct view *view, uint32_t frame)
{
    return frame == MAP_NONE ? "" : model_text(view->profile, view->profile->frames[frame].file);
}

uint32_t view_line(const struct view *view, uint32_t frame)
{
    return frame == MAP_NONE ? 0 : view->profile->frames[frame].line;
}

void view_find_path(const struct view *view, uint32_t node, struct view_path *path)
{
    path->count = 0;
    for (; node != NODE_ROOT; node = view->profile->nodes[node].parent) {
        path->nodes = report_grow(path->nodes, path->count, &path->room, sizeof *path->nodes);
        path->nodes[path->count++] = node;
    }
    for (size_t at = 0; at < path->count / 2; at++) {
        uint32_t other = path->nodes[path->count - 1 - at];
        path->nodes[path->count - 1 - at] = path->nodes[at];
        path->nodes[at] = other;
    }
}
