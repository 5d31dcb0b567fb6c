/* arenas.c: memory for small blocks comes from the program, here from the C library, and goes back with the right size. */
#include <Python.h>

typedef struct {
    int taken_count, live_count;
    size_t arena_bytes;
} source;

static void *arena_alloc(void *ctx, size_t size)
{
    source *from = (source *)ctx;
    void *arena = malloc(size);
    if (arena != NULL) {
        from->taken_count++;
        from->live_count++;
        from->arena_bytes = size;
    }
    return arena; /* NULL fails the allocation that asked, and nothing else */
}

static void arena_free(void *ctx, void *ptr, size_t size)
{
    source *from = (source *)ctx;
    from->live_count--;
    if (size != from->arena_bytes)
        puts("an arena came back with another size");
    free(ptr);
}

enum { BLOCKS = 50000 };
static void *blocks[BLOCKS];

int main(void)
{
    static source from; /* it outlives main: arenas may still lie in it */
    PyObjectArenaAllocator own = {&from, arena_alloc, arena_free}, before;
    PyObject_GetArenaAllocator(&before);
    PyObject_SetArenaAllocator(&own);
    for (int i = 0; i < BLOCKS; i++)
        blocks[i] = PyObject_Malloc(200);
    printf("arenas taken: %s\n", from.taken_count > 1 ? "several" : from.taken_count == 1 ? "one" : "none");
    for (int i = 0; i < BLOCKS; i++)
        PyObject_Free(blocks[i]);
    printf("arenas left when every block is free: %s\n", from.live_count < from.taken_count ? "fewer" : "as many");
    PyObject_SetArenaAllocator(&before);
    return 0;
}
