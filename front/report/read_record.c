/* read_record.c: what each kind of record means for the profile. Read first: read.h, docs/profile-format.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read.h"

/* No address space is larger; sums of damaged numbers must not overflow. */
static const double bytes_most = (double)(UINT64_C(1) << 60);

size_t read_fixed_bytes(unsigned kind)
{
    static const size_t fixed_bytes[] = {
        [PROFILE_INFO] = sizeof(profile_info),     [PROFILE_STRING] = sizeof(profile_string),
        [PROFILE_CODE] = sizeof(profile_code),     [PROFILE_STACK] = sizeof(profile_stack),
        [PROFILE_THREAD] = sizeof(profile_thread), [PROFILE_SAMPLE] = sizeof(profile_sample),
        [PROFILE_FREE] = sizeof(profile_free),     [PROFILE_MEMORY] = sizeof(profile_memory),
        [PROFILE_MAPPING] = sizeof(profile_mapping), [PROFILE_FOLD] = sizeof(profile_fold),
        [PROFILE_SITE] = sizeof(profile_site),     [PROFILE_END] = sizeof(profile_end),
        [PROFILE_LEAVE] = sizeof(profile_leave),   [PROFILE_ACCOUNT] = sizeof(profile_account),
    };

    return kind < sizeof fixed_bytes / sizeof *fixed_bytes ? fixed_bytes[kind] : 0;
}

/* Define the next number of its kind. */
static bool define(struct reader *reader, struct numbers *numbers, uint32_t number, uint32_t value, const char *kind)
{
    if (number != numbers->count + 1)
        return read_trouble(reader, "a %s is numbered %u where %zu follows", kind, number, numbers->count + 1);
    numbers->values = report_grow(numbers->values, numbers->count, &numbers->room, sizeof *numbers->values);
    numbers->values[numbers->count++] = value;
    return true;
}

/* The value of a number that may be 0 for none. */
static bool look_up(struct reader *reader, const struct numbers *numbers, uint32_t number, uint32_t none, uint32_t *value,
                    const char *kind)
{
    if (number > numbers->count)
        return read_trouble(reader, "%s %u is used and was not defined", kind, number);
    *value = number ? numbers->values[number - 1] : none;
    return true;
}

/* Times before the file began (of kept samples) count as its beginning. */
static uint64_t time_us(uint64_t time_ns) { return (int64_t)time_ns < 0 ? 0 : time_ns / 1000; }

static bool read_info(struct reader *reader, const profile_info *info, const char *text, size_t text_bytes)
{
    struct profile *profile = reader->profile;
    uint32_t string = 0;

    if (info->fact != PROFILE_COMMAND) {
        string = model_string(profile, text, text_bytes);
    } else {
        /* Arguments end with a 0 each; shown with blanks between them. */
        char *command = report_alloc(text_bytes + 1, 1);
        for (size_t i = 0; i < text_bytes; i++)
            command[i] = text[i] ? text[i] : ' ';
        while (text_bytes && command[text_bytes - 1] == ' ')
            text_bytes--;
        string = model_string(profile, command, text_bytes);
        free(command);
    }
    switch (info->fact) {
    case PROFILE_PROGRAM:
        profile->program = string;
        break;
    case PROFILE_COMMAND:
        profile->command = string;
        break;
    case PROFILE_PYTHON_VERSION:
        profile->python = string;
        break;
    case PROFILE_PYMM_VERSION:
        profile->version = string;
        break;
    case PROFILE_NOTE:
        if (profile->note_count < sizeof profile->notes / sizeof *profile->notes)
            profile->notes[profile->note_count++] = string;
        break;
    default: /* of a newer minor version */
        break;
    }
    return true;
}

static bool read_code(struct reader *reader, const profile_code *code)
{
    uint32_t function = 0, file = 0;

    return look_up(reader, &reader->strings, code->function, 0, &function, "string") &&
           look_up(reader, &reader->strings, code->file, 0, &file, "string") &&
           define(reader, &reader->functions, code->code, function, "function") &&
           define(reader, &reader->files, code->code, file, "function") &&
           define(reader, &reader->first_lines, code->code, code->first_line, "function");
}

