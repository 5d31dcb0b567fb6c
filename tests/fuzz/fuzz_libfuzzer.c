/* fuzz_libfuzzer.c: the same model under libFuzzer, which looks for byte strings that reach new code.
 *
 * The heap lives on from one input to the next, empty; PYMM_FUZZ_CHECK_EVERY sets how often the checker runs (1). The
 * operations done are printed at the end. Read model.h first. */
#include "model.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t byte_count);

static size_t done;

static void report(void)
{
    fprintf(stderr, "fuzz_libfuzzer: %zu operations\n", done);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t byte_count)
{
    static int is_started;
    if (!is_started) {
        const char *every = getenv("PYMM_FUZZ_CHECK_EVERY");
        model_options options = {.check_every = every != NULL ? strtoull(every, NULL, 10) : 1, .is_lockstep = 1};
        model_start(&options);
        atexit(report);
        is_started = 1;
    }
    done += model_play(bytes, byte_count);
    model_finish();
    return 0;
}
