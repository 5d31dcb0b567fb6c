/* profile_stack.c: stacks of a profile, as a tree: a node is a frame and the node that called it. Strings and codes too.
 *
 * A frame's node is found by its caller's number, its code and its position: the line is asked for only when the node is new.
 * All stays in memory for a fold, which writes it again with the same numbers.
 * Most samples come from a stack that had one before: its site is found by a hash of all frames, in one step. Of other stacks the
 * outer frames are mostly known: each node is found by a hash of its frames, too.
 * Owns: strings, codes, stacks, the cache from a code's address to its number, the places. Read profile_internal.h first. */
#include "trace/profile_internal.h"

#include <errno.h>

#define CODE_GAP UINT32_MAX
#define CODE_NATIVE (UINT32_MAX - 1) /* position and line are the address */
#define NATIVE_FRAMES_MAX 64
#define CACHE_COUNT_MIN 256
#define PLACE_COUNT 8192

typedef struct string_item {
    uint64_t hash;
    const char *text;
    uint32_t text_bytes;
} string_item;

typedef struct code_item {
    uint64_t content;
    uint32_t file, function, first_line;
} code_item;

typedef struct stack_item {
    uint32_t caller, code, position, line;
} stack_item;

/* Which number the code at an address has, as long as its stamp is that. */
typedef struct code_place {
    const void *code;
    uint64_t stamp;
    uint32_t number;
} code_place;

static profile_array strings, codes, stacks;
static profile_index string_index, code_index, stack_index;
static code_place *code_cache;
static size_t code_cache_count, code_cache_used;
static profile_place places[PLACE_COUNT]; /* sites, and nodes, by hash; the one that comes last stays */
static const trace_profile_language *language;
static bool has_native_frames;

void profile_stacks_start(const trace_profile_language *its_language, bool has_native)
{
    language = its_language;
    has_native_frames = has_native;
    void *first_walk[1]; /* loads a library, which must not happen with the lock held */
    if (has_native) {
        os_stack_walk(first_walk, 1);
        os_stack_reach();
    }
}

void *profile_array_next(profile_array *array, size_t item_bytes)
{
    if (array->count == array->capacity) {
        size_t capacity = array->capacity == 0 ? os_page_bytes() / item_bytes : array->capacity * 2;
        void *grown = trace_pages_take(capacity * item_bytes);
        if (grown == NULL)
            return NULL;
        if (array->capacity != 0) {
            memcpy(grown, array->items, array->count * item_bytes);
            trace_pages_put(array->items, array->capacity * item_bytes);
        }
        array->items = grown;
        array->capacity = capacity;
    }
    return (char *)array->items + array->count * item_bytes;
}

bool profile_index_reserve(profile_index *index, size_t item_count)
{
    if ((item_count + 1) * 2 <= index->slot_count)
        return true;
    size_t slot_count = index->slot_count == 0 ? os_page_bytes() / sizeof *index->slots : index->slot_count * 2;
    profile_index grown = {trace_pages_take(slot_count * sizeof *grown.slots), slot_count};
    if (grown.slots == NULL)
        return false;
    for (size_t i = 0; i < index->slot_count; i++)
        if (index->slots[i].item != 0)
            profile_index_put(&grown, index->slots[i].hash, index->slots[i].item);
    if (index->slot_count != 0)
        trace_pages_put(index->slots, index->slot_count * sizeof *index->slots);
    *index = grown;
    return true;
}

static string_item *string_at(uint32_t string) { return (string_item *)strings.items + (string - 1); }
static code_item *code_at(uint32_t code) { return (code_item *)codes.items + (code - 1); }
static stack_item *stack_at(uint32_t stack) { return (stack_item *)stacks.items + (stack - 1); }

/* Strings --------------------------------------------------------------------------------------------------------- */

static bool is_same_string(uint32_t string, const void *key)
{
    const string_item *item = string_at(string), *wanted = key;
    return item->hash == wanted->hash && item->text_bytes == wanted->text_bytes &&
           memcmp(item->text, wanted->text, item->text_bytes) == 0;
}

