/* json.h: JSON written member by member, so that no more than one column of a report is in memory as JSON.
 *
 * Owns: the order of braces and commas. Does not own: text and numbers, which jansson writes. '<' is written as \u003c, so that
 * the output may stand within a page's script. */
#ifndef PYMM_REPORT_JSON_H
#define PYMM_REPORT_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "view.h"

struct json_out {
    FILE *out;
    const char *separator; /* before the next member */
};

void json_begin(struct json_out *json, FILE *out);
/* Write a member; the value is taken over. NULL, as jansson's constructors return without memory, ends the command. */
void json_member(struct json_out *json, const char *name, json_t *value);
void json_open(struct json_out *json, const char *name);
void json_close(struct json_out *json);
/* The same for lists: an element of a list has no name. `name` is NULL for a list or object within a list. */
void json_open_list(struct json_out *json, const char *name);
void json_close_list(struct json_out *json);
void json_element(struct json_out *json, json_t *value);
void json_end(struct json_out *json);

/* A column: `get` gives the value of each row; rows whose value is NULL are left out. */
typedef json_t *json_get(const struct view *view, size_t row);
void json_column(struct json_out *json, const char *name, const struct view *view, size_t row_count, json_get *get);

/* The members that the format json and the page have in common: about the run, sums, frames, nodes, tallies, moments. */
void json_write_profile(struct json_out *json, const struct view *view);

#endif
