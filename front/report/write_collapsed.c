/* write_collapsed.c: a stack a line, frames from the outermost on between semicolons, then its bytes; with a base its bytes
 * there and here, as flame graphs of differences want it. Read first: write.h. */
#include <stdlib.h>

#include "write.h"

/* Semicolons and line breaks mean something here. */
static void collapsed_text(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(*text == ';' ? ':' : (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, out);
}

static void collapsed_stack(FILE *out, const struct view *view, uint32_t node, struct view_path *path)
{
    view_find_path(view, node, path);
    for (size_t at = 0; at < path->count; at++) {
        char *label = frame_label(view, view->profile->nodes[path->nodes[at]].frame);
        if (at)
            fputc(';', out);
        collapsed_text(out, label);
        free(label);
    }
    if (!path->count)
        collapsed_text(out, view_function(view, MAP_NONE));
}

int write_collapsed(FILE *out, const struct view *view)
{
    const struct profile *profile = view->profile;
    int64_t *bytes = report_alloc(profile->node_count, sizeof *bytes), *base = report_alloc(profile->node_count, sizeof *base);
    struct view_path path = {0};

    for (size_t at = 0; at < profile->tally_count; at++) {
        bytes[profile->tallies[at].node] += view->values[at].bytes + profile->tallies[at].base.bytes;
        base[profile->tallies[at].node] += profile->tallies[at].base.bytes;
    }
    for (size_t node = 0; node < profile->node_count; node++) {
        if (bytes[node] == 0 && base[node] == 0)
            continue;
        collapsed_stack(out, view, (uint32_t)node, &path);
        if (view->is_difference)
            fprintf(out, " %lld", (long long)base[node]);
        fprintf(out, " %lld\n", (long long)bytes[node]);
    }
    free(bytes);
    free(base);
    free(path.nodes);
    return 0;
}
