"""What programs of this folder share: is pymm in charge here, whose memory is this, is the heap sound?

Runs inside the interpreter under test, 3.7 and newer, on stock and under pymm: CPYTHON_TEST_EXPECT says which it has to be
(stock, pymm, or foreign: pymm is loaded but another allocator is in use). On stock every question about pymm is skipped.
"""
import ctypes
import gc
import os
import sys

EXPECT = os.environ.get("CPYTHON_TEST_EXPECT", "")
ROUNDS_DIVISOR = 4 if os.environ.get("CPYTHON_TEST_SLOW") else 1
RAW, MEM, OBJ = 0, 1, 2
DOMAIN_NAMES = ("PyMem_Raw", "PyMem_", "PyObject_")

library = ctypes.CDLL(None)     # calls release the GIL
locked = ctypes.PyDLL(None)     # calls hold it


class Table(ctypes.Structure):
    """PyMemAllocatorEx and pymm_allocator."""
    _fields_ = [(name, ctypes.c_void_p) for name in ("ctx", "malloc", "calloc", "realloc", "free")]

    def values(self):
        return tuple(getattr(self, name) for name, _ in self._fields_)


class Stats(ctypes.Structure):
    """The first members of pymm_stats; struct_bytes lets an older or shorter caller ask."""
    _fields_ = [("struct_bytes", ctypes.c_size_t), ("block_count", ctypes.c_size_t * 3), ("block_bytes", ctypes.c_size_t * 3),
                ("live_bytes", ctypes.c_size_t), ("free_bytes", ctypes.c_size_t), ("metadata_bytes", ctypes.c_size_t),
                ("returned_bytes", ctypes.c_size_t), ("reserved_bytes", ctypes.c_size_t),
                ("committed_bytes", ctypes.c_size_t), ("resident_bytes", ctypes.c_size_t),
                ("segment_count", ctypes.c_size_t), ("slab_count", ctypes.c_size_t), ("large_count", ctypes.c_size_t),
                ("thread_count", ctypes.c_size_t)]


def function(name, result, *arguments, gil=False):
    found = getattr(locked if gil else library, name)
    found.restype, found.argtypes = result, arguments
    return found


def allocator_functions(domain):
    """(malloc, calloc, realloc, free) of a domain. The raw domain's are called without the GIL, as it allows."""
    prefix, gil = DOMAIN_NAMES[domain], domain != RAW
    size, pointer = ctypes.c_size_t, ctypes.c_void_p
    return (function(prefix + "Malloc", pointer, size, gil=gil), function(prefix + "Calloc", pointer, size, size, gil=gil),
            function(prefix + "Realloc", pointer, pointer, size, gil=gil), function(prefix + "Free", None, pointer, gil=gil))


def table(domain):
    """The allocator that CPython uses for a domain now."""
    found = Table()
    function("PyMem_GetAllocator", None, ctypes.c_int, ctypes.c_void_p, gil=True)(domain, ctypes.byref(found))
    return found


def table_set(domain, new):
    function("PyMem_SetAllocator", None, ctypes.c_int, ctypes.c_void_p, gil=True)(domain, ctypes.byref(new))


def pymm_table(domain):
    return function("pymm_allocator_get", ctypes.POINTER(Table), ctypes.c_int)(domain).contents


def is_loaded():
    return hasattr(library, "pymm_owns")


def domains_of_pymm():
    """Which of the three domains pymm serves now."""
    if not is_loaded():
        return []
    return [domain for domain in (RAW, MEM, OBJ) if table(domain).values() == pymm_table(domain).values()]


def require():
    """Stop the program unless the allocators are what the test expects."""
    if EXPECT not in ("stock", "pymm", "foreign"):
        sys.exit("probe: CPYTHON_TEST_EXPECT is %r" % EXPECT)
    if is_loaded() != (EXPECT != "stock"):
        sys.exit("probe: pymm is %sloaded, expected %s" % ("" if is_loaded() else "not ", EXPECT))
    expected = [RAW, MEM, OBJ] if EXPECT == "pymm" else []
    if domains_of_pymm() != expected:
        sys.exit("probe: pymm serves domains %r, expected %r" % (domains_of_pymm(), expected))


def owns(address):
    return bool(function("pymm_owns", ctypes.c_int, ctypes.c_void_p)(address)) if is_loaded() else False


def expect_owned(address, what):
    """Under pymm this address has to be pymm's, otherwise it must not be."""
    if owns(address) != (EXPECT == "pymm"):
        sys.exit("probe: %s at %#x: pymm_owns says %s under %s" % (what, address, owns(address), EXPECT))


def stats():
    filled = Stats()
    if function("pymm_stats_get", ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)(
            ctypes.byref(filled), ctypes.sizeof(filled)) != 0:
        sys.exit("probe: pymm_stats_get failed")
    return filled


def check(where=""):
    """The heap's own checker."""
    if is_loaded():
        message = ctypes.create_string_buffer(512)
        if function("pymm_check", ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)(message, 512) != 0:
            sys.exit("probe: pymm_check %s: %s" % (where, message.value.decode(errors="replace")))


def rounds(count):
    """How often to repeat: less in the hostile build, which checks everything all the time."""
    return max(1, count // ROUNDS_DIVISOR)


def finish(text="ok"):
    """The end of every program: the allocators are still the expected ones and the heap is sound."""
    gc.collect()
    require()
    check("at the end")
    print(text, flush=True)
