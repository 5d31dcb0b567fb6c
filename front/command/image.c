/* image.c: reads the facts of an executable file with libelf.
 *
 * Owns: opening, telling the kinds apart, the walk over program headers, dynamic section and symbols. Does not own:
 * where libraries are searched (image_search.c), what follows from the facts (python.c). Read first: image.h. */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The conditions under which the kernel starts a program in secure-execution mode: it ends with other rights than it
 * began with. Neither counts on a file system mounted nosuid, nor under no_new_privs. */
static bool image_gains_privileges(int fd, const struct stat *status)
{
    struct statvfs system;
    bool is_other_user = (status->st_mode & S_ISUID) && status->st_uid != getuid();
    bool is_other_group = (status->st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) && status->st_gid != getgid();
    bool has_capabilities = getuid() != 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0;

    if (!is_other_user && !is_other_group && !has_capabilities)
        return false;
    if (fstatvfs(fd, &system) == 0 && (system.f_flag & ST_NOSUID))
        return false;
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1;
}

static void image_read_loader(Elf *elf, struct image *image)
{
    size_t header_count, file_bytes;
    char *file = elf_rawfile(elf, &file_bytes);
    GElf_Phdr header;

    if (!file || elf_getphdrnum(elf, &header_count) != 0)
        return;
    for (size_t i = 0; i < header_count; i++) {
        if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_INTERP)
            continue;
        if (header.p_filesz < PATH_MAX && header.p_offset < file_bytes &&
            header.p_filesz <= file_bytes - header.p_offset)
            snprintf(image->loader, sizeof image->loader, "%.*s", (int)header.p_filesz, file + header.p_offset);
    }
}

static void image_read_dynamic(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, struct image *image)
{
    Elf_Data *data = elf_getdata(section, NULL);
    bool has_runpath = false;
    GElf_Dyn entry;

    for (int i = 0; data && gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++) {
        if (entry.d_tag != DT_NEEDED && entry.d_tag != DT_RUNPATH && entry.d_tag != DT_RPATH)
            continue;
        const char *text = elf_strptr(elf, header->sh_link, entry.d_un.d_val);
        if (!text)
            continue;
        if (entry.d_tag == DT_NEEDED) {
            if (text_starts_with(text, "libpython") || text_starts_with(text, "libpypy"))
                snprintf(image->python_library, sizeof image->python_library, "%s", text);
        } else if (!has_runpath) { /* RPATH counts only where there is no RUNPATH */
            snprintf(image->search_path, sizeof image->search_path, "%s", text);
            has_runpath = entry.d_tag == DT_RUNPATH;
        }
    }
}

/* The bytes of an unsigned long variable, from the section that holds it; 0 when they are not in the file. */
static unsigned long image_variable(Elf *elf, const GElf_Sym *symbol)
{
    Elf_Scn *section = elf_getscn(elf, symbol->st_shndx);
    GElf_Shdr header;
    unsigned long value = 0;

    if (!section || !gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS || symbol->st_size != sizeof value)
        return 0;
    Elf_Data *data = elf_rawdata(section, NULL);
    size_t offset = symbol->st_value - header.sh_addr;
    if (symbol->st_value < header.sh_addr || !data || !data->d_buf || offset > data->d_size ||
        data->d_size - offset < sizeof value)
        return 0;
    memcpy(&value, (char *)data->d_buf + offset, sizeof value);
    return value;
}

static void image_note_symbol(Elf *elf, const GElf_Sym *symbol, const char *name, struct image *image)
{
    if (symbol->st_shndx == SHN_UNDEF) {
        if (text_starts_with(name, "exec") || text_starts_with(name, "posix_spawn"))
            image->calls_exec = true;
        return;
    }
    if (strcmp(name, "Py_Main") == 0 || strcmp(name, "Py_BytesMain") == 0 || strcmp(name, "Py_Initialize") == 0)
        image->has_python = true;
    else if (strcmp(name, "PyMem_SetAllocator") == 0)
        image->has_python = image->has_set_allocator = true;
    else if (strcmp(name, "_Py_DecRefShared") == 0)
        image->has_shared_references = true;
    else if (strcmp(name, "Py_Version") == 0)
        image->version_hex = image_variable(elf, symbol);
}

static void image_read_symbols(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, struct image *image)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;

    image->has_symbols = data != NULL;
    for (int i = 1; data && gelf_getsym(data, i, &symbol); i++) {
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
        if (name)
            image_note_symbol(elf, &symbol, name, image);
    }
}

static void image_read_sections(Elf *elf, struct image *image)
{
    Elf_Scn *section = NULL, *symbols = NULL;
    GElf_Shdr header, symbols_header;

    while ((section = elf_nextscn(elf, section)) != NULL) {
        if (!gelf_getshdr(section, &header))
            continue;
        if (header.sh_type == SHT_DYNAMIC)
            image_read_dynamic(elf, section, &header, image);
        if (header.sh_type == SHT_DYNSYM || (header.sh_type == SHT_SYMTAB && !symbols)) {
            symbols = section;
            symbols_header = header;
        }
    }
    if (symbols)
        image_read_symbols(elf, symbols, &symbols_header, image);
}

static void image_read_elf(int fd, struct image *image)
{
    GElf_Ehdr header;

    image->kind = IMAGE_DAMAGED;
    if (elf_version(EV_CURRENT) == EV_NONE)
        return;
    Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    if (elf && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header) &&
        (header.e_type == ET_EXEC || header.e_type == ET_DYN)) {
        image->kind = IMAGE_ELF;
        image->elf_class = header.e_ident[EI_CLASS];
        image->byte_order = header.e_ident[EI_DATA];
        image->machine = header.e_machine;
        image->is_shared = header.e_type == ET_DYN;
        image_read_loader(elf, image);
        image_read_sections(elf, image);
    }
    elf_end(elf);
}

/* A shell takes a file that the kernel refuses as its own script, unless there is a zero byte in its first line. */
static bool image_is_text(const char *start, size_t bytes)
{
    const char *end = memchr(start, '\n', bytes);

    return memchr(start, '\0', end ? (size_t)(end - start) : bytes) == NULL;
}

int image_read(const char *path, struct image *image)
{
    char start[256] = "";
    struct stat status;

    memset(image, 0, sizeof *image);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno;
    ssize_t got = fstat(fd, &status) == 0 ? read(fd, start, sizeof start - 1) : -1;
    if (got < 0) {
        int error = errno;
        close(fd);
        return error;
    }
    image->file_bytes = (size_t)status.st_size;
    if (text_starts_with(start, "#!")) {
        image->kind = IMAGE_SCRIPT;
        snprintf(image->first_line, sizeof image->first_line, "%.*s", (int)strcspn(start + 2, "\n"), start + 2);
    } else if (text_starts_with(start, "\177ELF")) {
        image->gains_privileges = image_gains_privileges(fd, &status);
        image_read_elf(fd, image);
    } else {
        image->kind = image_is_text(start, (size_t)got) ? IMAGE_TEXT : IMAGE_OTHER;
    }
    close(fd);
    return 0;
}

bool image_is_same_machine(const struct image *a, const struct image *b)
{
    return a->elf_class == b->elf_class && a->byte_order == b->byte_order && a->machine == b->machine;
}