static void string_write(profile_file *file, uint32_t string)
{
    const string_item *item = string_at(string);
    profile_string record = {{0, PROFILE_STRING, 0}, string, item->text_bytes};
    profile_file_append_text(file, &record, sizeof record, item->text, item->text_bytes);
}

static uint32_t string_intern(profile_file *file, const char *text, size_t text_bytes)
{
    string_item item = {text_bytes, text, (uint32_t)text_bytes};
    for (size_t i = 0; i < text_bytes; i++)
        item.hash = profile_mix(item.hash, (unsigned char)text[i]);
    uint32_t string = profile_index_get(&string_index, (uint32_t)item.hash, is_same_string, &item);
    if (string != 0)
        return string;
    string_item *place = profile_array_next(&strings, sizeof item);
    char *kept = heap_meta_take(text_bytes + 1);
    if (place == NULL || kept == NULL || !profile_index_reserve(&string_index, strings.count))
        return 0;
    item.text = memcpy(kept, text, text_bytes);
    *place = item;
    string = (uint32_t)++strings.count;
    profile_index_put(&string_index, (uint32_t)item.hash, string);
    string_write(file, string);
    return string;
}

/* Codes ----------------------------------------------------------------------------------------------------------- */

static uint32_t hash_code(const code_item *item)
{
    return (uint32_t)profile_mix(profile_mix(item->content, (uint64_t)item->file << 32 | item->function), item->first_line);
}

static bool is_same_code(uint32_t code, const void *key)
{
    const code_item *item = code_at(code), *wanted = key;
    return item->content == wanted->content && item->file == wanted->file && item->function == wanted->function &&
           item->first_line == wanted->first_line;
}

static void code_write(profile_file *file, uint32_t code)
{
    const code_item *item = code_at(code);
    profile_code record = {{0, PROFILE_CODE, 0}, code, item->file, item->function, item->first_line};
    profile_file_append(file, &record, sizeof record);
}

/* A code that was made anew, as a module that is imported again makes it, is the same one. */
static uint32_t code_intern(profile_file *file, const void *code)
{
    static trace_profile_code description;
    description = (trace_profile_code){0};
    language->describe(code, &description);
    code_item item = {description.content, string_intern(file, description.file, description.file_bytes),
                      string_intern(file, description.function, description.function_bytes), description.first_line};
    uint32_t hash = hash_code(&item);
    uint32_t number = profile_index_get(&code_index, hash, is_same_code, &item);
    if (number != 0)
        return number;
    code_item *place = profile_array_next(&codes, sizeof item);
    if (place == NULL || !profile_index_reserve(&code_index, codes.count))
        return 0;
    *place = item;
    number = (uint32_t)++codes.count;
    profile_index_put(&code_index, hash, number);
    code_write(file, number);
    return number;
}

static code_place *cache_place(code_place *cache, size_t count, const void *code)
{
    size_t at = profile_mix(0, (uintptr_t)code) & (count - 1);
    while (cache[at].code != NULL && cache[at].code != code)
        at = (at + 1) & (count - 1);
    return &cache[at];
}

static bool cache_grow(void)
{
    size_t count = code_cache_count == 0 ? CACHE_COUNT_MIN : code_cache_count * 2;
    code_place *grown = trace_pages_take(count * sizeof *grown);
    if (grown == NULL)
        return false;
    for (size_t i = 0; i < code_cache_count; i++)
        if (code_cache[i].code != NULL)
            *cache_place(grown, count, code_cache[i].code) = code_cache[i];
    if (code_cache_count != 0)
        trace_pages_put(code_cache, code_cache_count * sizeof *code_cache);
    code_cache = grown;
    code_cache_count = count;
    return true;
}

/* 0: no memory. */
PYMM_SAMPLING static uint32_t code_number(profile_file *file, const trace_profile_frame *frame)
{
    if (code_cache_used * 2 >= code_cache_count && !cache_grow())
        return 0;
    code_place *place = cache_place(code_cache, code_cache_count, frame->code);
    if (place->code != frame->code || place->stamp != frame->stamp) {
        code_place made = {frame->code, frame->stamp, code_intern(file, frame->code)};
        if (made.number == 0)
            return 0;
        code_cache_used += place->code == NULL;
        *place = made;
    }
    return place->number;
}

