/* utf8.c: checks and widths of UTF-8. Read first: utf8.h. */
#include "utf8.h"

#include <langinfo.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "map.h"

/* The bytes of the valid character at `at`, 0 when there is none; its number goes to `character`. */
static size_t utf8_decode(const unsigned char *at, size_t byte_count, uint32_t *character)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;

    *character = length == 1 ? at[0] : at[0] & (0x7fu >> length);
    if ((at[0] >= 0x80 && at[0] < 0xc2) || at[0] > 0xf4 || length > byte_count)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        *character = *character << 6 | (at[i] & 0x3fu);
    }
    bool is_surrogate = *character >= 0xd800 && *character < 0xe000;
    return *character < smallest[length] || *character > 0x10ffff || is_surrogate ? 0 : length;
}

static bool utf8_is_clean(const unsigned char *at, size_t byte_count)
{
    uint32_t character;

    for (size_t length; byte_count; at += length, byte_count -= length)
        if ((length = utf8_decode(at, byte_count, &character)) == 0 || character == 0)
            return false;
    return true;
}

char *utf8_clean(const char *bytes, size_t byte_count, size_t *clean_bytes)
{
    const unsigned char *at = (const unsigned char *)bytes, *end = at + byte_count;
    uint32_t character;

    if (utf8_is_clean(at, byte_count))
        return NULL;
    char *clean = report_alloc(byte_count, 3), *to = clean;
    while (at < end) {
        size_t length = utf8_decode(at, (size_t)(end - at), &character);
        bool is_bad = length == 0 || character == 0;
        size_t copied = is_bad ? 3 : length;
        memcpy(to, is_bad ? "\xef\xbf\xbd" : (const char *)at, copied);
        to += copied;
        at += is_bad ? 1 : length;
    }
    *clean_bytes = (size_t)(to - clean);
    return clean;
}

static bool is_utf8_terminal(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

/* What is printed for one character, and in how many columns. */
struct glyph {
    const char *bytes;
    size_t byte_count;
    int columns;
};

static struct glyph glyph_at(const char *at)
{
    uint32_t character;
    size_t length = utf8_decode((const unsigned char *)at, strlen(at) < 4 ? strlen(at) : 4, &character);

    if (length == 0)
        return (struct glyph){"?", 1, 1};
    if (length == 1 && character >= 0x20 && character != 0x7f)
        return (struct glyph){at, 1, 1};
    int columns = length > 1 && is_utf8_terminal() ? wcwidth((wchar_t)character) : -1;
    return columns >= 0 ? (struct glyph){at, length, columns} : (struct glyph){"?", 1, 1};
}

/* How far to go on in the text behind the character at `at`. */
static size_t character_bytes(const char *at)
{
    uint32_t character;
    size_t length = utf8_decode((const unsigned char *)at, strlen(at) < 4 ? strlen(at) : 4, &character);

    return length ? length : 1;
}

int utf8_columns(const char *text)
{
    int columns = 0;

    for (; *text; text += character_bytes(text))
        columns += glyph_at(text).columns;
    return columns;
}

int utf8_print(FILE *out, const char *text)
{
    int columns = 0;

    for (; *text; text += character_bytes(text)) {
        struct glyph glyph = glyph_at(text);
        fwrite(glyph.bytes, 1, glyph.byte_count, out);
        columns += glyph.columns;
    }
    return columns;
}

void utf8_print_padded(FILE *out, const char *text, int columns)
{
    int width = utf8_columns(text);

    if (width > columns) {
        const char *dots = is_utf8_terminal() ? "\xe2\x80\xa6" : "~";
        for (; *text && width > columns - 1; text += character_bytes(text))
            width -= glyph_at(text).columns;
        fputs(dots, out);
        width++;
    }
    width -= utf8_columns(text);
    width += utf8_print(out, text);
    for (; width < columns; width++)
        fputc(' ', out);
}
