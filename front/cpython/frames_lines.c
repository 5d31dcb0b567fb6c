/* frames_lines.c: from an instruction of a code to its line, by the table that the code carries.
 *
 *   FRAMES_LNOTAB     pairs: so many bytes of code further, so many lines further (signed)
 *   FRAMES_LINETABLE  pairs: this many bytes of code are so many lines further (signed); -128: they have no line
 *   FRAMES_LOCATIONS  entries that begin with a byte of 0x80 and more: 4 bits kind, 3 bits instructions less one; then, by
 *                     kind, how much further the line is, and columns, which are passed over
 *
 * Owns no state. Read frames.h first. */
#include "frames.h"

static uint32_t line_in_lnotab(const unsigned char *table, size_t table_bytes, int64_t line, uint32_t position)
{
    uint32_t address = 0;
    for (size_t i = 0; i + 1 < table_bytes; i += 2) {
        address += table[i];
        if (address > position)
            break;
        line += (signed char)table[i + 1];
    }
    return line > 0 ? (uint32_t)line : 0;
}

static uint32_t line_in_linetable(const unsigned char *table, size_t table_bytes, int64_t line, uint32_t position)
{
    uint32_t end = 0;
    for (size_t i = 0; i + 1 < table_bytes; i += 2) {
        int change = (signed char)table[i + 1];
        bool has_line = change != -128;
        end += table[i];
        line += has_line ? change : 0;
        if (position < end)
            return has_line && line > 0 ? (uint32_t)line : 0;
    }
    return 0;
}

/* A number in groups of six bits, the lowest first; 0x40: another one follows. */
static uint64_t read_varint(const unsigned char *table, size_t table_bytes, size_t at)
{
    uint64_t number = 0;
    for (unsigned shift = 0; at < table_bytes && shift < 60; shift += 6) {
        unsigned char byte = table[at++];
        number |= (uint64_t)(byte & 63) << shift;
        if ((byte & 64) == 0)
            break;
    }
    return number;
}

enum { ONE_LINE_FIRST = 10, ONE_LINE_LAST = 12, NO_COLUMNS = 13, LONG = 14, NO_LINE = 15 };

static int64_t line_change(const unsigned char *table, size_t table_bytes, size_t at, unsigned kind)
{
    if (kind >= ONE_LINE_FIRST && kind <= ONE_LINE_LAST)
        return (int64_t)kind - ONE_LINE_FIRST;
    if (kind != NO_COLUMNS && kind != LONG)
        return 0;
    uint64_t number = read_varint(table, table_bytes, at + 1); /* its lowest bit is the sign */
    return number & 1 ? -(int64_t)(number >> 1) : (int64_t)(number >> 1);
}

static uint32_t line_in_locations(const unsigned char *table, size_t table_bytes, int64_t line, uint32_t position)
{
    uint32_t end = 0;
    for (size_t at = 0; at < table_bytes;) {
        unsigned kind = table[at] >> 3 & 15;
        end += (table[at] & 7u) + 1;
        line += line_change(table, table_bytes, at, kind);
        if (position < end)
            return kind != NO_LINE && line > 0 ? (uint32_t)line : 0;
        for (at++; at < table_bytes && table[at] < 128;)
            at++;
    }
    return 0;
}

uint32_t frames_line(enum frames_lines lines, const unsigned char *table, size_t table_bytes, uint32_t first_line,
                     uint32_t position)
{
    switch (lines) {
    case FRAMES_LNOTAB:
        return line_in_lnotab(table, table_bytes, first_line, position);
    case FRAMES_LINETABLE:
        return line_in_linetable(table, table_bytes, first_line, position);
    case FRAMES_LOCATIONS:
        break;
    }
    return line_in_locations(table, table_bytes, first_line, position);
}
