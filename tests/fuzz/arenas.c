/* arenas.c: arena sources for the model: memory at odd alignments, returned exactly once and with the right size.
 *
 * Owns: three sources and what each has given out. The model switches between them and the heap's own range at any moment.
 * Read model.h first. */
#include "model.h"

#include <pthread.h>

enum { SOURCE_COUNT = 3, GUARD_BYTES = 32768 };

typedef struct fuzz_source {
    size_t offset_bytes;
    size_t held_count;
} fuzz_source;

static fuzz_source sources[SOURCE_COUNT] = {{0, 0}, {4112, 0}, {13, 0}};
static pthread_mutex_t sources_lock = PTHREAD_MUTEX_INITIALIZER;
static heap_arena_source own_source;

/* The word before an arena says where its map begins, the word behind it that it is in use. */
static void *source_alloc(void *ctx, size_t bytes)
{
    fuzz_source *source = ctx;
    size_t map_bytes = bytes + 2 * GUARD_BYTES;
    char *map = mmap(NULL, map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TEST_REQUIRE(map != MAP_FAILED, "no memory for an arena");
    char *start = map + GUARD_BYTES + source->offset_bytes;
    memcpy(start - sizeof map, &map, sizeof map);
    memset(start + bytes, 0x5a, 8);
    pthread_mutex_lock(&sources_lock);
    source->held_count++;
    pthread_mutex_unlock(&sources_lock);
    return start;
}

static void source_free(void *ctx, void *start, size_t bytes)
{
    fuzz_source *source = ctx;
    char *map;
    memcpy(&map, (char *)start - sizeof map, sizeof map);
    TEST_REQUIRE(bytes == HEAP_ARENA_BYTES && (char *)start == map + GUARD_BYTES + source->offset_bytes,
                 "an arena of %zu bytes at %p came back to the wrong source, or was written before its start", bytes, start);
    for (unsigned i = 0; i < 8; i++)
        TEST_REQUIRE(((unsigned char *)start)[bytes + i] == 0x5a, "written behind the arena at %p", start);
    TEST_REQUIRE(munmap(map, bytes + 2 * GUARD_BYTES) == 0, "unmap");
    pthread_mutex_lock(&sources_lock);
    source->held_count--;
    pthread_mutex_unlock(&sources_lock);
}

void arenas_choose(unsigned choice)
{
    if (own_source.alloc == NULL)
        heap_arena_source_get(&own_source);
    heap_arena_source source = own_source;
    if (choice % (SOURCE_COUNT + 1) != SOURCE_COUNT)
        source = (heap_arena_source){&sources[choice % (SOURCE_COUNT + 1)], source_alloc, source_free};
    TEST_REQUIRE(heap_arena_source_set(&source) == 0, "no memory for a source");
}

void arenas_finish(void)
{
    if (own_source.alloc == NULL)
        return;
    arenas_choose(SOURCE_COUNT);
    pymm_give_back();
    for (unsigned i = 0; i < SOURCE_COUNT; i++)
        TEST_REQUIRE(sources[i].held_count == 0, "%zu arenas of source %u were not returned", sources[i].held_count, i);
}
