/* hash.c: the hash of bytes, on which those of str and bytes stand.
 *
 * Owns: SipHash-1-3 and its key. With a seed the key is the one that CPython makes of it, and so are the hashes: a program
 * whose order depends on hashes runs alike on both. Does not own: reading PYTHONHASHSEED (front/python).
 * Read first: Aumasson and Bernstein, "SipHash: a fast short-input PRF". */
#include "object.h"

static struct {
    uint64_t k0, k1;
    bool is_set;
} key;

void object_hash_seed(bool is_random, uint32_t seed)
{
    unsigned char bytes[16] = {0};
    if (key.is_set) /* strings keep their hashes: it is never changed */
        return;
    key.is_set = true;
    if (is_random)
        os_random(bytes, sizeof bytes);
    else if (seed != 0)
        for (size_t i = 0; i < sizeof bytes; i++) { /* a linear congruential generator, of which the middle is used */
            seed = seed * 214013u + 2531011u;
            bytes[i] = (unsigned char)(seed >> 16);
        }
    memcpy(&key.k0, bytes, 8);
    memcpy(&key.k1, bytes + 8, 8);
}

typedef struct sip_state {
    uint64_t v0, v1, v2, v3;
} sip_state;

PYMM_INLINE uint64_t rotate(uint64_t value, unsigned bits) { return value << bits | value >> (64 - bits); }

PYMM_INLINE void sip_round(sip_state *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 = rotate(s->v0, 32) + s->v3;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 = rotate(s->v2, 32);
}

PYMM_INLINE void sip_word(sip_state *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    s->v0 ^= word;
}

/* Words are read as the machine has them: little-endian, as on every system that CPython's seeds are compared with. */
Py_hash_t object_hash_bytes(const void *data, size_t bytes)
{
    if (bytes == 0)
        return 0;
    const unsigned char *at = data;
    sip_state s = {key.k0 ^ UINT64_C(0x736f6d6570736575), key.k1 ^ UINT64_C(0x646f72616e646f6d),
                   key.k0 ^ UINT64_C(0x6c7967656e657261), key.k1 ^ UINT64_C(0x7465646279746573)};
    uint64_t word;
    size_t left = bytes;
    for (; left >= 8; left -= 8, at += 8) {
        memcpy(&word, at, 8);
        sip_word(&s, word);
    }
    word = 0;
    memcpy(&word, at, left);
    sip_word(&s, word | (uint64_t)bytes << 56);
    s.v2 ^= 0xff;
    sip_round(&s);
    sip_round(&s);
    sip_round(&s);
    Py_uhash_t hash = (Py_uhash_t)(s.v0 ^ s.v1 ^ s.v2 ^ s.v3);
    return hash == (Py_uhash_t)-1 ? -2 : (Py_hash_t)hash;
}
