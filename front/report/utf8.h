/* utf8.h: text as it may be shown: valid UTF-8, and on a terminal as wide as it is.
 *
 * Owns: cleaning bytes that came from a profile, and cutting text to a number of columns. */
#ifndef PYMM_REPORT_UTF8_H
#define PYMM_REPORT_UTF8_H

#include <stddef.h>
#include <stdio.h>

/* A copy in which every byte that is no UTF-8, and every 0, is U+FFFD; NULL when the bytes are clean as they are. */
char *utf8_clean(const char *bytes, size_t byte_count, size_t *clean_bytes);

/* Print text in exactly `columns` columns, padded with blanks or cut off at its beginning (whose end says more: a path).
 * Control characters are printed as '?'. In a locale without UTF-8 each character that is not ASCII is a '?'. */
void utf8_print_padded(FILE *out, const char *text, int columns);
/* Print text without padding; returns its columns. */
int utf8_print(FILE *out, const char *text);
int utf8_columns(const char *text);

#endif
