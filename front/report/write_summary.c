/* write_summary.c: the most important of a profile on one screen. Read first: write.h. */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command/command.h"
#include "trace/profile_format.h"
#include "utf8.h"
#include "write.h"

enum { TOP_COUNT = 15, SUSPECT_COUNT = 10, BAR_COLUMNS = 20 };

static void summary_text(FILE *out, const char *label, const char *text)
{
    fprintf(out, "%-11s", label);
    utf8_print(out, text);
    fputc('\n', out);
}

static const char *end_words(const struct profile *profile)
{
    switch (profile->end_reason) {
    case 0:
        return "; the end is missing: it was killed, or still runs";
    case PROFILE_END_ERROR:
        return "; the program went on, the file could not be written any longer";
    case PROFILE_END_STOP:
        return "; the program went on, profiling was ended";
    default:
        return "";
    }
}

static void summary_filter(FILE *out, const struct report_request *request)
{
    const char *separator = "";

    if (!request->thread_count && !request->domains)
        return;
    fprintf(out, "%-11s", "Only");
    for (size_t thread = 0; thread < request->thread_count; thread++) {
        fprintf(out, "%sthread ", separator);
        utf8_print(out, request->threads[thread]);
        separator = ", ";
    }
    for (unsigned domain = 0; domain < DOMAIN_COUNT; domain++)
        if (request->domains >> domain & 1) {
            fprintf(out, "%sdomain %s", separator, model_domain_name(domain));
            separator = ", ";
        }
    fputc('\n', out);
}

static void summary_head(FILE *out, const struct view *view)
{
    const struct profile *profile = view->profile;
    char seconds[UNITS_BYTES], interval[UNITS_BYTES], date[64] = "unknown date";
    time_t started = (time_t)profile->started_unix_s;
    struct tm parts;

    if (gmtime_r(&started, &parts))
        strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S UTC", &parts);
    summary_text(out, "Program", model_text(profile, profile->command ? profile->command : profile->program));
    char *python = text_format("%s%s", profile->python ? "Python " : "", model_text(profile, profile->python));
    char *run = text_format("process %u%s, %s%.40s, %s from %s%s", profile->pid, profile->is_forked ? " (forked)" : "", python,
                            *python ? "" : "no Python version known", units_seconds(seconds, profile->duration_us), date,
                            end_words(profile));
    summary_text(out, "Run", run);
    free(run);
    free(python);
    if (profile->is_exact) {
        summary_text(out, "Recorded", "every block");
    } else {
        char *text = text_format("one sample in %s; all sums are estimates",
                                 units_bytes(interval, (int64_t)profile->interval_bytes, false));
        summary_text(out, "Recorded", text);
        free(text);
    }
    summary_filter(out, view->request);
    for (uint32_t note = 0; note < profile->note_count; note++)
        summary_text(out, "Note", model_text(profile, profile->notes[note]));
}

static void summary_base(FILE *out, const struct view *view)
{
    char bytes[UNITS_BYTES], other[UNITS_BYTES];

    char *line = text_format("%12s live in %s at %s; the difference is %s", units_bytes(bytes, view->base_total.bytes, false),
                             view->request->base, view_moment_name(view), units_bytes(other, view->total.bytes, true));
    summary_text(out, "Base", line);
    free(line);
}

static void summary_amounts(FILE *out, const struct view *view)
{
    const struct profile *profile = view->profile;
    char bytes[UNITS_BYTES], other[UNITS_BYTES];

    fprintf(out, "\n%-11s%12s live in %.0f blocks, after %s\n", "Peak", units_bytes(bytes, profile->peak.bytes, false),
            profile->peak.blocks, units_seconds(other, profile->peak_us));
    fprintf(out, "%-11s%12s live in %.0f blocks%s\n", "End", units_bytes(bytes, profile->live.bytes, false), profile->live.blocks,
            profile->left_us ? ", before Python took itself down" : "");
    fprintf(out, "%-11s%12s in %.0f blocks\n", "Allocated", units_bytes(bytes, profile->allocated.bytes, false),
            profile->allocated.blocks);
    if (profile->highest.resident_bytes >= 0)
        fprintf(out, "%-11s%12s at the end, %s at most\n", "Resident", units_bytes(bytes, profile->reading.resident_bytes, false),
                units_bytes(other, profile->highest.resident_bytes, false));
    if (profile->highest.heap_bytes >= 0)
        fprintf(out, "%-11s%12s at the end, %s at most\n", "of it heap", units_bytes(bytes, profile->reading.heap_bytes, false),
                units_bytes(other, profile->highest.heap_bytes, false));
    if (view->is_difference)
        summary_base(out, view);
}

static void resident_row(FILE *out, const char *words, int64_t end_bytes, int64_t most_bytes, bool has_most)
{
    char text[UNITS_BYTES];

    fprintf(out, "%12s ", units_bytes(text, end_bytes, false));
    if (has_most)
        fprintf(out, "%12s ", units_bytes(text, most_bytes, false));
    fprintf(out, " %s\n", words);
}

