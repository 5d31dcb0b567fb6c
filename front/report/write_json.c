/* write_json.c: everything that a report knows, for programs: docs/report-json.md. Read first: write.h. */
#include <math.h>

#include "json.h"
#include "write.h"

#define GET_SITE(name, value)                                                                                          \
    static json_t *get_site_##name(const struct view *view, size_t row)                                                \
    {                                                                                                                  \
        const struct site *site = &view->sites[row];                                                                   \
        return value;                                                                                                  \
    }
GET_SITE(function, json_string(view_function(view, site->frame)))
GET_SITE(file, json_string(view_file(view, site->frame)))
GET_SITE(line, json_integer(view_line(view, site->frame)))
GET_SITE(bytes, json_integer(site->value.bytes))
GET_SITE(blocks, json_integer(llround(site->value.blocks)))
GET_SITE(chance_bytes, json_integer(site_chance_bytes(site)))
GET_SITE(base_bytes, json_integer(site->base.bytes))
GET_SITE(allocated_bytes, json_integer(site->allocated.bytes))
GET_SITE(is_suspected, json_boolean(site->is_suspected))
#undef GET_SITE

static void json_sites(struct json_out *json, const struct view *view)
{
    json_open(json, "sites");
    json_column(json, "function", view, view->site_count, get_site_function);
    json_column(json, "file", view, view->site_count, get_site_file);
    json_column(json, "line", view, view->site_count, get_site_line);
    json_column(json, "bytes", view, view->site_count, get_site_bytes);
    json_column(json, "blocks", view, view->site_count, get_site_blocks);
    json_column(json, "chance_bytes", view, view->site_count, get_site_chance_bytes);
    json_column(json, "base_bytes", view, view->site_count, get_site_base_bytes);
    json_column(json, "allocated_bytes", view, view->site_count, get_site_allocated_bytes);
    json_column(json, "is_suspected", view, view->site_count, get_site_is_suspected);
    json_close(json);
}

int write_json(FILE *out, const struct view *view)
{
    struct json_out json;

    json_begin(&json, out);
    json_member(&json, "format", json_string("pymm report"));
    json_member(&json, "version", json_integer(1));
    json_member(&json, "moment", json_string(view_moment_name(view)));
    json_sites(&json, view);
    json_write_profile(&json, view);
    json_end(&json);
    return 0;
}
