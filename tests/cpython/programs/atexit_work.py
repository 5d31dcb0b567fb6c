"""Allocation in the last moments: atexit, Py_AtExit, objects freed by finalization, a thread that is still alive then."""
import atexit
import ctypes
import sys
import threading

import probe

LATE = 100


class Late:
    """Its instances are freed when modules are torn down, and allocate then."""
    def __init__(self):
        self.cycle = self
        self.data = [bytes(number * 10) for number in range(LATE)]

    def __del__(self):
        self.data = [bytes(number * 20) for number in range(LATE)]


def at_exit():
    probe.check("in atexit")
    Late()
    print("atexit", flush=True)


def main():
    probe.require()
    atexit.register(at_exit)
    # C code that runs after the interpreter is gone: a helper's function that allocates and frees raw blocks.
    helper = ctypes.PyDLL(probe.os.environ["CPYTHON_TEST_HELPER"])
    helper.helper_prepare()
    register = probe.function("Py_AtExit", ctypes.c_int, ctypes.c_void_p, gil=True)
    if register(ctypes.cast(helper.helper_at_exit, ctypes.c_void_p)) != 0:
        sys.exit("Py_AtExit is full")
    sys.late = [Late() for _ in range(LATE)]
    threading.Thread(target=lambda: [bytes(number) for number in range(20000)]).start()
    probe.finish()


main()
