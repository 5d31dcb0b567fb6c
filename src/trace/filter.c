/* filter.c: which records of a snapshot pass: by file pattern, line and domain, wanted or unwanted.
 *
 * The rules are tracemalloc's: a record must pass at least one of the inclusive filters, if there are any, and every
 * exclusive one. Owns: the rules. Read pymm_trace_filter in pymm_trace.h first. */
#include "trace/snapshot.h"

/* Patterns are those of Python's fnmatch: * ? [seq] [!seq], in which a slash, a leading dot and a backslash are characters
 * like any other; that is not the C library's fnmatch, and not every system has one. ------------------------------------ */

/* Behind a character of UTF-8. */
static const char *character_end(const char *text)
{
    text++;
    while (((unsigned char)*text & 0xC0) == 0x80)
        text++;
    return text;
}

static uint32_t character(const char *text)
{
    uint32_t value = 0;
    for (const char *end = character_end(text); text < end; text++)
        value = value << 8 | (unsigned char)*text;
    return value;
}

/* The closing bracket of a set that opens at `set`, NULL: there is none, and the bracket stands for itself. */
static const char *set_end(const char *set)
{
    const char *at = set + 1;
    if (*at == '!')
        at++;
    if (*at == ']')
        at++;
    while (*at != '\0' && *at != ']')
        at++;
    return *at == ']' ? at : NULL;
}

static bool set_has(const char *set, const char *end, uint32_t wanted)
{
    const char *at = set + 1;
    bool is_negated = *at == '!', is_found = false;
    for (at += is_negated; at < end;) {
        uint32_t first = character(at), last = first;
        at = character_end(at);
        if (*at == '-' && at + 1 < end) {
            last = character(at + 1);
            at = character_end(at + 1);
        }
        is_found |= first <= wanted && wanted <= last;
    }
    return is_found != is_negated;
}

/* One character of the text against one of the pattern, which is no star; *next: behind it in the pattern. */
static bool matches_one(const char *pattern, const char *text, const char **next)
{
    const char *end = *pattern == '[' ? set_end(pattern) : NULL;
    *next = end != NULL ? end + 1 : character_end(pattern);
    if (end != NULL)
        return set_has(pattern, end, character(text));
    return *pattern == '?' || character(pattern) == character(text);
}

static bool matches_text(const char *pattern, const char *text)
{
    const char *star = NULL, *resumed = NULL, *next;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            resumed = text;
        } else if (*pattern != '\0' && matches_one(pattern, text, &next)) {
            pattern = next;
            text = character_end(text);
        } else if (star != NULL) { /* the star takes one character more */
            pattern = star;
            text = resumed = character_end(resumed);
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* Filters ---------------------------------------------------------------------------------------------------------- */

static bool matches_place(const pymm_trace_filter *filter, const pymm_trace_place *place)
{
    if (filter->file != NULL && !matches_text(filter->file, place->file))
        return false;
    return filter->line == 0 || filter->line == place->line;
}

static bool matches_stack(const pymm_trace_filter *filter, const pymm_trace_place *places, unsigned frame_count)
{
    unsigned looked_at = filter->is_all_frames ? frame_count : (unsigned)base_min(frame_count, 1);
    for (unsigned i = 0; i < looked_at; i++)
        if (matches_place(filter, &places[i]))
            return true;
    return false;
}

static bool passes(const pymm_trace_filter *filter, const trace_texts *texts, const trace_item *item)
{
    const trace_shown *stack = &texts->stacks[item->stack];
    bool is_match = matches_stack(filter, texts->places + stack->first, stack->frame_count) &&
                    (!filter->has_domain || filter->domain == item->domain);
    return filter->is_inclusive ? is_match : !is_match;
}

static bool passes_all(const pymm_trace_filter *filters, size_t filter_count, const trace_texts *texts, const trace_item *item)
{
    bool has_inclusive = false, is_included = false;
    for (size_t i = 0; i < filter_count; i++) {
        bool is_passed = passes(&filters[i], texts, item);
        if (!filters[i].is_inclusive && !is_passed)
            return false;
        has_inclusive |= filters[i].is_inclusive != 0;
        is_included |= filters[i].is_inclusive && is_passed;
    }
    return is_included || !has_inclusive;
}

int pymm_trace_snapshot_filter(const pymm_trace_snapshot *snapshot, const pymm_trace_filter *filters, size_t filter_count,
                               pymm_trace_snapshot **filtered)
{
    if (snapshot == NULL || filtered == NULL || (filters == NULL && filter_count > 0))
        return -1;
    pymm_trace_snapshot *chosen = trace_snapshot_new(snapshot->texts);
    if (chosen == NULL)
        return -1;
    chosen->limit = snapshot->limit;
    chosen->items_bytes = snapshot->count * sizeof *chosen->items;
    chosen->items = trace_scratch_take(chosen->items_bytes);
    if (chosen->items == NULL) {
        pymm_trace_snapshot_free(chosen);
        return -1;
    }
    for (size_t i = 0; i < snapshot->count; i++)
        if (passes_all(filters, filter_count, snapshot->texts, &snapshot->items[i]))
            chosen->items[chosen->count++] = snapshot->items[i];
    *filtered = chosen;
    return 0;
}
