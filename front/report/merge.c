/* merge.c: another profile's amounts beside those of a profile: what `--base` compares with. Read first: model.h. */
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

void model_add_base(struct profile *profile, const struct profile *old, bool is_peak)
{
    uint32_t *nodes = report_alloc(old->node_count, sizeof *nodes), *frames = report_alloc(old->frame_count, sizeof *frames);
    uint32_t *threads = report_alloc(old->thread_count, sizeof *threads);

    for (size_t at = 0; at < old->frame_count; at++)
        frames[at] = model_frame(profile, (struct frame){string_to(profile, old, old->frames[at].function),
                                                           string_to(profile, old, old->frames[at].file), old->frames[at].line});
    for (size_t at = 0; at < old->thread_count; at++)
        threads[at] = thread_to(profile, old, (uint32_t)at);
    profile->base_interval_bytes = old->is_exact ? 0 : old->interval_bytes;
    nodes[NODE_ROOT] = NODE_ROOT;
    for (size_t at = 1; at < old->node_count; at++)
        nodes[at] = model_node(profile, nodes[old->nodes[at].parent], frames[old->nodes[at].frame]);
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