/* Stacks ---------------------------------------------------------------------------------------------------------- */

static uint32_t hash_stack(const stack_item *item)
{
    uint64_t hash = profile_mix(item->caller, (uint64_t)item->code << 32 | item->position);
    return (uint32_t)(item->code == CODE_NATIVE ? profile_mix(hash, item->line) : hash);
}

static bool is_same_stack(uint32_t stack, const void *key)
{
    const stack_item *item = stack_at(stack), *wanted = key;
    return item->caller == wanted->caller && item->code == wanted->code && item->position == wanted->position &&
           (item->code != CODE_NATIVE || item->line == wanted->line);
}

PYMM_SAMPLING static void stack_write(profile_file *file, uint32_t stack)
{
    const stack_item *item = stack_at(stack);
    profile_stack record = {.record = {0, PROFILE_STACK, 0}, .stack = stack, .caller = item->caller};
    if (item->code == CODE_NATIVE) {
        record.frame = PROFILE_FRAME_NATIVE;
        record.address = (uint64_t)item->position << 32 | item->line;
    } else if (item->code == CODE_GAP) {
        record.frame = PROFILE_FRAME_GAP;
    } else {
        record.frame = PROFILE_FRAME_PYTHON;
        record.code = item->code;
        record.line = item->line;
    }
    profile_file_append(file, &record, sizeof record);
}

/* The node of this key; `code` is asked for the line when it is new. 0: no memory. */
PYMM_SAMPLING static uint32_t stack_intern(profile_file *file, const stack_item *key, const void *code)
{
    uint32_t hash = hash_stack(key);
    uint32_t stack = profile_index_get(&stack_index, hash, is_same_stack, key);
    if (stack != 0)
        return stack;
    stack_item *place = profile_array_next(&stacks, sizeof *place);
    if (place == NULL || !profile_index_reserve(&stack_index, stacks.count))
        return 0;
    *place = *key;
    if (code != NULL)
        place->line = language->line_of(code, key->position);
    stack = (uint32_t)++stacks.count;
    profile_index_put(&stack_index, hash, stack);
    stack_write(file, stack);
    return stack;
}

/* Callers from the allocator outwards until the language's interpreter: by its place on the stack where that is known, else by the name of
 * its loop, which compilers may split into parts that have none. */
static size_t native_walk(void **addresses, bool *is_met)
{
    const void *interpreter = language == NULL ? NULL : language->interpreter();
    ptrdiff_t known = interpreter == NULL ? -1 : os_stack_walk_to(interpreter, addresses, NATIVE_FRAMES_MAX, is_met);
    if (known >= 0)
        return (size_t)known;
    size_t count = os_stack_walk(addresses, NATIVE_FRAMES_MAX);
    os_symbol symbol;
    for (size_t i = 0; i < count && !*is_met; i++) {
        *is_met = os_symbol_of(addresses[i], &symbol) && symbol.name != NULL &&
                  strncmp(symbol.name, "_PyEval_EvalFrameDefault", 24) == 0;
        if (*is_met)
            count = i;
    }
    return count;
}

/* Frames of C code below those of the language. Where the walk ends before it meets the interpreter, because there are too many or
 * one of them cannot be walked through, there is a gap. */
