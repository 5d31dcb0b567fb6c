/* json_profile.c: a profile as JSON, by columns: what the format json and the page have in common.
 *
 * The columns are documented in docs/report-json.md. Read first: json.h. */
#include <math.h>

#include "json.h"
#include "trace/profile_format.h"

static json_t *json_text(const struct view *view, uint32_t string) { return json_string(model_text(view->profile, string)); }

static json_t *json_us(uint64_t time_us) { return json_real((double)time_us / 1e6); }

/* Readings that were not taken are null. */
static json_t *json_reading(int64_t bytes) { return bytes < 0 ? json_null() : json_integer(bytes); }

static json_t *json_blocks(double blocks) { return json_integer(llround(blocks)); }

static void json_about(struct json_out *json, const struct view *view)
{
    const struct profile *profile = view->profile;
    json_t *notes = json_array();

    for (uint32_t note = 0; note < profile->note_count; note++)
        json_array_append_new(notes, json_text(view, profile->notes[note]));
    json_open(json, "profile");
    json_member(json, "program", json_text(view, profile->program));
    json_member(json, "command", json_text(view, profile->command));
    json_member(json, "python", json_text(view, profile->python));
    json_member(json, "pymm", json_text(view, profile->version));
    json_member(json, "notes", notes);
    json_member(json, "pid", json_integer(profile->pid));
    json_member(json, "started", json_integer((json_int_t)profile->started_unix_s));
    json_member(json, "seconds", json_us(profile->duration_us));
    json_member(json, "interval_bytes", json_integer((json_int_t)profile->interval_bytes));
    json_member(json, "is_exact", json_boolean(profile->is_exact));
    json_member(json, "is_forked", json_boolean(profile->is_forked));
    json_member(json, "has_ended", json_boolean(profile->end_reason != 0));
    json_close(json);
}

static void json_amount(struct json_out *json, const char *name, struct amount amount)
{
    json_open(json, name);
    json_member(json, "bytes", json_integer(amount.bytes));
    json_member(json, "blocks", json_blocks(amount.blocks));
    json_close(json);
}

static void json_totals(struct json_out *json, const struct view *view)
{
    const struct profile *profile = view->profile;

    json_open(json, "totals");
    json_amount(json, "shown", view->total);
    if (view->is_difference)
        json_amount(json, "base", view->base_total);
    json_amount(json, "end", profile->live);
    json_amount(json, "peak", profile->peak);
    json_amount(json, "allocated", profile->allocated);
    json_member(json, "peak_seconds", json_us(profile->peak_us));
    json_member(json, "resident_bytes", json_reading(profile->reading.resident_bytes));
    json_member(json, "resident_most_bytes", json_reading(profile->highest.resident_bytes));
    json_member(json, "heap_bytes", json_reading(profile->reading.heap_bytes));
    json_member(json, "heap_most_bytes", json_reading(profile->highest.heap_bytes));
    json_close(json);
}

/* A row for each account: the last, and the one of most resident memory. */
static const struct account *account_at(const struct view *view, size_t row)
{
    return row == 0 ? &view->profile->account : &view->profile->largest;
}
#define GET_ACCOUNT(name, value)                                                                                       \
    static json_t *get_account_##name(const struct view *view, size_t row)                                             \
    {                                                                                                                  \
        return json_integer(account_at(view, row)->value);                                                             \
    }
GET_ACCOUNT(resident, resident_bytes)
GET_ACCOUNT(unknown, unknown_bytes)
GET_ACCOUNT(absent_live, absent_live_bytes)
GET_ACCOUNT(absent_free, absent_free_bytes)
#define GET_PART(id, name, words) GET_ACCOUNT(part_##id, parts[PROFILE_PART_##id])
PROFILE_PART_LIST(GET_PART)
#undef GET_PART
#undef GET_ACCOUNT
static json_t *get_account_moment(const struct view *view, size_t row)
{
    (void)view;
    return json_string(row == 0 ? "the end" : "the most");
}
static json_t *get_account_seconds(const struct view *view, size_t row) { return json_us(account_at(view, row)->time_us); }

static void json_accounts(struct json_out *json, const struct view *view)
{
    size_t row_count = view->profile->account.is_known ? 2 : 0;

    json_open(json, "resident");
    json_column(json, "moment", view, row_count, get_account_moment);
    json_column(json, "seconds", view, row_count, get_account_seconds);
    json_column(json, "resident_bytes", view, row_count, get_account_resident);
#define PART_COLUMN(id, name, words) json_column(json, #name "_bytes", view, row_count, get_account_part_##id);
    PROFILE_PART_LIST(PART_COLUMN)
#undef PART_COLUMN
    json_column(json, "unknown_bytes", view, row_count, get_account_unknown);
    json_column(json, "absent_live_bytes", view, row_count, get_account_absent_live);
    json_column(json, "absent_free_bytes", view, row_count, get_account_absent_free);
    json_close(json);
}

static json_t *get_thread(const struct view *view, size_t row) { return json_text(view, view->profile->threads[row].name); }
static json_t *get_thread_id(const struct view *view, size_t row)
{
    return json_integer((json_int_t)view->profile->threads[row].system_id);
}
static json_t *get_string(const struct view *view, size_t row) { return json_text(view, (uint32_t)row); }
static json_t *get_frame_function(const struct view *view, size_t row) { return json_integer(view->profile->frames[row].function); }
static json_t *get_frame_file(const struct view *view, size_t row) { return json_integer(view->profile->frames[row].file); }
static json_t *get_frame_line(const struct view *view, size_t row) { return json_integer(view->profile->frames[row].line); }
static json_t *get_parent(const struct view *view, size_t row)
{
    return row == NODE_ROOT ? json_null() : json_integer(view->profile->nodes[row].parent);
}
static json_t *get_frame(const struct view *view, size_t row)
{
    return row == NODE_ROOT ? json_null() : json_integer(view->profile->nodes[row].frame);
}

