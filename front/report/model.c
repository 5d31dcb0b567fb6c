/* model.c: the parts of a profile that are interned: strings, frames, the tree of calls, threads, tallies.
 *
 * Does not own: events (events.c). Read first: model.h. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

void model_init(struct profile *profile)
{
    *profile = (struct profile){.sample_free = MAP_NONE, .reading = {-1, -1}, .highest = {-1, -1}, .moment_us = 1000};
    profile->nodes = report_grow(NULL, 0, &profile->node_room, sizeof *profile->nodes);
    profile->nodes[profile->node_count++] = (struct node){NODE_ROOT, MAP_NONE};
    model_string(profile, "", 0); /* string 0: nothing known */
}

void model_free(struct profile *profile)
{
    void *const owned[] = {profile->text,    profile->string_starts, profile->frames,  profile->nodes,
                           profile->threads, profile->tallies,       profile->samples, profile->log,
                           profile->has_thread};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    index_map_free(&profile->string_map);
    index_map_free(&profile->frame_map);
    index_map_free(&profile->node_map);
    index_map_free(&profile->tally_map);
    number_map_free(&profile->sample_map);
    number_map_free(&profile->thread_map);
}

struct text_key {
    const char *bytes;
    size_t byte_count;
};

static bool is_same_string(const void *context, uint32_t entry, const void *key)
{
    const struct text_key *text = key;
    const char *other = model_text(context, entry);

    return strlen(other) == text->byte_count && memcmp(other, text->bytes, text->byte_count) == 0;
}

static uint32_t string_add(struct profile *profile, struct text_key key)
{
    uint64_t hash = map_hash_bytes(key.bytes, key.byte_count);
    uint32_t string = index_map_find(&profile->string_map, hash, is_same_string, profile, &key);

    if (string != MAP_NONE)
        return string;
    if (profile->text_bytes + key.byte_count >= UINT32_MAX) /* 4 GiB of different names: no program's */
        return 0;
    while (profile->text_room - profile->text_bytes < key.byte_count + 1)
        profile->text = report_grow(profile->text, profile->text_room, &profile->text_room, 1);
    profile->string_starts = report_grow(profile->string_starts, profile->string_count, &profile->string_room,
                                         sizeof *profile->string_starts);
    string = (uint32_t)profile->string_count++;
    profile->string_starts[string] = (uint32_t)profile->text_bytes;
    memcpy(profile->text + profile->text_bytes, key.bytes, key.byte_count);
    profile->text[profile->text_bytes + key.byte_count] = '\0';
    profile->text_bytes += key.byte_count + 1;
    index_map_add(&profile->string_map, hash, string);
    return string;
}

uint32_t model_string(struct profile *profile, const char *bytes, size_t byte_count)
{
    size_t clean_bytes;
    char *clean = utf8_clean(bytes, byte_count, &clean_bytes);
    uint32_t string = string_add(profile, clean ? (struct text_key){clean, clean_bytes} : (struct text_key){bytes, byte_count});

    free(clean);
    return string;
}

const char *model_text(const struct profile *profile, uint32_t string)
{
    return profile->text + profile->string_starts[string];
}

bool model_is_frame(const void *context, uint32_t entry, const void *key)
{
    return memcmp(&((const struct profile *)context)->frames[entry], key, sizeof(struct frame)) == 0;
}

uint32_t model_frame(struct profile *profile, struct frame frame)
{
    uint64_t hash = map_hash_bytes(&frame, sizeof frame);
    uint32_t found = index_map_find(&profile->frame_map, hash, model_is_frame, profile, &frame);

    if (found != MAP_NONE)
        return found;
    profile->frames = report_grow(profile->frames, profile->frame_count, &profile->frame_room, sizeof *profile->frames);
    profile->frames[profile->frame_count] = frame;
    index_map_add(&profile->frame_map, hash, (uint32_t)profile->frame_count);
    return (uint32_t)profile->frame_count++;
}

static bool is_same_node(const void *context, uint32_t entry, const void *key)
{
    return memcmp(&((const struct profile *)context)->nodes[entry], key, sizeof(struct node)) == 0;
}

uint32_t model_node(struct profile *profile, uint32_t parent, uint32_t frame)
{
    struct node node = {parent, frame};
    uint64_t hash = map_hash_bytes(&node, sizeof node);
    uint32_t found = index_map_find(&profile->node_map, hash, is_same_node, profile, &node);

    if (found != MAP_NONE)
        return found;
    profile->nodes = report_grow(profile->nodes, profile->node_count, &profile->node_room, sizeof *profile->nodes);
    profile->nodes[profile->node_count] = node;
    index_map_add(&profile->node_map, hash, (uint32_t)profile->node_count);
    return (uint32_t)profile->node_count++;
}

uint32_t model_thread(struct profile *profile, uint64_t number, uint64_t system_id, const char *name, size_t name_bytes)
{
    uint32_t thread = number_map_find(&profile->thread_map, number);
    char text[32];

    if (system_id == profile->pid && profile->pid) {
        name = "main";
        name_bytes = strlen(name);
    } else if (!name_bytes) {
        name = text;
        name_bytes = (size_t)snprintf(text, sizeof text, "thread %llu", (unsigned long long)system_id);
    }
    if (thread == MAP_NONE) {
        profile->threads = report_grow(profile->threads, profile->thread_count, &profile->thread_room, sizeof *profile->threads);
        thread = (uint32_t)profile->thread_count++;
        number_map_set(&profile->thread_map, number, thread);
    }
    profile->threads[thread] = (struct thread){number, system_id, model_string(profile, name, name_bytes)};
    return thread;
}

struct tally_key {
    uint32_t node, thread, domain;
};

static bool is_same_tally(const void *context, uint32_t entry, const void *key)
{
    const struct tally *tally = &((const struct profile *)context)->tallies[entry];
    const struct tally_key *wanted = key;

    return tally->node == wanted->node && tally->thread == wanted->thread && tally->domain == wanted->domain;
}

uint32_t model_tally(struct profile *profile, uint32_t node, uint32_t thread, uint8_t domain)
{
    struct tally_key key = {node, thread, domain};
    uint64_t hash = map_hash_bytes(&key, sizeof key);
    uint32_t found = index_map_find(&profile->tally_map, hash, is_same_tally, profile, &key);

    if (found != MAP_NONE)
        return found;
    profile->tallies = report_grow(profile->tallies, profile->tally_count, &profile->tally_room, sizeof *profile->tallies);
    profile->tallies[profile->tally_count] = (struct tally){
        .node = node, .thread = thread, .domain = domain, .peak_epoch = profile->peak_epoch, .log_last = MAP_NONE};
    index_map_add(&profile->tally_map, hash, (uint32_t)profile->tally_count);
    return (uint32_t)profile->tally_count++;
}

const char *model_domain_name(unsigned domain)
{
    static const char *const names[DOMAIN_COUNT] = {"raw", "mem", "obj", "other"};

    return names[domain < DOMAIN_COUNT ? domain : DOMAIN_COUNT - 1];
}
