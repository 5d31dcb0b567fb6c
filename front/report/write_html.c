/* write_html.c: one page that needs no network: the profile as JSON within the page that was built into the command.
 *
 * Owns: what the page has beyond the format json: the history, source lines, what is shown first. Does not own: the page
 * (page/). Read first: write.h, page.h. */
#include <stdlib.h>

#include "command/command.h"
#include "json.h"
#include "lines.h"
#include "page.h"
#include "write.h"

/* A change of a tally is left out while it is small: so much that all of them together are no more than this part of the peak. */
enum { HISTORY_PART = 200 };

/* Which tallies changed in each moment: columns `tally` and `bytes`, and `starts`, where in them each moment begins. */
static void html_history(struct json_out *json, const struct view *view)
{
    const struct profile *profile = view->profile;
    json_t *tallies = json_array(), *bytes = json_array(), *starts = json_array();
    int64_t *written = report_alloc(profile->tally_count, sizeof *written);
    int64_t least = profile->peak.bytes / HISTORY_PART / (int64_t)(profile->tally_count + 1);
    size_t moment = 0;

    json_array_append_new(starts, json_integer(0));
    for (size_t at = 0; at < profile->log_count; at++) {
        const struct log_entry *entry = &profile->log[at];
        for (; moment < entry->moment; moment++)
            json_array_append_new(starts, json_integer((json_int_t)json_array_size(tallies)));
        if (llabs(entry->bytes - written[entry->tally]) <= least && !(entry->bytes == 0 && written[entry->tally]))
            continue;
        written[entry->tally] = entry->bytes;
        json_array_append_new(tallies, json_integer(entry->tally));
        json_array_append_new(bytes, json_integer(entry->bytes));
    }
    for (; moment < profile->moment_count; moment++)
        json_array_append_new(starts, json_integer((json_int_t)json_array_size(tallies)));
    free(written);
    json_open(json, "history");
    json_member(json, "tally", tallies);
    json_member(json, "bytes", bytes);
    json_member(json, "starts", starts);
    json_close(json);
}

/* The frames of the sites that are suspected to leak, and of those whose difference to the base may be chance. */
static void html_marked(struct json_out *json, const struct view *view)
{
    json_t *suspected = json_array(), *doubtful = json_array();

    for (size_t at = 0; at < view->site_count; at++) {
        const struct site *site = &view->sites[at];
        json_int_t frame = site->frame == MAP_NONE ? -1 : (json_int_t)site->frame;
        if (site->is_suspected)
            json_array_append_new(suspected, json_integer(frame));
        if (view->is_difference && site_is_doubtful(site))
            json_array_append_new(doubtful, json_integer(frame));
    }
    json_member(json, "suspected", suspected);
    json_member(json, "doubtful", doubtful);
}

/* Words for the columns of "resident", in their order. */
static void html_words(struct json_out *json)
{
    json_t *columns = json_array(), *words = json_array();

#define PART_WORDS(id, name, text)                                                                                     \
    json_array_append_new(columns, json_string(#name "_bytes"));                                                       \
    json_array_append_new(words, json_string(text));
    PROFILE_PART_LIST(PART_WORDS)
#undef PART_WORDS
    json_open(json, "resident_parts");
    json_member(json, "column", columns);
    json_member(json, "text", words);
    json_close(json);
}

int write_html(FILE *out, const struct view *view)
{
    struct json_out json;
    const char *shown = view->is_difference ? "more" : view->request->moment == MOMENT_PEAK ? "peak" : "end";

    if (report_page_head_bytes == 0)
        return command_error(STATUS_REFUSED, "report: --format=html: this pymm was built without npm, so it has no page; use "
                                             "--format=speedscope, or build pymm where npm is");
    fwrite(report_page_head, 1, report_page_head_bytes, out);
    json_begin(&json, out);
    json_member(&json, "show", json_string(shown));
    json_write_profile(&json, view);
    html_words(&json);
    html_marked(&json, view);
    html_history(&json, view);
    json_write_lines(&json, view);
    json_end(&json);
    fwrite(report_page_tail, 1, report_page_tail_bytes, out);
    return 0;
}
