/* write_table.c: all sites, one a line, for people and for awk. Read first: write.h. */
#include <stdlib.h>

#include "utf8.h"
#include "write.h"

static void table_row(FILE *out, const struct view *view, const struct site *site)
{
    char bytes[UNITS_BYTES], other[UNITS_BYTES];
    uint64_t end = model_end_us(view->profile);

    fprintf(out, "%12s %12.0f ", units_bytes(bytes, site->value.bytes, view->is_difference), site->value.blocks);
    if (view->is_difference)
        fprintf(out, "%12s %12s ", units_bytes(bytes, site_chance_bytes(site), false),
                units_bytes(other, site->base.bytes, false));
    else
        fprintf(out, "%6.1f %12s ", units_percent(site->value.bytes, view->total.bytes),
                units_bytes(bytes, site->allocated.bytes, false));
    if (view->request->moment == MOMENT_LEAKS)
        fprintf(out, "%9s %9s %-7s ", units_seconds(other, site->left_count ? end - site->oldest_us : 0),
                units_seconds(bytes, site->left_count ? end - site->newest_us : 0), site->is_suspected ? "suspect" : "-");
    char *label = frame_label(view, site->frame);
    utf8_print(out, label);
    fputc('\n', out);
    free(label);
}

int write_table(FILE *out, const struct view *view)
{
    bool is_leaks = view->request->moment == MOMENT_LEAKS;

    fprintf(out, "%12s %12s ", view->is_difference ? "more" : "bytes", "blocks");
    if (view->is_difference)
        fprintf(out, "%12s %12s ", "chance", "in the base");
    else
        fprintf(out, "%6s %12s ", "%", "allocated");
    if (is_leaks)
        fprintf(out, "%9s %9s %-7s ", "oldest", "newest", "leak");
    fputs("site\n", out);
    for (size_t at = 0; at < view->site_count; at++) {
        const struct site *site = &view->sites[at];
        bool is_empty = site->value.bytes == 0 && (is_leaks || (view->is_difference ? site->base.bytes : site->allocated.bytes) == 0);
        if (!is_empty)
            table_row(out, view, site);
    }
    return 0;
}
