/* symbols.c: names of C functions, from the symbols that program files and libraries still have. Read first: symbols.h. */
#include "symbols.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "map.h"

static void add_segments(struct symbol_file *file, Elf *elf)
{
    size_t header_count;
    GElf_Phdr header;

    if (elf_getphdrnum(elf, &header_count) != 0)
        return;
    for (size_t at = 0; at < header_count; at++) {
        if (!gelf_getphdr(elf, (int)at, &header) || header.p_type != PT_LOAD)
            continue;
        file->segments = report_grow(file->segments, file->segment_count, &file->segment_room, sizeof *file->segments);
        file->segments[file->segment_count++] = (struct segment){header.p_offset, header.p_filesz, header.p_vaddr};
    }
}

static void add_symbol(struct symbol_file *file, const GElf_Sym *symbol, const char *name)
{
    size_t name_bytes = strlen(name) + 1;

    if (file->name_bytes + name_bytes > UINT32_MAX)
        return;
    while (file->name_room - file->name_bytes < name_bytes)
        file->names = report_grow(file->names, file->name_room, &file->name_room, 1);
    file->symbols = report_grow(file->symbols, file->symbol_count, &file->symbol_room, sizeof *file->symbols);
    memcpy(file->names + file->name_bytes, name, name_bytes);
    file->symbols[file->symbol_count++] =
        (struct symbol){symbol->st_value, symbol->st_value + symbol->st_size, (uint32_t)file->name_bytes};
    file->name_bytes += name_bytes;
}

/* Functions that are in the file and have a size. */
static void add_symbols(struct symbol_file *file, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;

    for (int at = 1; data && gelf_getsym(data, at, &symbol); at++) {
        int type = GELF_ST_TYPE(symbol.st_info);
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
        if ((type == STT_FUNC || type == STT_GNU_IFUNC) && symbol.st_shndx != SHN_UNDEF && symbol.st_size && name && *name &&
            symbol.st_value + symbol.st_size > symbol.st_value)
            add_symbol(file, &symbol, name);
    }
}

/* By address; of several names for one function that with fewer underscores in front, then the first by the alphabet. */
static int compare_symbols(const void *a, const void *b, void *context)
{
    const struct symbol *one = a, *other = b;
    const char *names = context, *name = names + one->name, *other_name = names + other->name;
    size_t lines = strspn(name, "_"), other_lines = strspn(other_name, "_");

    if (one->start != other->start)
        return one->start < other->start ? -1 : 1;
    if (lines != other_lines)
        return lines < other_lines ? -1 : 1;
    return strcmp(name, other_name);
}

static void sort_symbols(struct symbol_file *file)
{
    size_t kept = 0;

    if (file->symbol_count)
        qsort_r(file->symbols, file->symbol_count, sizeof *file->symbols, compare_symbols, file->names);
    for (size_t at = 0; at < file->symbol_count; at++)
        if (kept == 0 || file->symbols[at].start != file->symbols[kept - 1].start)
            file->symbols[kept++] = file->symbols[at];
    file->symbol_count = kept;
}

/* A stripped file has but the symbols that others link to; another one has those too among all of its own. */
static void read_elf(struct symbol_file *file, Elf *elf)
{
    Elf_Scn *section = NULL, *chosen = NULL;
    GElf_Shdr header, chosen_header = {0};

    while ((section = elf_nextscn(elf, section)) != NULL) {
        if (!gelf_getshdr(section, &header))
            continue;
        if (header.sh_type == SHT_SYMTAB || (header.sh_type == SHT_DYNSYM && !chosen)) {
            chosen = section;
            chosen_header = header;
        }
    }
    add_segments(file, elf);
    if (chosen)
        add_symbols(file, elf, chosen, &chosen_header);
    sort_symbols(file);
}

/* The path comes from a profile: only a regular file is read, and only if it is still the one that ran. */
static void read_file(struct symbol_file *file, const char *path, uint64_t time_unix_s)
{
    struct stat status;
    int fd = *path == '/' ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;

    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (uint64_t)status.st_mtime <= time_unix_s &&
        elf_version(EV_CURRENT) != EV_NONE) {
        Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
        if (elf && elf_kind(elf) == ELF_K_ELF)
            read_elf(file, elf);
        elf_end(elf);
    }
    close(fd);
}

static const struct symbol_file *find_file(struct symbols *symbols, uint32_t number, const char *path, uint64_t time_unix_s)
{
    for (size_t at = 0; at < symbols->file_count; at++)
        if (symbols->files[at].path == number)
            return &symbols->files[at];
    symbols->files = report_grow(symbols->files, symbols->file_count, &symbols->file_room, sizeof *symbols->files);
    struct symbol_file *file = &symbols->files[symbols->file_count++];
    *file = (struct symbol_file){.path = number};
    read_file(file, path, time_unix_s);
    return file;
}

const char *symbols_find(struct symbols *symbols, uint32_t number, const char *path, uint64_t file_offset, uint64_t time_unix_s)
{
    const struct symbol_file *file = find_file(symbols, number, path, time_unix_s);
    size_t low = 0, high = file->symbol_count, segment = 0;

    while (segment < file->segment_count && file_offset - file->segments[segment].file_offset >= file->segments[segment].file_bytes)
        segment++;
    if (segment == file->segment_count)
        return NULL;
    uint64_t address = file_offset - file->segments[segment].file_offset + file->segments[segment].address;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file->symbols[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low && address < file->symbols[low - 1].end ? file->names + file->symbols[low - 1].name : NULL;
}

void symbols_free(struct symbols *symbols)
{
    for (size_t at = 0; at < symbols->file_count; at++) {
        free(symbols->files[at].symbols);
        free(symbols->files[at].segments);
        free(symbols->files[at].names);
    }
    free(symbols->files);
}