static uint32_t native_frames(profile_file *file, uint32_t caller)
{
    static void *addresses[NATIVE_FRAMES_MAX];
    bool is_met = false;
    size_t end = native_walk(addresses, &is_met), first = 0;
    os_symbol symbol, own;
    bool is_own_known = os_symbol_of((const void *)(uintptr_t)native_frames, &own);
    for (size_t i = 0; is_own_known && i < end; i++)
        if (os_symbol_of(addresses[i], &symbol) && strcmp(symbol.object, own.object) == 0)
            first = i + 1;
    if (!is_met && (caller != 0 || end == NATIVE_FRAMES_MAX)) {
        uint32_t gap = stack_intern(file, &(stack_item){caller, CODE_GAP, 0, 0}, NULL);
        caller = gap != 0 ? gap : caller;
    }
    for (size_t i = end; i-- > first;) {
        uint64_t address = (uintptr_t)addresses[i] - 1; /* of the call, not behind it */
        stack_item key = {caller, CODE_NATIVE, (uint32_t)(address >> 32), (uint32_t)address};
        uint32_t stack = stack_intern(file, &key, NULL);
        if (stack == 0)
            return caller;
        caller = stack;
    }
    return caller;
}

/* A stack of the language as it was found, innermost frame first. Under the lock. */
static trace_profile_frame frames[TRACE_PROFILE_FRAMES_MAX];
static uint64_t hashes[TRACE_PROFILE_FRAMES_MAX]; /* of each frame and all that are further out; never 0 */

static profile_place *place_at(uint64_t hash) { return &places[hash >> 32 & (PLACE_COUNT - 1)]; }

/* The stack of the frames. Without memory: the outer ones of them, and *is_whole is false. */
PYMM_SAMPLING static uint32_t stack_of(profile_file *file, unsigned frame_count, bool *is_whole)
{
    unsigned new_count = 0;
    while (new_count < frame_count && place_at(hashes[new_count])->hash != hashes[new_count])
        new_count++;
    uint32_t stack = new_count == frame_count ? 0 : place_at(hashes[new_count])->stack;
    for (unsigned i = new_count; i-- > 0;) {
        const trace_profile_frame *frame = &frames[i];
        stack_item key = {stack, CODE_GAP, 0, 0};
        if (frame->code != NULL) {
            key.code = code_number(file, frame);
            key.position = frame->position;
        }
        uint32_t next = key.code == 0 ? 0 : stack_intern(file, &key, frame->code);
        *is_whole = next != 0;
        if (next == 0)
            return stack;
        stack = next;
        *place_at(hashes[i]) = (profile_place){hashes[i], stack, 0};
    }
    return stack;
}

/* Is the place the same whenever the hash is? Not where there is more than the hash is of. */
PYMM_SAMPLING static void place_find(profile_file *file, uint32_t thread, unsigned domain, unsigned frame_count, uint64_t hash)
{
    int saved_errno = errno;
    bool is_whole = true;
    uint32_t stack = stack_of(file, frame_count, &is_whole);
    if (has_native_frames)
        stack = native_frames(file, stack);
    *place_at(hash) = (profile_place){!is_whole || has_native_frames ? 0 : hash, stack, profile_site_get(stack, thread, domain)};
    errno = saved_errno;
}

PYMM_SAMPLING const profile_place *profile_place_now(profile_file *file, uint32_t thread, unsigned domain)
{
    unsigned frame_count = language == NULL ? 0 : language->walk(frames);
    uint64_t hash = 1;
    for (unsigned i = frame_count; i-- > 0;) {
        hash = profile_mix(hash, frames[i].stamp);
        hash = hashes[i] = profile_mix(hash, (uint64_t)(uintptr_t)frames[i].code << 16 ^ frames[i].position) | 1;
    }
    hash = profile_mix(hash, (uint64_t)thread << 8 | domain) | 1;
    const profile_place *place = place_at(hash);
    if (PYMM_UNLIKELY(place->hash != hash || place->site == 0))
        place_find(file, thread, domain, frame_count, hash);
    return place;
}

void profile_stacks_write(profile_file *file)
{
    for (uint32_t string = 1; string <= strings.count; string++)
        string_write(file, string);
    for (uint32_t code = 1; code <= codes.count; code++)
        code_write(file, code);
    for (uint32_t stack = 1; stack <= stacks.count; stack++)
        stack_write(file, stack);
}

uint64_t profile_stacks_bytes(void)
{
    return strings.count * (sizeof(profile_string) + 32) + codes.count * sizeof(profile_code) + stacks.count * sizeof(profile_stack);
}