/* The function at an address, or "libx.so+0x1234"; the mapping that was read last counts. */
static struct frame native_frame(struct reader *reader, uint64_t address)
{
    char name[128];
    const char *file = "", *function = NULL;
    uint32_t file_string = 0;

    for (size_t at = reader->mapping_count; at-- > 0 && !*file;) {
        const struct mapping *mapping = &reader->mappings[at];
        if (address >= mapping->start && address < mapping->end) {
            file_string = mapping->name;
            file = model_text(reader->profile, mapping->name);
            address = address - mapping->start + mapping->file_offset;
        }
    }
    if (*file)
        function = symbols_find(&reader->symbols, file_string, file, address, reader->profile->started_unix_s);
    if (function)
        return (struct frame){model_string(reader->profile, function, strlen(function)), file_string, 0, 0};
    const char *slash = strrchr(file, '/');
    int length = snprintf(name, sizeof name, "%.100s+0x%llx", slash ? slash + 1 : file, (unsigned long long)address);
    return (struct frame){model_string(reader->profile, name, (size_t)length), file_string, 0, 0};
}

static bool read_stack(struct reader *reader, const profile_stack *stack)
{
    struct profile *profile = reader->profile;
    struct frame frame = {0};
    uint32_t caller = NODE_ROOT;
    static const char gap[] = "<frames left out>", unknown[] = "<frame of a newer pymm>";

    if (!look_up(reader, &reader->stacks, stack->caller, NODE_ROOT, &caller, "stack"))
        return false;
    if (stack->frame == PROFILE_FRAME_PYTHON) {
        if (!look_up(reader, &reader->functions, stack->code, 0, &frame.function, "function") ||
            !look_up(reader, &reader->files, stack->code, 0, &frame.file, "function") ||
            !look_up(reader, &reader->first_lines, stack->code, 0, &frame.first_line, "function"))
            return false;
        frame.line = stack->line;
    } else if (stack->frame == PROFILE_FRAME_NATIVE) {
        frame = native_frame(reader, stack->address);
    } else if (stack->frame == PROFILE_FRAME_GAP) {
        frame.function = model_string(profile, gap, sizeof gap - 1);
    } else {
        frame.function = model_string(profile, unknown, sizeof unknown - 1);
    }
    return define(reader, &reader->stacks, stack->stack, model_node(profile, caller, model_frame(profile, frame)), "stack");
}

/* Note that there is a thread of this name, for who asked for one that is not there. */
static void note_thread(struct reader *reader, const char *name, size_t name_bytes, const char *number)
{
    static const char more[] = ", ...";
    char *names = reader->profile->thread_names, *place = names + strlen(names);
    size_t room = sizeof reader->profile->thread_names - strlen(names) - sizeof more;

    if (reader->has_more_threads)
        return;
    int length = snprintf(place, room, "%s%.*s (%s)", *names ? ", " : "", (int)name_bytes, name, number);
    reader->has_more_threads = length < 0 || (size_t)length >= room;
    if (reader->has_more_threads)
        strcpy(place, more);
}

static bool is_wanted_thread(struct reader *reader, uint64_t system_id, const char *name, size_t name_bytes)
{
    const struct report_request *request = reader->request;
    bool is_wanted = request->thread_count == 0;
    char number[32];

    if (is_wanted)
        return true;
    snprintf(number, sizeof number, "%llu", (unsigned long long)system_id);
    if (system_id == reader->header.pid) {
        name = "main";
        name_bytes = strlen(name);
    }
    note_thread(reader, name, name_bytes, number);
    for (size_t i = 0; i < request->thread_count; i++)
        if (strcmp(request->threads[i], number) == 0 ||
            (strlen(request->threads[i]) == name_bytes && memcmp(request->threads[i], name, name_bytes) == 0))
            is_wanted = reader->profile->has_thread[i] = true;
    return is_wanted;
}