static void json_tree(struct json_out *json, const struct view *view)
{
    const struct profile *profile = view->profile;

    json_open(json, "threads");
    json_column(json, "name", view, profile->thread_count, get_thread);
    json_column(json, "id", view, profile->thread_count, get_thread_id);
    json_close(json);
    json_column(json, "strings", view, profile->string_count, get_string);
    json_open(json, "frames");
    json_column(json, "function", view, profile->frame_count, get_frame_function);
    json_column(json, "file", view, profile->frame_count, get_frame_file);
    json_column(json, "line", view, profile->frame_count, get_frame_line);
    json_close(json);
    json_open(json, "nodes");
    json_column(json, "parent", view, profile->node_count, get_parent);
    json_column(json, "frame", view, profile->node_count, get_frame);
    json_close(json);
}

#define GET_TALLY(name, value)                                                                                         \
    static json_t *get_tally_##name(const struct view *view, size_t row)                                               \
    {                                                                                                                  \
        const struct tally *tally = &view->profile->tallies[row];                                                      \
        (void)tally;                                                                                                   \
        return value;                                                                                                  \
    }
GET_TALLY(node, json_integer(tally->node))
GET_TALLY(thread, json_integer(tally->thread))
GET_TALLY(domain, json_string(model_domain_name(tally->domain)))
GET_TALLY(bytes, json_integer(view->values[row].bytes))
GET_TALLY(blocks, json_blocks(view->values[row].blocks))
GET_TALLY(end_bytes, json_integer(tally->live.bytes))
GET_TALLY(end_blocks, json_blocks(tally->live.blocks))
GET_TALLY(peak_bytes, json_integer(tally->peak.bytes))
GET_TALLY(peak_blocks, json_blocks(tally->peak.blocks))
GET_TALLY(allocated_bytes, json_integer(tally->allocated.bytes))
GET_TALLY(allocated_blocks, json_blocks(tally->allocated.blocks))
GET_TALLY(base_bytes, json_integer(tally->base.bytes))
GET_TALLY(base_blocks, json_blocks(tally->base.blocks))
GET_TALLY(oldest, tally->left_count ? json_us(model_end_us(view->profile) - tally->oldest_us) : json_null())
GET_TALLY(newest, tally->left_count ? json_us(model_end_us(view->profile) - tally->newest_us) : json_null())
#undef GET_TALLY

static void json_tallies(struct json_out *json, const struct view *view)
{
    static const struct {
        const char *name;
        json_get *get;
    } columns[] = {
        {"node", get_tally_node},
        {"thread", get_tally_thread},
        {"domain", get_tally_domain},
        {"bytes", get_tally_bytes},
        {"blocks", get_tally_blocks},
        {"end_bytes", get_tally_end_bytes},
        {"end_blocks", get_tally_end_blocks},
        {"peak_bytes", get_tally_peak_bytes},
        {"peak_blocks", get_tally_peak_blocks},
        {"allocated_bytes", get_tally_allocated_bytes},
        {"allocated_blocks", get_tally_allocated_blocks},
        {"base_bytes", get_tally_base_bytes},
        {"base_blocks", get_tally_base_blocks},
        {"oldest_seconds", get_tally_oldest},
        {"newest_seconds", get_tally_newest},
    };

    json_open(json, "tallies");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        json_column(json, columns[i].name, view, view->profile->tally_count, columns[i].get);
    json_close(json);
}

/* What was live before a fold is not known. */
static bool is_folded(const struct view *view, size_t row)
{
    return model_moment_us(view->profile, row) <= view->profile->folded_until_us;
}
static json_t *get_moment_time(const struct view *view, size_t row) { return json_us(model_moment_us(view->profile, row)); }
static json_t *get_moment_live(const struct view *view, size_t row)
{
    return is_folded(view, row) ? json_null() : json_integer(view->profile->moments[row].live_bytes);
}
static json_t *get_moment_most(const struct view *view, size_t row)
{
    return is_folded(view, row) ? json_null() : json_integer(view->profile->moments[row].live_most_bytes);
}
static json_t *get_moment_heap(const struct view *view, size_t row)
{
    return json_reading(view->profile->moments[row].reading.heap_bytes);
}
static json_t *get_moment_resident(const struct view *view, size_t row)
{
    return json_reading(view->profile->moments[row].reading.resident_bytes);
}

static void json_moments(struct json_out *json, const struct view *view)
{
    size_t count = view->profile->moment_count;

    json_open(json, "moments");
    json_column(json, "seconds", view, count, get_moment_time);
    json_column(json, "live_bytes", view, count, get_moment_live);
    json_column(json, "live_most_bytes", view, count, get_moment_most);
    json_column(json, "heap_bytes", view, count, get_moment_heap);
    json_column(json, "resident_bytes", view, count, get_moment_resident);
    json_close(json);
}

void json_write_profile(struct json_out *json, const struct view *view)
{
    json_about(json, view);
    json_totals(json, view);
    json_accounts(json, view);
    json_tree(json, view);
    json_tallies(json, view);
    json_moments(json, view);
}
