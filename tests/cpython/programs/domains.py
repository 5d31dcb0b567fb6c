"""All three domains are pymm's from the first allocation on: what the interpreter made before the first line of this file,
and what is made now, small and large, lies in pymm's heap; pymalloc holds nothing."""
import probe
import builtins
import ctypes
import sys
import threading

WORD = ctypes.sizeof(ctypes.c_void_p)


def word_at(address):
    return ctypes.c_void_p.from_address(address).value or 0


def early_objects():
    """Made while the interpreter started: dictionaries of modules, their names, the thread and interpreter states."""
    for name, module in list(sys.modules.items()):
        probe.expect_owned(id(module), "module " + name)
    probe.expect_owned(id(sys.modules), "sys.modules")
    probe.expect_owned(id(vars(builtins)), "builtins' dictionary")
    probe.expect_owned(id(sys.path), "sys.path")
    probe.expect_owned(id(sys.flags), "sys.flags")
    if sys.version_info < (3, 11):   # later both are static
        probe.expect_owned(probe.function("PyThreadState_Get", ctypes.c_void_p, gil=True)(), "main thread state")
        interpreter = probe.function("PyInterpreterState_Head", ctypes.c_void_p, gil=True)()
        probe.expect_owned(interpreter, "interpreter state")


def new_objects():
    numbers = list(range(100000))
    probe.expect_owned(id(numbers), "list")
    probe.expect_owned(word_at(id(numbers) + 3 * WORD), "items of a list")
    probe.expect_owned(id(numbers[-1]), "int")
    probe.expect_owned(id(object()), "object")
    data = bytearray(50 << 20)
    probe.expect_owned(ctypes.addressof(ctypes.c_char.from_buffer(data)), "buffer of a bytearray, start")
    probe.expect_owned(ctypes.addressof(ctypes.c_char.from_buffer(data, len(data) - 1)), "buffer of a bytearray, end")
    for length in (1, 15, 16, 17, 511, 512, 513, 4096, 32768, 32769, 65536, 1 << 20):
        probe.expect_owned(id(b"x" * length + b"y"), "bytes of %d" % length)

    def in_thread():
        probe.expect_owned(id(object()), "object made in a thread")
        probe.expect_owned(probe.function("PyThreadState_Get", ctypes.c_void_p, gil=True)(), "state of a thread")
    thread = threading.Thread(target=in_thread)
    thread.start()
    thread.join()


def blocks_of_each_domain():
    """Blocks asked of a domain are counted in that domain, and are gone when freed; sizes on both sides of 512 and 32 KiB."""
    for domain in (probe.RAW, probe.MEM, probe.OBJ):
        malloc, calloc, realloc, free = probe.allocator_functions(domain)
        blocks = [malloc(size) for size in (0, 1, 100, 512, 513, 5000, 40000, 3 << 20) * 100]
        for block in blocks:
            probe.expect_owned(block, "block of domain %d" % domain)
        count_full = probe.stats().block_count[domain] if probe.is_loaded() else 0
        for block in blocks:
            free(block)
        if probe.is_loaded():
            gone = count_full - probe.stats().block_count[domain]
            if not 700 <= gone <= 900:
                sys.exit("domain %d: 800 blocks freed, its count fell by %d" % (domain, gone))


def main():
    probe.require()
    early_objects()
    new_objects()
    blocks_of_each_domain()
    if probe.EXPECT == "pymm":
        counts = list(probe.stats().block_count)
        if sys.getallocatedblocks() != 0:
            sys.exit("pymalloc holds %d blocks" % sys.getallocatedblocks())
        if min(counts) < 20:     # 3.11 has some 40 raw blocks alive, other versions more
            sys.exit("block counts by domain: %r" % counts)
    probe.finish()


main()