static bool read_thread(struct reader *reader, const profile_thread *thread, const char *text, size_t text_bytes)
{
    uint32_t value = MAP_NONE;
    bool is_known = thread->thread && thread->thread <= reader->threads.count;

    if (is_wanted_thread(reader, thread->system_id, text, text_bytes) ||
        (is_known && reader->threads.values[thread->thread - 1] != MAP_NONE))
        value = model_thread(reader->profile, thread->thread, thread->system_id, text, text_bytes);
    if (!is_known)
        return define(reader, &reader->threads, thread->thread, value, "thread");
    reader->threads.values[thread->thread - 1] = value;
    return true;
}

/* The tally of a sample or a site; MAP_NONE when a filter leaves it out. */
static bool find_tally(struct reader *reader, uint32_t stack, uint32_t thread, unsigned domain, uint32_t *tally)
{
    uint32_t node = NODE_ROOT, place = MAP_NONE;

    if (!look_up(reader, &reader->stacks, stack, NODE_ROOT, &node, "stack") ||
        !look_up(reader, &reader->threads, thread, MAP_NONE, &place, "thread"))
        return false;
    *tally = MAP_NONE;
    if (domain >= DOMAIN_COUNT)
        domain = DOMAIN_COUNT - 1;
    if (thread == 0 && reader->request->thread_count == 0)
        place = model_thread(reader->profile, 0, 0, "", 0);
    if (place != MAP_NONE && (reader->request->domains == 0 || reader->request->domains >> domain & 1))
        *tally = model_tally(reader->profile, node, place, (uint8_t)domain);
    return true;
}

/* Bytes and blocks from the file as an amount, when they are numbers that can be. */
static bool read_amount(struct reader *reader, double bytes, double blocks, struct amount *amount)
{
    double sum = bytes + (double)reader->profile->allocated.bytes + (double)reader->profile->live.bytes;

    if (!(bytes >= 0 && sum < bytes_most && blocks >= 0 && blocks < bytes_most))
        return read_trouble(reader, "a number of bytes or blocks cannot be");
    *amount = (struct amount){llround(bytes), blocks};
    return true;
}

static bool read_sample(struct reader *reader, const profile_sample *sample)
{
    struct amount amount;
    uint32_t tally;
    bool is_kept = sample->flags & PROFILE_KEPT;

    if (!read_amount(reader, (double)sample->size_bytes * sample->weight, sample->weight, &amount) ||
        !find_tally(reader, sample->stack, sample->thread, sample->domain, &tally))
        return false;
    if (tally == MAP_NONE)
        return true;
    if (is_kept)
        model_kept(reader->profile, time_us(sample->time_ns), sample->block, tally, amount);
    else
        model_allocated(reader->profile, time_us(sample->time_ns), sample->block, tally, amount);
    return true;
}

static bool read_site(struct reader *reader, const profile_site *site)
{
    struct amount allocated, peak;
    uint32_t tally;

    if (!read_amount(reader, site->allocated_bytes, site->allocated_count, &allocated) ||
        !read_amount(reader, site->peak_bytes, site->peak_count, &peak) ||
        !find_tally(reader, site->stack, site->thread, site->domain, &tally))
        return false;
    if (tally != MAP_NONE)
        model_folded(reader->profile, tally, allocated, peak);
    return true;
}

static bool read_mapping(struct reader *reader, const profile_mapping *mapping, const char *text, size_t text_bytes)
{
    reader->mappings = report_grow(reader->mappings, reader->mapping_count, &reader->mapping_room, sizeof *reader->mappings);
    reader->mappings[reader->mapping_count++] = (struct mapping){mapping->start, mapping->end, mapping->file_offset,
                                                                 model_string(reader->profile, text, text_bytes)};
    return true;
}

static bool read_fold(struct reader *reader, const profile_fold *fold)
{
    reader->profile->folded_until_us = time_us(fold->time_ns);
    reader->profile->peak_us = time_us(fold->peak_time_ns);
    return true;
}

