/* json.c: the members of an object, one after the other. Read first: json.h. */
#include "json.h"

#include <stdlib.h>

#include "command/command.h"

static int json_put(const char *bytes, size_t byte_count, void *context)
{
    FILE *out = context;

    for (size_t i = 0; i < byte_count; i++)
        if (bytes[i] == '<')
            fputs("\\u003c", out);
        else
            fputc(bytes[i], out);
    return 0;
}

static void json_name(struct json_out *json, const char *name)
{
    fputs(json->separator, json->out);
    if (name)
        fprintf(json->out, "\"%s\":", name);
    json->separator = ",\n";
}

void json_begin(struct json_out *json, FILE *out)
{
    *json = (struct json_out){out, ""};
    fputs("{", out);
}

void json_member(struct json_out *json, const char *name, json_t *value)
{
    if (!value)
        exit(command_error(STATUS_REFUSED, "report: out of memory; free memory, or filter with --domain or --thread"));
    json_name(json, name);
    json_dump_callback(value, json_put, json->out, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
    json_decref(value);
}

void json_open(struct json_out *json, const char *name)
{
    json_name(json, name);
    fputs("{", json->out);
    json->separator = "";
}

void json_close(struct json_out *json)
{
    fputs("}", json->out);
    json->separator = ",\n";
}

void json_open_list(struct json_out *json, const char *name)
{
    json_name(json, name);
    fputs("[", json->out);
    json->separator = "";
}

void json_close_list(struct json_out *json)
{
    fputs("]", json->out);
    json->separator = ",\n";
}

void json_element(struct json_out *json, json_t *value) { json_member(json, NULL, value); }

void json_end(struct json_out *json) { fputs("}\n", json->out); }

void json_column(struct json_out *json, const char *name, const struct view *view, size_t row_count, json_get *get)
{
    json_t *column = json_array();

    for (size_t row = 0; row < row_count; row++) {
        json_t *value = get(view, row);
        if (value)
            json_array_append_new(column, value);
    }
    json_member(json, name, column);
}
