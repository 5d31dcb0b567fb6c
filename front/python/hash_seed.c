/* hash_seed.c: whether the hashes of str and bytes differ from run to run: PYTHONHASHSEED and PyConfig.
 *
 * Owns: reading the seed. Does not own: what becomes of it (object/hash.c). Read python/pylifecycle.h first. */
#include "front.h"

#include "object/object.h"

#include <errno.h>
#include <stdlib.h>

#define SEED_MAX 4294967295ul

/* False: no number in that range. */
static bool seed_read(const char *text, unsigned long *seed)
{
    char *end;
    errno = 0;
    *seed = strtoul(text, &end, 10);
    return *end == '\0' && *seed <= SEED_MAX && errno != ERANGE;
}

PyStatus front_hash_make(const PyConfig *config)
{
    unsigned long seed = config->hash_seed;
    bool has_seed = config->use_hash_seed > 0;
    const char *setting = config->use_environment ? front_setting("PYTHONHASHSEED") : NULL;
    if (config->use_hash_seed < 0 && setting != NULL && strcmp(setting, "random") != 0) {
        has_seed = seed_read(setting, &seed);
        if (!has_seed) {
            PyStatus status = PyStatus_Error("PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]");
            status.func = "config_init_hash_seed";
            return status;
        }
    }
    object_hash_seed(!has_seed, (uint32_t)seed);
    return PyStatus_Ok();
}
