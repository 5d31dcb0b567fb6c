"""Rounds of one program under a profile, with the profile's tables and with the heap's in turn, all in one process.

    LD_PRELOAD=libpymm-cpython.so PYMM_PROFILE=FILE bench/profile_rounds.py NAME SECONDS

Two runs of a program differ by more than a profile costs: by where its memory lies, and by what else the machine does. Two rounds
that follow each other in one process differ by neither. The heap's own tables are what a process without a profile has; blocks
of either are freed by the other. A pair of short rounds in which a full collection ran is left out: only one of the two has it. Prints JSON: {"pairs", "round_ms", "ratio", "error"}; the ratio of the sums of all pairs but the
tenth whose own ratio is highest and the tenth whose is lowest, and the standard error of that by resampling."""
import builtins
import ctypes
import gc
import importlib
import json
import os
import random
import statistics
import sys
import time

LONG_ROUND_NS = 20000000  # before such a one garbage is collected, so that none pays for the rounds before it
LEFT_OUT_MAX = 10  # pairs, and as many as are kept: where more have a full collection, garbage is collected before each round, too
RESAMPLED_COUNT = 200


class Allocator(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in ("ctx", "malloc", "calloc", "realloc", "free")]


class Tables:
    """The allocators of the three domains: those that are installed now, and the heap's own."""

    def __init__(self):
        try:
            own = ctypes.CDLL(None).pymm_allocator_get
        except AttributeError:
            sys.exit("profile_rounds.py: pymm is not in this process: set LD_PRELOAD to libpymm-cpython.so")
        own.restype = ctypes.POINTER(Allocator)
        self.kinds = []
        for take in (lambda domain, to: ctypes.pythonapi.PyMem_GetAllocator(domain, ctypes.byref(to)),
                     lambda domain, to: ctypes.memmove(ctypes.byref(to), own(domain), ctypes.sizeof(to))):
            tables = [Allocator() for _ in range(3)]
            for domain, table in enumerate(tables):
                take(domain, table)
            self.kinds.append(tables)
        self.profile, self.heap = ([(domain, ctypes.byref(table)) for domain, table in enumerate(tables)] for tables in self.kinds)

    def differ(self):
        return all(a.malloc != b.malloc for a, b in zip(*self.kinds))

    def use(self, tables, setter=ctypes.pythonapi.PyMem_SetAllocator):
        for domain, table in tables:
            setter(domain, table)


class Rounds(int):
    """A number of rounds which range() takes for as many pairs as there is time for."""


def in_turn(tables, seconds, count, pairs):
    end, longest_ns, clock = time.monotonic() + seconds, 0, time.process_time_ns
    number = left_out_count = 0
    while time.monotonic() < end:
        took, full_count = [0, 0], gc.get_stats()[2]["collections"]
        is_collected_before = longest_ns > LONG_ROUND_NS or left_out_count > len(pairs) + LEFT_OUT_MAX
        for kind in random.sample((0, 1), 2):
            if is_collected_before:
                gc.collect()
            tables.use((tables.heap, tables.profile)[kind])
            before_ns = clock()
            yield number % count
            took[kind] = clock() - before_ns
        if not is_collected_before and gc.get_stats()[2]["collections"] != full_count:
            left_out_count += 1  # a full collection fell to one of the two, and takes as long as a short round
        elif all(took):  # the system's figure may stand still for longer than the shortest round
            longest_ns = max(longest_ns, *took)
            pairs.append(took)
        number += 1
    tables.use(tables.profile)


def ratio(pairs):
    ordered = sorted(pairs, key=lambda pair: pair[1] / pair[0])
    kept = ordered[len(ordered) // 10:len(ordered) - len(ordered) // 10]
    return sum(pair[1] for pair in kept) / sum(pair[0] for pair in kept)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: LD_PRELOAD=libpymm-cpython.so PYMM_PROFILE=FILE profile_rounds.py NAME SECONDS")
    name, seconds = sys.argv[1], float(sys.argv[2])
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs"))
    program = importlib.import_module("bench_" + name)
    tables, pairs = Tables(), []
    if not tables.differ():
        sys.exit("profile_rounds.py: there is no profile: set PYMM_PROFILE")
    program.range = lambda *limits: (in_turn(tables, seconds, int(limits[0]), pairs) if isinstance(limits[0], Rounds)
                                     else builtins.range(*limits))
    program.main(Rounds(program.main.__defaults__[0]))
    chosen = [random.choices(pairs, k=len(pairs)) for _ in range(RESAMPLED_COUNT)]
    print(json.dumps({"pairs": len(pairs), "round_ms": statistics.median(pair[0] for pair in pairs) / 1e6,
                      "ratio": ratio(pairs), "error": statistics.stdev(map(ratio, chosen))}))


if __name__ == "__main__":
    main()
