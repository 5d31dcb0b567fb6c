/* map.c: hash tables of numbers, and memory that is there or ends the command. Read first: map.h. */
#include "map.h"

#include <stdlib.h>
#include <string.h>

#include "command/command.h"

static void out_of_memory(void)
{
    exit(command_error(STATUS_REFUSED, "report: out of memory; free memory, or filter with --domain or --thread"));
}

void *report_alloc(size_t count, size_t element_bytes)
{
    void *memory = calloc(count ? count : 1, element_bytes);

    if (!memory)
        out_of_memory();
    return memory;
}

void *report_grow(void *array, size_t used_count, size_t *room_count, size_t element_bytes)
{
    if (used_count < *room_count)
        return array;
    size_t room = *room_count ? *room_count * 2 : 16;
    array = reallocarray(array, room, element_bytes);
    if (!array)
        out_of_memory();
    *room_count = room;
    return array;
}

uint64_t map_mix(uint64_t key)
{
    key = (key ^ (key >> 32)) * 0x9e3779b97f4a7c15u;
    return key ^ (key >> 29);
}

uint64_t map_hash_bytes(const void *bytes, size_t byte_count)
{
    const unsigned char *at = bytes;
    uint64_t hash = byte_count;

    for (; byte_count >= 8; at += 8, byte_count -= 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        hash = map_mix(hash ^ word);
    }
    uint64_t word = 0;
    memcpy(&word, at, byte_count);
    return map_mix(hash ^ word);
}

static void index_map_put(struct index_map *map, struct index_slot slot)
{
    size_t mask = map->slot_count - 1, at = slot.hash & mask;

    while (map->slots[at].entry != MAP_NONE)
        at = (at + 1) & mask;
    map->slots[at] = slot;
}

uint32_t index_map_find(const struct index_map *map, uint64_t hash, index_is_same *is_same, const void *context,
                        const void *key)
{
    if (!map->slot_count)
        return MAP_NONE;
    size_t mask = map->slot_count - 1;
    for (size_t at = (uint32_t)hash & mask; map->slots[at].entry != MAP_NONE; at = (at + 1) & mask)
        if (map->slots[at].hash == (uint32_t)hash && is_same(context, map->slots[at].entry, key))
            return map->slots[at].entry;
    return MAP_NONE;
}

void index_map_add(struct index_map *map, uint64_t hash, uint32_t entry)
{
    if (map->used_count >= map->slot_count / 4 * 3) {
        struct index_map larger = {.slot_count = map->slot_count ? map->slot_count * 2 : 64, .used_count = map->used_count};
        larger.slots = report_alloc(larger.slot_count, sizeof *larger.slots);
        memset(larger.slots, 0xff, larger.slot_count * sizeof *larger.slots);
        for (size_t at = 0; at < map->slot_count; at++)
            if (map->slots[at].entry != MAP_NONE)
                index_map_put(&larger, map->slots[at]);
        free(map->slots);
        *map = larger;
    }
    index_map_put(map, (struct index_slot){(uint32_t)hash, entry});
    map->used_count++;
}

void index_map_free(struct index_map *map)
{
    free(map->slots);
    *map = (struct index_map){0};
}

/* The slot of the key, or the empty one where it would be. */
static size_t number_map_slot(const struct number_map *map, uint64_t key)
{
    size_t mask = map->slot_count - 1, at = map_mix(key) & mask;

    while (map->values[at] != MAP_NONE && map->keys[at] != key)
        at = (at + 1) & mask;
    return at;
}

uint32_t number_map_find(const struct number_map *map, uint64_t key)
{
    return map->slot_count ? map->values[number_map_slot(map, key)] : MAP_NONE;
}

static void number_map_resize(struct number_map *map, size_t slot_count)
{
    struct number_map other = {.slot_count = slot_count, .used_count = map->used_count};

    other.keys = report_alloc(slot_count, sizeof *other.keys);
    other.values = report_alloc(slot_count, sizeof *other.values);
    memset(other.values, 0xff, slot_count * sizeof *other.values);
    for (size_t at = 0; at < map->slot_count; at++)
        if (map->values[at] != MAP_NONE) {
            size_t to = number_map_slot(&other, map->keys[at]);
            other.keys[to] = map->keys[at];
            other.values[to] = map->values[at];
        }
    number_map_free(map);
    *map = other;
}

uint32_t number_map_set(struct number_map *map, uint64_t key, uint32_t value)
{
    if (map->used_count >= map->slot_count / 4 * 3)
        number_map_resize(map, map->slot_count ? map->slot_count * 2 : 64);
    size_t at = number_map_slot(map, key);
    uint32_t before = map->values[at];
    map->used_count += before == MAP_NONE;
    map->keys[at] = key;
    map->values[at] = value;
    return before;
}

uint32_t number_map_take(struct number_map *map, uint64_t key)
{
    if (!map->slot_count)
        return MAP_NONE;
    size_t mask = map->slot_count - 1, hole = number_map_slot(map, key);
    uint32_t value = map->values[hole];
    if (value == MAP_NONE)
        return MAP_NONE;
    /* Entries behind the hole that do not lie where they hash to move up, so that no search ends too early. */
    for (size_t at = (hole + 1) & mask; map->values[at] != MAP_NONE; at = (at + 1) & mask) {
        size_t home = map_mix(map->keys[at]) & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            map->keys[hole] = map->keys[at];
            map->values[hole] = map->values[at];
            hole = at;
        }
    }
    map->values[hole] = MAP_NONE;
    map->used_count--;
    return value;
}

void number_map_free(struct number_map *map)
{
    free(map->keys);
    free(map->values);
    *map = (struct number_map){0};
}
