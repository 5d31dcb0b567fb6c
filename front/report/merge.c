/* merge.c: another profile's amounts beside those of a profile: what `--base` compares with. A program that is compared has often been
 * edited meanwhile: so lines count from the beginning of a function, and of callers only the function counts. Read first: model.h. */
#include <stdlib.h>
#include <string.h>

#include "model.h"

static uint32_t string_to(struct profile *to, const struct profile *from, uint32_t string)
{
    const char *text = model_text(from, string);

    return model_string(to, text, strlen(text));
}

/* The thread of the same name; numbers of threads differ from run to run. */
static uint32_t thread_to(struct profile *to, const struct profile *from, uint32_t thread)
{
    uint32_t name = string_to(to, from, from->threads[thread].name);

    for (size_t at = 0; at < to->thread_count; at++)
        if (to->threads[at].name == name)
            return (uint32_t)at;
    const char *text = model_text(from, from->threads[thread].name);
    char *copy = report_alloc(strlen(text) + 1, 1); /* the text may move when a string is added */
    strcpy(copy, text);
    uint64_t number = UINT64_MAX - to->thread_count; /* no number of the file's: these have 32 bits */
    uint32_t added = model_thread(to, number, number, copy, strlen(copy));
    free(copy);
    return added;
}

/* Where in which function a frame is: that stays when lines are put in before the function. */
static struct frame frame_place(struct frame frame)
{
    return (struct frame){frame.function, frame.file, frame.line - frame.first_line, 0};
}

static bool is_same_place(const void *context, uint32_t entry, const void *key)
{
    struct frame place = frame_place(((const struct profile *)context)->frames[entry]);

    return memcmp(&place, key, sizeof place) == 0;
}

/* Each place's first frame. */
static struct index_map find_places(const struct profile *profile)
{
    struct index_map places = {0};

    for (size_t at = 0; at < profile->frame_count; at++) {
        struct frame place = frame_place(profile->frames[at]);
        uint64_t hash = map_hash_bytes(&place, sizeof place);
        if (index_map_find(&places, hash, is_same_place, profile, &place) == MAP_NONE)
            index_map_add(&places, hash, (uint32_t)at);
    }
    return places;
}

/* The frame that is the same, or that is at the same place of its function, or a new one. */
static uint32_t frame_to(struct profile *to, const struct index_map *places, const struct profile *from, struct frame frame)
{
    frame.function = string_to(to, from, frame.function);
    frame.file = string_to(to, from, frame.file);
    struct frame place = frame_place(frame);
    uint32_t same = index_map_find(&to->frame_map, map_hash_bytes(&frame, sizeof frame), model_is_frame, to, &frame);
    if (same == MAP_NONE)
        same = index_map_find(places, map_hash_bytes(&place, sizeof place), is_same_place, to, &place);
    return same == MAP_NONE ? model_frame(to, frame) : same;
}

/* Ways of calls without their lines: a way is a function and the way to its caller; way 0 is that to the root. Nodes that differ
 * in the lines of callers have the same way. */
struct way {
    uint32_t caller, function, file;
};
struct ways {
    struct way *all;
    uint32_t *first_nodes; /* of each way, the first node in the profile, or MAP_NONE */
    size_t count, all_room, nodes_room;
    struct index_map map;   /* a way -> its number */
    struct index_map sites; /* a caller's way and a frame -> the first node that has both */
    uint32_t *node_ways;    /* of the profile's nodes */
    const struct profile *profile;
};

static bool is_same_way(const void *context, uint32_t entry, const void *key)
{
    return memcmp(&((const struct ways *)context)->all[entry], key, sizeof(struct way)) == 0;
}

/* The way's number; a new one has no node yet. */
static uint32_t way_number(struct ways *ways, uint32_t caller, struct frame frame)
{
    struct way way = {caller, frame.function, frame.file};
    uint64_t hash = map_hash_bytes(&way, sizeof way);
    uint32_t number = index_map_find(&ways->map, hash, is_same_way, ways, &way);

    if (number != MAP_NONE)
        return number;
    ways->all = report_grow(ways->all, ways->count, &ways->all_room, sizeof *ways->all);
    ways->first_nodes = report_grow(ways->first_nodes, ways->count, &ways->nodes_room, sizeof *ways->first_nodes);
    ways->all[ways->count] = way;
    ways->first_nodes[ways->count] = MAP_NONE;
    index_map_add(&ways->map, hash, (uint32_t)ways->count);
    return (uint32_t)ways->count++;
}

