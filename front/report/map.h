/* map.h: two hash tables of numbers, from which the reader builds everything it has to find again.
 *
 * Owns: `index_map`, which finds a number by a key that lies elsewhere (strings, frames, stacks); `number_map`, which keeps a
 * value of 32 bits for a key of 64. Does not own: the keys of an index_map. Both probe linearly and double when they are three
 * quarters full. Not safe for threads. Without memory the command ends with an error line. */
#ifndef PYMM_REPORT_MAP_H
#define PYMM_REPORT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAP_NONE = UINT32_MAX }; /* no entry */

/* Memory that is there or ends the command. `report_grow` makes room in an array for one element more. */
void *report_alloc(size_t count, size_t element_bytes);
void *report_grow(void *array, size_t used_count, size_t *room_count, size_t element_bytes);

uint64_t map_mix(uint64_t key);                              /* spreads a key over all bits */
uint64_t map_hash_bytes(const void *bytes, size_t byte_count);

struct index_slot {
    uint32_t hash, entry;
};
struct index_map {
    struct index_slot *slots;
    size_t slot_count, used_count;
};
typedef bool index_is_same(const void *context, uint32_t entry, const void *key);

/* The entry whose key is the same, or MAP_NONE. */
uint32_t index_map_find(const struct index_map *map, uint64_t hash, index_is_same *is_same, const void *context,
                        const void *key);
/* Add an entry that is not there. */
void index_map_add(struct index_map *map, uint64_t hash, uint32_t entry);
void index_map_free(struct index_map *map);

struct number_map {
    uint64_t *keys;
    uint32_t *values; /* MAP_NONE: empty */
    size_t slot_count, used_count;
};
/* The value of the key, or MAP_NONE. */
uint32_t number_map_find(const struct number_map *map, uint64_t key);
/* Set the value, which is not MAP_NONE; the value from before, or MAP_NONE. */
uint32_t number_map_set(struct number_map *map, uint64_t key, uint32_t value);
/* Remove the key; its value, or MAP_NONE. */
uint32_t number_map_take(struct number_map *map, uint64_t key);
void number_map_free(struct number_map *map);

#endif