/* Where all resident memory was, at the end and when there was most; what is less than a hundredth both times together. */
static void summary_resident(FILE *out, const struct view *view)
{
    static const char *const words[] = {
#define PART_WORDS(id, name, text) text,
        PROFILE_PART_LIST(PART_WORDS)
#undef PART_WORDS
    };
    const struct account *end = &view->profile->account, *most = &view->profile->largest;
    char time[UNITS_BYTES], most_time[UNITS_BYTES];
    int64_t end_rest = end->unknown_bytes, most_rest = most->unknown_bytes;
    bool has_most = most->time_us != end->time_us;

    if (!end->is_known)
        return;
    bool is_near_end = model_end_us(view->profile) - end->time_us <= model_end_us(view->profile) / 10;
    fprintf(out, "\nWhere resident memory was %s, after %s", is_near_end ? "at the end" : "when it was last looked up",
            units_seconds(time, end->time_us));
    if (has_most)
        fprintf(out, ", and nearest to its peak, after %s", units_seconds(most_time, most->time_us));
    fputc('\n', out);
    for (unsigned part = 0; part < PROFILE_PART_COUNT; part++) {
        if (end->parts[part] * 100 >= end->resident_bytes || most->parts[part] * 100 >= most->resident_bytes) {
            resident_row(out, words[part], end->parts[part], most->parts[part], has_most);
            continue;
        }
        end_rest += end->parts[part];
        most_rest += most->parts[part];
    }
    resident_row(out, "smaller parts", end_rest, most_rest, has_most);
    resident_row(out, "all", end->resident_bytes, most->resident_bytes, has_most);
}

/* A bar of eighths of a column where the terminal has them. */
static void summary_bar(FILE *out, int64_t part, int64_t whole)
{
    bool is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    int eighths = whole > 0 ? (int)((double)(part < 0 ? -part : part) / (double)whole * BAR_COLUMNS * 8 + 0.5) : 0;
    int columns = is_utf8 ? eighths / 8 : (eighths + 4) / 8;

    for (int i = 0; i < columns; i++)
        fputs(is_utf8 ? "\xe2\x96\x88" : "#", out);
    if (is_utf8 && eighths % 8) {
        fprintf(out, "\xe2\x96%c", 0x90 - eighths % 8);
        columns++;
    }
    fprintf(out, "%*s", BAR_COLUMNS - columns, "");
}

static void summary_site(FILE *out, const struct view *view, const struct site *site, int64_t whole)
{
    char bytes[UNITS_BYTES];

    fprintf(out, "%12s ", units_bytes(bytes, site->value.bytes, view->is_difference));
    if (!view->is_difference)
        fprintf(out, "%5.1f %% ", units_percent(site->value.bytes, whole));
    summary_bar(out, site->value.bytes, whole);
    fputc(' ', out);
    int room = terminal_columns(out) - 13 - (view->is_difference ? 0 : 8) - BAR_COLUMNS - 1;
    char *label = frame_label_short(view, site->frame, room);
    int width = utf8_columns(label);
    utf8_print_padded(out, label, width < room ? width : room);
    fputc('\n', out);
    free(label);
}

static void summary_sites(FILE *out, const struct view *view)
{
    size_t shown = 0;

    fprintf(out, "\nTop sites at %s%s\n", view_moment_name(view),
            view->site_count && view->sites[0].value.bytes ? "" : ": none");
    for (; shown < TOP_COUNT && shown < view->site_count && view->sites[shown].value.bytes; shown++)
        summary_site(out, view, &view->sites[shown], view->total.bytes);
}

/* Differences that chance alone would seldom make, and what all others come to. */
static void summary_differences(FILE *out, const struct view *view)
{
    char bytes[UNITS_BYTES];
    int64_t whole = 0, doubtful_bytes = 0;
    size_t shown = 0, doubtful_count = 0;

    for (size_t at = 0; at < view->site_count; at++) {
        const struct site *site = &view->sites[at];
        if (site->value.bytes == 0)
            continue;
        if (site_is_doubtful(site)) {
            doubtful_bytes += site->value.bytes;
            doubtful_count++;
        } else if (shown < TOP_COUNT) {
            if (shown++ == 0) {
                fprintf(out, "\nLargest differences at %s\n", view_moment_name(view));
                whole = llabs(site->value.bytes);
            }
            summary_site(out, view, site, whole);
        }
    }
    if (!shown)
        fprintf(out, "\nLargest differences at %s: none%s\n", view_moment_name(view),
                doubtful_count ? " that chance alone would not make" : "");
    if (doubtful_count)
        fprintf(out, "%12s in %zu %ssite%s with too few samples to tell it from chance\n",
                units_bytes(bytes, doubtful_bytes, true), doubtful_count, shown ? "other " : "", doubtful_count == 1 ? "" : "s");
}

static void summary_suspects(FILE *out, const struct view *view)
{
    char bytes[UNITS_BYTES], oldest[UNITS_BYTES], newest[UNITS_BYTES];
    size_t shown = 0;

    if (!view->suspected_count) {
        fprintf(out, "\nLeaks suspected: none\n");
        return;
    }
    fprintf(out, "\nLeaks suspected: %zu site%s kept blocks from all over the run\n", view->suspected_count,
            view->suspected_count == 1 ? "" : "s");
    for (size_t at = 0; at < view->site_count && shown < SUSPECT_COUNT; at++) {
        const struct site *site = &view->sites[at];
        if (!site->is_suspected)
            continue;
        uint64_t end = model_end_us(view->profile);
        char *label = frame_label(view, site->frame);
        char *line = text_format("%12s  %s to %s old  %s", units_bytes(bytes, site->left_bytes, false),
                                 units_seconds(newest, end - site->newest_us), units_seconds(oldest, end - site->oldest_us), label);
        utf8_print(out, line);
        fputc('\n', out);
        free(line);
        free(label);
        shown++;
    }
}

int write_summary(FILE *out, const struct view *view)
{
    summary_head(out, view);
    summary_amounts(out, view);
    (view->is_difference ? summary_differences : summary_sites)(out, view);
    summary_suspects(out, view);
    summary_resident(out, view);
    char *line = text_format("More: pymm report --format=html -o report.html %s", view->request->file);
    fputc('\n', out);
    utf8_print(out, line);
    fputc('\n', out);
    free(line);
    return 0;
}
