/* fuzz_seeded.c: the fuzzer without a fuzzing engine: `fuzz_seeded SEED OPERATIONS [CHECK_EVERY]`.
 *
 * The same seed gives the same operations on any machine; an odd seed lets the workers run at the same time as the model,
 * an even one waits for each, so that a failure repeats exactly. Prints the number of operations. Read model.h first. */
#include "model.h"

#include <inttypes.h>

/* Rounds of a few thousand operations, each with its own leaning: all mixed, growing, or shrinking. */
static size_t make_bytes(uint64_t *random, uint8_t *bytes, size_t byte_count)
{
    unsigned leaning = (unsigned)test_random_below(random, 4);
    for (size_t i = 0; i < byte_count; i++) {
        uint64_t word = test_random(random);
        bytes[i] = (uint8_t)word;
        if (leaning == 1 && (word >> 8) % 6 == 0)
            bytes[i] = (uint8_t)(word % 70);
        else if (leaning == 2 && (word >> 8) % 6 == 0)
            bytes[i] = (uint8_t)(80 + word % 70);
    }
    return byte_count;
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: fuzz_seeded SEED OPERATIONS [CHECK_EVERY]\n");
        return 2;
    }
    uint64_t seed = strtoull(argv[1], NULL, 0), random = seed;
    size_t wanted = strtoull(argv[2], NULL, 0), done = 0, rounds = 0;
    model_options options = {.check_every = argc == 4 ? strtoull(argv[3], NULL, 0) : 1, .is_lockstep = seed % 2 == 0};
    static uint8_t bytes[16384];
    model_start(&options);
    while (done < wanted) {
        size_t byte_count = make_bytes(&random, bytes, 1 + test_random_below(&random, sizeof bytes));
        done += model_play(bytes, byte_count);
        if (++rounds % 16 == 0)
            model_finish();
    }
    model_finish();
    printf("seed %" PRIu64 ": %zu operations, checker after every %zu, all as the model says\n", seed, done, options.check_every);
    return 0;
}
