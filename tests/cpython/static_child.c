/* static_child.c: a statically linked child, into which nothing can be preloaded.
 * Owns nothing but its output: its arguments and the size of what it allocated. Used by test_children.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    size_t bytes = 1000000;
    char *block = malloc(bytes);
    if (!block)
        return 1;
    memset(block, 'x', bytes);
    for (int i = 1; i < argc; i++)
        printf("%s ", argv[i]);
    printf("%zu %c\n", bytes, block[bytes - 1]);
    free(block);
    return 0;
}
