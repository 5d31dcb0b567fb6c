"""Uses memory of one kind after the other; after each it says what pymm_account_get answers, as a line of JSON, and stops itself."""
import ctypes
import json
import mmap
import os
import signal
import sys
import tempfile
import threading

MIB = 1 << 20
FIELDS = ("resident most live_raw live_mem live_obj slot magazine kept metadata malloc stack main_stack code data file shared "
          "anonymous unknown absent_raw absent_mem absent_obj absent_free").split()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
libc.pymm_account_get.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
numbers = (ctypes.c_ssize_t * (1 + len(FIELDS)))()
kept = []


def tell(stage):
    assert libc.pymm_account_get(numbers, ctypes.sizeof(numbers)) == 0
    assert numbers[0] == ctypes.sizeof(numbers), numbers[0]
    line = json.dumps(dict(zip(FIELDS, numbers[1:]), stage=stage, pid=os.getpid()))
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGSTOP)


def allocate(count, size):
    for _ in range(count):
        block = libc.malloc(size)
        libc.memset(block, 1, size)


def deep(depth, arrived, leave):
    """A frame of C for each call: the stack of the thread is used."""
    if depth > 0:
        return max([depth - 1], key=lambda below: deep(below, arrived, leave) or 0)
    arrived.release()
    leave.wait()


def main():
    tell("warm up")
    tell("start")
    kept.append([str(number) * 3 for number in range(200000)])
    tell("objects")
    kept.append(bytearray(b"x") * (20 * MIB))
    tell("large")
    kept.append(bytes(40 * MIB))
    tell("never written")
    kept[-1].count(b"a")
    tell("read, never written")
    del kept[:]
    tell("freed")
    allocate(16 * 1024, 1000)
    tell("small malloc")
    allocate(10, 2 * MIB)
    tell("large malloc")
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * (12 * MIB))
        file.flush()
        kept.append(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))
        kept[-1].find(b"y")
    tell("mapped file")
    kept.append(mmap.mmap(-1, 14 * MIB))
    kept[-1][:] = b"z" * len(kept[-1])
    tell("shared memory")
    kept.append(mmap.mmap(-1, 18 * MIB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    kept[-1][:] = b"z" * len(kept[-1])
    tell("private mapping")
    sys.setrecursionlimit(10000)
    threading.stack_size(8 * MIB)
    arrived, leave = threading.Semaphore(0), threading.Event()
    threads = [threading.Thread(target=deep, args=(400, arrived, leave)) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        arrived.acquire()
    tell("threads")
    leave.set()
    for thread in threads:
        thread.join()
    allocate(4, 2 * MIB)
    tell("after threads")
    import decimal, sqlite3, ssl, xml.etree.ElementTree  # noqa: E401, F401
    tell("libraries")
    child = os.fork()
    if child == 0:
        tell("child")
        kept.append([str(number) for number in range(100000)])
        tell("child wrote")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    tell("parent")


main()