struct site_key {
    uint32_t caller, frame;
};

static bool is_same_site(const void *context, uint32_t entry, const void *key)
{
    const struct ways *ways = context;
    const struct node *node = &ways->profile->nodes[entry];
    struct site_key site = {ways->node_ways[node->parent], node->frame};

    return memcmp(&site, key, sizeof site) == 0;
}

static uint32_t find_site(const struct ways *ways, struct site_key site)
{
    return index_map_find(&ways->sites, map_hash_bytes(&site, sizeof site), is_same_site, ways, &site);
}

static void find_ways(struct ways *ways, const struct profile *profile)
{
    *ways = (struct ways){.profile = profile, .node_ways = report_alloc(profile->node_count, sizeof *ways->node_ways)};
    way_number(ways, MAP_NONE, (struct frame){0});
    ways->first_nodes[0] = NODE_ROOT;
    for (size_t at = 1; at < profile->node_count; at++) {
        const struct node *node = &profile->nodes[at];
        struct site_key site = {ways->node_ways[node->parent], node->frame};
        uint32_t way = ways->node_ways[at] = way_number(ways, site.caller, profile->frames[node->frame]);
        if (ways->first_nodes[way] == MAP_NONE)
            ways->first_nodes[way] = (uint32_t)at;
        if (find_site(ways, site) == MAP_NONE)
            index_map_add(&ways->sites, map_hash_bytes(&site, sizeof site), (uint32_t)at);
    }
}

static void ways_free(struct ways *ways)
{
    free(ways->all);
    free(ways->first_nodes);
    free(ways->node_ways);
    index_map_free(&ways->map);
    index_map_free(&ways->sites);
}

/* For each of the old nodes that has amounts the one that they go to: of the same way to its caller and the same frame, or a new one.
 * `frames` are those of the old profile in this one. */
static void nodes_to(struct profile *profile, const struct profile *old, const uint32_t *frames, uint32_t *nodes)
{
    uint32_t *old_ways = report_alloc(old->node_count, sizeof *old_ways);
    bool *has_amounts = report_alloc(old->node_count, sizeof *has_amounts);
    struct ways ways;

    find_ways(&ways, profile);
    for (size_t at = 0; at < old->tally_count; at++)
        has_amounts[old->tallies[at].node] = true;
    nodes[NODE_ROOT] = NODE_ROOT;
    for (size_t at = 1; at < old->node_count; at++) {
        uint32_t frame = frames[old->nodes[at].frame], caller = old_ways[old->nodes[at].parent];
        uint32_t way = old_ways[at] = way_number(&ways, caller, profile->frames[frame]);
        if (!has_amounts[at] && ways.first_nodes[way] != MAP_NONE)
            continue;
        nodes[at] = find_site(&ways, (struct site_key){caller, frame});
        if (nodes[at] == MAP_NONE)
            nodes[at] = model_node(profile, ways.first_nodes[caller], frame);
        if (ways.first_nodes[way] == MAP_NONE)
            ways.first_nodes[way] = nodes[at];
    }
    ways_free(&ways);
    free(old_ways);
    free(has_amounts);
}

void model_add_base(struct profile *profile, const struct profile *old, bool is_peak)
{
    uint32_t *nodes = report_alloc(old->node_count, sizeof *nodes), *frames = report_alloc(old->frame_count, sizeof *frames);
    uint32_t *threads = report_alloc(old->thread_count, sizeof *threads);

    struct index_map places = find_places(profile);
    for (size_t at = 0; at < old->frame_count; at++)
        frames[at] = frame_to(profile, &places, old, old->frames[at]);
    index_map_free(&places);
    for (size_t at = 0; at < old->thread_count; at++)
        threads[at] = thread_to(profile, old, (uint32_t)at);
    profile->base_interval_bytes = old->is_exact ? 0 : old->interval_bytes;
    nodes_to(profile, old, frames, nodes);
    for (size_t at = 0; at < old->tally_count; at++) {
        const struct tally *tally = &old->tallies[at];
        uint32_t mine = model_tally(profile, nodes[tally->node], threads[tally->thread], tally->domain);
        struct amount amount = is_peak ? tally->peak : tally->live;
        profile->tallies[mine].base.bytes += amount.bytes;
        profile->tallies[mine].base.blocks += amount.blocks;
    }
    free(nodes);
    free(frames);
    free(threads);
}
