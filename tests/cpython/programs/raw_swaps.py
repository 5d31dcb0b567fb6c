"""CPython puts libc's allocator in the raw domain now and then, and back. Blocks of either kind are then resized and freed
through either; other threads use the raw domain meanwhile, without the GIL, but never in the midst of a change (helper.c says
why not)."""
import ctypes
import os
import sys
import threading

import probe

SIZES = [0, 1, 16, 100, 512, 1000, 5000, 40000, 300000, 5 << 20]


def must(fact, text):
    if not fact:
        sys.exit("raw_swaps: " + text)


def fill(block, size, byte):
    ctypes.memset(block, byte, size)


def holds(block, size, byte):
    return ctypes.string_at(block, size) == bytes([byte]) * size


def live_count():
    return probe.stats().block_count[probe.RAW] if probe.is_loaded() else 0


def either_through_either(use_libc, use_before):
    """For each kind of block, each step under each allocator. What was freed is free, through whomever."""
    before = live_count()
    malloc, calloc, realloc, free = probe.allocator_functions(probe.RAW)
    steps = (use_libc, use_before)
    for make in steps:
        for resize in steps:
            for release in steps:
                make()
                blocks = [(calloc(1, size) if index % 2 else malloc(size)) for index, size in enumerate(SIZES)]
                for block in blocks:
                    must(probe.owns(block) == (make is use_before and probe.EXPECT == "pymm"), "whose block is new")
                for block, size in zip(blocks, SIZES):
                    fill(block, size, size & 127)
                resize()
                for index, size in enumerate(SIZES):
                    for other in (size * 3 + 1, size // 2 + 1, size):
                        blocks[index] = realloc(blocks[index], other)
                        kept = min(size, other, size // 2 + 1 if other == size else size)
                        must(holds(blocks[index], kept, size & 127), "contents after realloc")
                release()
                for block in blocks:
                    free(block)
                use_before()
                block = malloc(10)
                must(bool(block), "malloc after a change")
                free(block)
                probe.check("after a change")
    must(abs(live_count() - before) < 10, "%d blocks of pymm's before, %d after" % (before, live_count()))


def failed_resize(use_libc, use_before):
    """A resize that cannot be done leaves the block, whoever is asked."""
    malloc, _, realloc, free = probe.allocator_functions(probe.RAW)
    for make, ask in ((use_libc, use_before), (use_before, use_libc)):
        make()
        block = malloc(1000)
        fill(block, 1000, 7)
        ask()
        must(realloc(block, 1 << 60) is None, "realloc to 1 << 60 fails")
        must(holds(block, 1000, 7), "the block is left")
        free(block)
    use_before()


def storm(helper, use_libc, use_before):
    """Threads in C allocate, resize and free; while all of them are at it the main thread changes the allocator. Returns how often."""
    failures = []
    together = threading.Barrier(3)

    def work(seed):
        together.wait()
        failures.append(helper.helper_raw_work(probe.rounds(20000), seed))
    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 2, 3)]
    for thread in threads:
        thread.start()
    change_count = 0
    while any(thread.is_alive() for thread in threads):
        if helper.helper_pause() == len(threads):
            (use_before if change_count % 2 else use_libc)()
            change_count += 1
        helper.helper_resume()
    use_before()
    must(failures == [0, 0, 0], "blocks of threads: %r" % failures)
    return change_count


def storms(helper, use_libc, use_before):
    """On a busy machine the threads may have their turns one after the other: then there is no moment for a change."""
    change_count = 0
    for _ in range(500):
        change_count += storm(helper, use_libc, use_before)
        if change_count > 10:
            return
    must(False, "%d changes while threads worked" % change_count)


def main():
    probe.require()
    helper = ctypes.CDLL(os.environ["CPYTHON_TEST_HELPER"])
    before, libc = probe.table(probe.RAW), probe.Table()
    helper.helper_libc_table(ctypes.byref(libc))
    helper.helper_prepare()

    def use_libc():
        probe.table_set(probe.RAW, libc)

    def use_before():
        probe.table_set(probe.RAW, before)
    either_through_either(use_libc, use_before)
    failed_resize(use_libc, use_before)
    storms(helper, use_libc, use_before)
    if hasattr(probe.locked, "_PyMem_SetDefaultAllocator"):     # what CPython itself calls; not exported by 3.13
        set_default = probe.function("_PyMem_SetDefaultAllocator", ctypes.c_int, ctypes.c_int, ctypes.c_void_p, gil=True)
        scratch = probe.Table()
        either_through_either(lambda: set_default(probe.RAW, ctypes.byref(scratch)), use_before)
    probe.finish()


main()