static bool read_memory(struct reader *reader, const profile_memory *memory)
{
    struct reading reading = {(int64_t)memory->resident_bytes, (int64_t)memory->heap_resident_bytes};

    if (reading.resident_bytes < 0 || reading.heap_bytes < 0)
        return read_trouble(reader, "a number of resident bytes cannot be");
    if (!reader->has_left)
        model_memory(reader->profile, time_us(memory->time_ns), reading);
    return true;
}

static bool read_account(struct reader *reader, const profile_account *record)
{
    uint64_t wholes[] = {record->resident_bytes, record->absent_live_bytes, record->absent_free_bytes};
    struct account account = {.is_known = true, .time_us = time_us(record->time_ns)};
    bool is_sound = true;

    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
        is_sound = is_sound && wholes[i] < (uint64_t)bytes_most;
    for (unsigned part = 0; part < PROFILE_PART_COUNT; part++)
        is_sound = is_sound && record->parts[part] < (uint64_t)bytes_most / PROFILE_PART_COUNT;
    if (!is_sound)
        return read_trouble(reader, "a number of resident bytes cannot be");
    account.resident_bytes = account.unknown_bytes = (int64_t)record->resident_bytes;
    account.absent_live_bytes = (int64_t)record->absent_live_bytes;
    account.absent_free_bytes = (int64_t)record->absent_free_bytes;
    for (unsigned part = 0; part < PROFILE_PART_COUNT; part++) {
        account.parts[part] = (int64_t)record->parts[part];
        account.unknown_bytes -= account.parts[part];
    }
    if (!reader->has_left)
        model_account(reader->profile, &account);
    return true;
}

static bool read_leave(struct reader *reader, const profile_leave *leave)
{
    model_advance(reader->profile, time_us(leave->time_ns));
    reader->profile->left_us = reader->profile->duration_us;
    reader->has_left = true;
    return true;
}

static bool read_end(struct reader *reader, const profile_end *end)
{
    reader->has_ended = true;
    reader->profile->end_reason = end->reason;
    model_advance(reader->profile, time_us(end->time_ns));
    return true;
}

/* The length of the text by the record's own count, if it is there. */
static bool read_text(struct reader *reader, uint32_t wanted_bytes, const profile_record *record, size_t *text_bytes)
{
    if (wanted_bytes > record->record_bytes - record->fixed_bytes)
        return read_trouble(reader, "a text is longer than its record");
    if (wanted_bytes < *text_bytes)
        *text_bytes = wanted_bytes;
    return true;
}

bool read_record(struct reader *reader, const union any_record *any, const char *text, size_t text_bytes)
{
    const profile_record *record = &any->record;

    switch (record->kind) {
    case PROFILE_INFO:
        return read_text(reader, any->info.text_bytes, record, &text_bytes) && read_info(reader, &any->info, text, text_bytes);
    case PROFILE_STRING:
        return read_text(reader, any->string.text_bytes, record, &text_bytes) &&
               define(reader, &reader->strings, any->string.string, model_string(reader->profile, text, text_bytes), "string");
    case PROFILE_CODE:
        return read_code(reader, &any->code);
    case PROFILE_STACK:
        return read_stack(reader, &any->stack);
    case PROFILE_THREAD:
        return read_text(reader, any->thread.text_bytes, record, &text_bytes) &&
               read_thread(reader, &any->thread, text, text_bytes);
    case PROFILE_SAMPLE:
        return reader->has_left || read_sample(reader, &any->sample);
    case PROFILE_FREE:
        if (!reader->has_left)
            model_freed(reader->profile, time_us(any->free.time_ns), any->free.block);
        return true;
    case PROFILE_LEAVE:
        return read_leave(reader, &any->leave);
    case PROFILE_MEMORY:
        return read_memory(reader, &any->memory);
    case PROFILE_ACCOUNT:
        return read_account(reader, &any->account);
    case PROFILE_MAPPING:
        return read_text(reader, any->mapping.text_bytes, record, &text_bytes) &&
               read_mapping(reader, &any->mapping, text, text_bytes);
    case PROFILE_FOLD:
        return read_fold(reader, &any->fold);
    case PROFILE_SITE:
        return read_site(reader, &any->site);
    default:
        return read_end(reader, &any->end);
    }
}
