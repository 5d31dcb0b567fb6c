"""The allocation contract of the three domains, the same on stock and under pymm, in every version."""
import probe
import ctypes
import sys

LARGEST = (1 << 63) - 1     # PY_SSIZE_T_MAX
SIZES = [1, 7, 8, 9, 15, 16, 17, 31, 48, 100, 255, 512, 513, 1000, 1024, 1025, 4095, 4096, 4097, 10000, 32768, 32769,
         65536, 100000, 1 << 20, (4 << 20) - 1, (4 << 20) + 1, 33 << 20]


def must(fact, text):
    if not fact:
        sys.exit("contract: " + text)


def pattern(size, seed):
    return bytes((seed + index) & 255 for index in range(min(size, 256)))


def write(block, size, seed):
    """A recognisable start and end."""
    ctypes.memmove(block, pattern(size, seed), min(size, 256))
    if size > 512:
        ctypes.memmove(block + size - 256, pattern(256, seed + 1), 256)


def holds(block, size, seed):
    return ctypes.string_at(block, min(size, 256)) == pattern(size, seed)


def empty_blocks(malloc, calloc, realloc, free):
    blocks = [malloc(0), malloc(0), calloc(0, 0), calloc(0, 8), calloc(8, 0), calloc((1 << 64) - 1, 0), realloc(None, 0)]
    must(all(blocks), "a block of no bytes is not NULL")
    must(len(set(blocks)) == len(blocks), "blocks of no bytes differ")
    same = realloc(blocks[0], 0)
    must(same, "realloc(p, 0) is not a free")
    blocks[0] = same
    for block in blocks:
        free(block)
    free(None)


def too_large(malloc, calloc, realloc, free):
    for size in (LARGEST, LARGEST + 1, (1 << 64) - 1, 1 << 62, 1 << 47, 1 << 46):
        must(malloc(size) is None, "malloc of %#x fails" % size)
        must(calloc(1, size) is None, "calloc(1, %#x) fails" % size)
        must(calloc(size, 1) is None, "calloc(%#x, 1) fails" % size)
        must(calloc(size, 16) is None, "calloc(%#x, 16) fails" % size)
        must(realloc(None, size) is None, "realloc(NULL, %#x) fails" % size)
        block = malloc(100)
        write(block, 100, 3)
        must(realloc(block, size) is None, "realloc to %#x fails" % size)
        must(holds(block, 100, 3), "a failed realloc leaves the block")
        free(block)


def sizes(malloc, calloc, realloc, free):
    """Alignment, contents and no overlap; then each block through every other size."""
    blocks = []
    for seed, size in enumerate(SIZES):
        block = malloc(size)
        must(block % 16 == 0, "malloc(%d) is aligned to 16" % size)
        write(block, size, seed)
        blocks.append(block)
        zero = calloc(1, size)
        must(ctypes.string_at(zero, size).count(0) == size, "calloc(1, %d) is zero" % size)
        ctypes.memset(zero, 255, size)
        free(zero)
    spans = sorted(zip(blocks, SIZES))
    must(all(one + size <= two for (one, size), (two, _) in zip(spans, spans[1:])), "blocks do not overlap")
    for seed, (block, size) in enumerate(zip(blocks, SIZES)):
        must(holds(block, size, seed), "contents of %d bytes stay" % size)
        for other in SIZES + SIZES[::-1]:
            block = realloc(block, other)
            must(block and block % 16 == 0, "realloc to %d is aligned" % other)
            must(ctypes.string_at(block, min(size, other, 256)) == pattern(min(size, other), seed),
                 "realloc to %d keeps the contents" % other)
            write(block, other, seed)
            size = other
        free(block)


def main():
    probe.require()
    for domain in (probe.RAW, probe.MEM, probe.OBJ):
        functions = probe.allocator_functions(domain)
        empty_blocks(*functions)
        too_large(*functions)
        sizes(*functions)
        probe.check("after domain %d" % domain)
    probe.finish()


main()
