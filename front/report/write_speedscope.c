/* write_speedscope.c: a file for speedscope: weighted stacks over shared frames, all of them and by thread; with a base what is
 * more and what is less, as speedscope knows no negative weights. Read first: write.h, json.h. */
#include <stdlib.h>

#include "command/command.h"
#include "json.h"
#include "write.h"

/* Which tallies a profile of the file has. */
struct selection {
    const char *name;
    uint32_t thread; /* MAP_NONE: all */
    int sign;        /* -1: those that are less than in the base */
};

static int64_t selected_bytes(const struct view *view, const struct selection *selection, size_t tally)
{
    int64_t bytes = view->values[tally].bytes * selection->sign;
    bool is_selected = selection->thread == MAP_NONE || view->profile->tallies[tally].thread == selection->thread;

    return is_selected && bytes > 0 ? bytes : 0;
}

static void speedscope_frames(struct json_out *json, const struct view *view)
{
    json_open(json, "shared");
    json_open_list(json, "frames");
    for (uint32_t frame = 0; frame <= view->profile->frame_count; frame++) {
        uint32_t shown = frame == view->profile->frame_count ? MAP_NONE : frame;
        json_open(json, NULL);
        json_member(json, "name", json_string(view_function(view, shown)));
        if (*view_file(view, shown))
            json_member(json, "file", json_string(view_file(view, shown)));
        if (view_line(view, shown))
            json_member(json, "line", json_integer(view_line(view, shown)));
        json_close(json);
    }
    json_close_list(json);
    json_close(json);
}

/* A tally's frames, outermost first; the last of the shared frames where none is known. */
static json_t *speedscope_stack(const struct view *view, size_t tally, struct view_path *path)
{
    json_t *frames = json_array();

    view_find_path(view, view->profile->tallies[tally].node, path);
    for (size_t at = 0; at < path->count; at++)
        json_array_append_new(frames, json_integer(view->profile->nodes[path->nodes[at]].frame));
    if (!path->count)
        json_array_append_new(frames, json_integer((json_int_t)view->profile->frame_count));
    return frames;
}

static void speedscope_profile(struct json_out *json, const struct view *view, const struct selection *selection)
{
    struct view_path path = {0};
    int64_t total = 0;

    json_open(json, NULL);
    json_member(json, "type", json_string("sampled"));
    json_member(json, "name", json_string(selection->name));
    json_member(json, "unit", json_string("bytes"));
    json_open_list(json, "samples");
    for (size_t tally = 0; tally < view->profile->tally_count; tally++)
        if (selected_bytes(view, selection, tally))
            json_element(json, speedscope_stack(view, tally, &path));
    json_close_list(json);
    json_open_list(json, "weights");
    for (size_t tally = 0; tally < view->profile->tally_count; tally++) {
        int64_t bytes = selected_bytes(view, selection, tally);
        total += bytes;
        if (bytes)
            json_element(json, json_integer(bytes));
    }
    json_close_list(json);
    json_member(json, "startValue", json_integer(0));
    json_member(json, "endValue", json_integer(total));
    json_close(json);
    free(path.nodes);
}

/* Most threads of a program have its name: these get their number behind it. */
static void speedscope_thread(struct json_out *json, const struct view *view, uint32_t thread)
{
    const struct thread *threads = view->profile->threads;
    const char *text = model_text(view->profile, threads[thread].name);
    size_t same_count = 0;

    for (size_t at = 0; at < view->profile->thread_count; at++)
        same_count += threads[at].name == threads[thread].name;
    char *name = same_count == 1 ? text_format("%s", text)
                                 : text_format("%s (%llu)", text, (unsigned long long)threads[thread].system_id);
    speedscope_profile(json, view, &(struct selection){name, thread, 1});
    free(name);
}

static void speedscope_profiles(struct json_out *json, const struct view *view)
{
    const struct profile *profile = view->profile;

    json_open_list(json, "profiles");
    if (view->is_difference) {
        speedscope_profile(json, view, &(struct selection){"more than in the base", MAP_NONE, 1});
        speedscope_profile(json, view, &(struct selection){"less than in the base", MAP_NONE, -1});
    } else {
        char *name = text_format("live at %s, all threads", view_moment_name(view));
        speedscope_profile(json, view, &(struct selection){name, MAP_NONE, 1});
        free(name);
        for (uint32_t thread = 0; thread < profile->thread_count && profile->thread_count > 1; thread++)
            speedscope_thread(json, view, thread);
    }
    json_close_list(json);
}

int write_speedscope(FILE *out, const struct view *view)
{
    struct json_out json;

    json_begin(&json, out);
    json_member(&json, "$schema", json_string("https://www.speedscope.app/file-format-schema.json"));
    json_member(&json, "exporter", json_string("pymm"));
    json_member(&json, "name", json_string(view->request->file));
    json_member(&json, "activeProfileIndex", json_integer(0));
    speedscope_frames(&json, view);
    speedscope_profiles(&json, view);
    json_end(&json);
    return 0;
}
