/* write.h: what writes a view: one function for each format, and the form of numbers and frames in text.
 *
 * Owns: the signature of a writer. Does not own: where the output goes and whether it was complete (report.c). */
#ifndef PYMM_REPORT_WRITE_H
#define PYMM_REPORT_WRITE_H

#include <stdio.h>

#include "view.h"

/* Each writes all of its output; errors of the file are found by the caller. Returns 0, or the status after an error line. */
#define WRITE_DECLARE(name, id, function, ...) int function(FILE *out, const struct view *view);
REPORT_FORMAT_LIST(WRITE_DECLARE)
#undef WRITE_DECLARE

enum { UNITS_BYTES = 32 };
/* "1.2 MiB", "-3 B", "12.3 s"; with `has_sign` also "+". Return `text`. */
const char *units_bytes(char text[UNITS_BYTES], int64_t bytes, bool has_sign);
const char *units_seconds(char text[UNITS_BYTES], uint64_t time_us);
/* `part` of `whole` in a hundred; 0 when there is no whole. */
double units_percent(int64_t part, int64_t whole);

/* "function (file:line)", without what is not known. The caller frees it. */
char *frame_label(const struct view *view, uint32_t frame);
/* The same in at most so many columns, if it can be had by leaving folders out: "function (.../name.py:12)". */
char *frame_label_short(const struct view *view, uint32_t frame, int columns);

/* How wide the terminal is, or what is used where there is none. */
int terminal_columns(FILE *out);

#endif
