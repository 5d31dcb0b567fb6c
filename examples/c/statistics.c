/* statistics.c: what pymm's own interface says of the heap, as a structure and as JSON. */
#include <Python.h>
#include <pymm.h>

/* 0, or -1 when there was no memory to look with. */
static int show(const void *small)
{
    static pymm_stats stats; /* large: not on a small stack */
    char *json;
    size_t bytes;
    if (pymm_stats_get(&stats, sizeof stats) != 0)
        return -1;
    printf("obj blocks %zu, mem blocks %zu, live at least 1 MiB: %d\n", stats.block_count[PYMM_DOMAIN_OBJ],
           stats.block_count[PYMM_DOMAIN_MEM], stats.live_bytes >= 1 << 20);
    printf("100 bytes may be used as %zu\n", pymm_usable_size(small));
    printf("pymm's: %d, of this variable: %d\n", pymm_owns(small), pymm_owns(&bytes));
    bytes = pymm_stats_json(NULL, 0) + 1000; /* its length now; it may grow until it is written */
    json = (char *)malloc(bytes);
    if (json == NULL)
        return -1;
    printf("JSON: %s\n", pymm_stats_json(json, bytes) < bytes && json[0] == '{' ? "complete" : "cut off");
    free(json);
    return 0;
}

int main(void)
{
    void *small = PyObject_Malloc(100), *large = PyMem_Malloc(1 << 20);
    int status = small == NULL || large == NULL || show(small) != 0;
    PyMem_Free(large);
    PyObject_Free(small);
    pymm_give_back();
    printf("heap is sound: %d\n", pymm_check(NULL, 0) == 0);
    return status;
}
