/* symbols.h: which function of a program or library lies at a place in its file: names for frames of C code.
 *
 * Owns: the tables of symbols of the files that were asked for, each read once. Does not own: which file is mapped where
 * (read_record.c). Not safe for threads. */
#ifndef PYMM_REPORT_SYMBOLS_H
#define PYMM_REPORT_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

struct symbol {
    uint64_t start, end; /* addresses as the file has them */
    uint32_t name;       /* place in `names` */
};
struct segment {
    uint64_t file_offset, file_bytes, address;
};
struct symbol_file {
    uint32_t path; /* a number that stands for the file */
    struct symbol *symbols; /* by address; none overlaps the next one's start */
    struct segment *segments;
    char *names;
    size_t symbol_count, symbol_room, segment_count, segment_room, name_bytes, name_room;
};
struct symbols {
    struct symbol_file *files;
    size_t file_count, file_room;
};

/* The function that `file_offset` of the file `path` belongs to, or NULL: the file cannot be read, is no ELF file, was changed after
 * `time_unix_s`, or its symbols do not say. `number` stands for the path in later calls. The text is valid until symbols_free. */
const char *symbols_find(struct symbols *symbols, uint32_t number, const char *path, uint64_t file_offset, uint64_t time_unix_s);
void symbols_free(struct symbols *symbols);

#endif
