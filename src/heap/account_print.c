/* account_print.c: where resident memory is, as text for a person and as JSON for a program. Allocates nothing.
 *
 * Owns: the two forms. Does not own: the figures (account.c). */
#include "heap/internal.h"

static const char *const live_labels[PYMM_DOMAIN_COUNT] = {"  live in raw", "  live in mem", "  live in obj"};

static const struct part {
    size_t offset; /* in pymm_account */
    const char *label, *meaning, *name;
} parts[] = {
#define PART(name, label, meaning) {offsetof(pymm_account, name), "  " label, meaning, #name}
    PART(slot_bytes, "free slots", "on pages that hold live blocks as well"),
    PART(magazine_bytes, "magazines", "free slots that threads keep at hand"),
    PART(kept_bytes, "kept pages", "without a live block, kept for later"),
    PART(metadata_bytes, "metadata", "descriptors, maps and caches; what a profile keeps"),
    PART(malloc_bytes, "C library", "blocks of its malloc"),
    PART(stack_bytes, "thread stacks", ""),
    PART(main_stack_bytes, "main stack", ""),
    PART(code_bytes, "code", "of program and libraries, shared with other processes as a rule"),
    PART(data_bytes, "variables", "of program and libraries"),
    PART(file_bytes, "mapped files", "other than program and libraries"),
    PART(shared_bytes, "shared memory", ""),
    PART(anonymous_bytes, "other mappings", "that nobody named"),
#undef PART
};

static size_t part_bytes(const pymm_account *account, const struct part *part)
{
    return *(const size_t *)((const char *)account + part->offset);
}

static void print_part(base_out *out, const char *label, size_t bytes, const char *meaning)
{
    if (bytes == 0)
        return;
    heap_print_bytes(out, label, bytes);
    base_out_print(out, *meaning == '\0' ? "\n" : "  %s\n", meaning);
}

void heap_account_write_text(base_out *out, const pymm_account *account)
{
    if (account->struct_bytes == 0) {
        base_out_print(out, "in memory: this system does not say what of the process is\n");
        return;
    }
    size_t most_mib = (account->resident_most_bytes * 10 + ((size_t)1 << 19)) >> 20;
    heap_print_bytes(out, "in memory", account->resident_bytes);
    base_out_print(out, "  the whole process, by the kernel's count; until now at most %zu.%zu MiB\n", most_mib / 10, most_mib % 10);
    for (unsigned i = 0; i < PYMM_DOMAIN_COUNT; i++)
        print_part(out, live_labels[i], account->live_bytes[i], "");
    for (size_t i = 0; i < PYMM_COUNT_OF(parts); i++)
        print_part(out, parts[i].label, part_bytes(account, &parts[i]), parts[i].meaning);
    if (account->unknown_bytes < 0) {
        heap_print_bytes(out, "  counted too much", (size_t)-account->unknown_bytes);
        base_out_print(out, "  as it changed meanwhile\n");
    } else {
        print_part(out, "  not explained", (size_t)account->unknown_bytes, "as it changed meanwhile");
    }
    size_t absent_bytes = 0;
    for (unsigned i = 0; i < PYMM_DOMAIN_COUNT; i++)
        absent_bytes += account->absent_live_bytes[i];
    heap_print_bytes(out, "not in memory", absent_bytes + account->absent_free_bytes);
    base_out_print(out, "  of the heap\n");
    print_part(out, "  live", absent_bytes, "never written, or swapped out");
    print_part(out, "  free", account->absent_free_bytes, "given back, or not used yet");
}

static void print_json_domains(base_out *out, const char *name, const size_t values[PYMM_DOMAIN_COUNT])
{
    base_out_print(out, ",\"%s\":{\"raw\":%zu,\"mem\":%zu,\"obj\":%zu}", name, values[0], values[1], values[2]);
}

void heap_account_write_json(base_out *out, const pymm_account *account)
{
    if (account->struct_bytes == 0) {
        base_out_print(out, "null");
        return;
    }
    base_out_print(out, "{\"resident_bytes\":%zu,\"resident_most_bytes\":%zu", account->resident_bytes,
                   account->resident_most_bytes);
    print_json_domains(out, "live_bytes", account->live_bytes);
    for (size_t i = 0; i < PYMM_COUNT_OF(parts); i++)
        base_out_print(out, ",\"%s\":%zu", parts[i].name, part_bytes(account, &parts[i]));
    base_out_print(out, ",\"unknown_bytes\":%s%zu", account->unknown_bytes < 0 ? "-" : "",
                   (size_t)(account->unknown_bytes < 0 ? -account->unknown_bytes : account->unknown_bytes));
    print_json_domains(out, "absent_live_bytes", account->absent_live_bytes);
    base_out_print(out, ",\"absent_free_bytes\":%zu}", account->absent_free_bytes);
}
