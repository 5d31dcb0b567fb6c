"""Requests that no machine can meet raise MemoryError and leave the program as it was; so does real shortage, again and
again. Arguments: `as` or `data` and how many MiB of address space or data the program lets itself take from here on; `set`
and the MiB of address space that it was started with."""
import gc
import resource
import sys

import probe


def must_fail(what, action):
    try:
        result = action()
    except (MemoryError, OverflowError):
        return
    sys.exit("%s succeeded: %s" % (what, type(result)))


def impossible():
    malloc = probe.allocator_functions(probe.OBJ)[0]
    for size in (1 << 60, 1 << 50, 1 << 46):
        if malloc(size):            # asked first: filling 64 TiB would take the machine down
            sys.exit("a block of %#x bytes was given" % size)
    must_fail("bytearray(1 << 60)", lambda: bytearray(1 << 60))
    must_fail("bytes(1 << 60)", lambda: bytes(1 << 60))
    must_fail("bytearray(1 << 46)", lambda: bytearray(1 << 46))
    must_fail("[0] * (1 << 50)", lambda: [0] * (1 << 50))
    must_fail("(0,) * (1 << 50)", lambda: (0,) * (1 << 50))
    must_fail("'x' * (1 << 60)", lambda: "x" * (1 << 60))
    must_fail("1 << (1 << 58)", lambda: 1 << (1 << 58))


def take_all(size, make, most):
    """Allocate until there is no more, then let go; how many there were. A limit that does not hold ends the program before
    it takes the machine down."""
    kept, count = [], 0
    try:
        for _ in range(most):
            kept.append(make(size))
    except MemoryError:
        count = len(kept)
        del kept
        return count
    sys.exit("the limit does not hold: %d blocks of %d bytes" % (most, size))


def in_use(kind):
    name = {"as": "VmSize:", "data": "VmData:"}[kind]
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name))


def short(kind, room_mib):
    """Take everything with blocks of one size after another: what was freed has to serve the next size, within reason."""
    limit = {"as": resource.RLIMIT_AS, "data": resource.RLIMIT_DATA, "set": None}[kind]
    if limit is not None:
        # Under the first limit pymm gives back what it had only reserved; room is then counted from what is left.
        resource.setrlimit(limit, (in_use(kind) + (1 << 30), resource.RLIM_INFINITY))
        resource.setrlimit(limit, (in_use(kind) + (room_mib << 20),) * 2)
    got = []
    for _ in range(2):
        for size, make in ((10 << 20, bytearray), (100000, bytearray), (3000, bytearray), (200, bytes), (64, lambda n: [n] * 8)):
            got.append(take_all(size, make, (room_mib << 22) // size) * size >> 20)
            probe.check("after running out")
    if min(got) < room_mib // 8:     # of the smallest only the contents are counted
        sys.exit("MiB got in each round, of %d: %r" % (room_mib, got))


def main():
    probe.require()
    gc.disable()     # looking for cycles among a million lists is not what is tested
    if sys.argv[1:]:
        short(sys.argv[1], int(sys.argv[2]))
    else:
        impossible()
    kept = [str(number) for number in range(10000)]     # the program goes on
    if len("".join(kept)) != 38890:
        sys.exit("wrong sum")
    probe.finish()


main()
