/* example_main.c: the main of an example of examples/c that tests run: the example's own, whose name is example_main here,
 * and then a look at what it has left. Linked to each of them by CMakeLists.txt. */
#include <Python.h>
#include <pymm.h>

#include <stdio.h>

int example_main(int argc, char **argv);

static int count_it(const pymm_block_info *info, void *count)
{
    (void)info;
    ++*(size_t *)count;
    return 0;
}

int main(int argc, char **argv)
{
    char message[200];
    size_t before = 0, after = 0;
    if (pymm_walk(count_it, &before) != 0)
        return 99;
    int status = example_main(argc, argv);
    if (pymm_walk(count_it, &after) != 0)
        return 99;
    if (after != before)
        fprintf(stderr, "left: %zu blocks were alive, %zu are now\n", before, after);
    if (pymm_check(message, sizeof message) != 0)
        fprintf(stderr, "left: %s\n", message);
    return status;
}
