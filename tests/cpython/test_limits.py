"""Little memory: address space and data limits, from comfortable to too small to start, and requests no machine can meet."""
import os
import resource
import unittest

from harness import BARE, PROGRAMS, STOCK, TIER, Case, per_interpreter, start

MIB = 1 << 20
# Filling all that a limit leaves takes as long as there is room.
IS_FULL = TIER == "full"
PASS = ["-S", "-c", "print('ok')"]


@per_interpreter
class Limits(Case):
    def test_impossible_requests(self):
        """The machine's own limit: should a request be granted, the program stops before it fills anything."""
        self.program("memory_errors.py")

    def test_running_out(self):
        """Shortage by a limit that was there from the start, and by one on data that the program sets itself."""
        for mib in (120, 250) if IS_FULL else (120,):
            with self.subTest(mib=mib):
                self.program("memory_errors.py", "set", str(mib), limits={resource.RLIMIT_AS: mib * MIB})
        for mib in (40, 200) if IS_FULL else (40,):
            with self.subTest(data=mib):
                self.program("memory_errors.py", "data", str(mib))

    # Not met: the range that pymm reserves at the start counts as address space, and is room that a later limit does not see.
    def test_running_out_of_address_space_set_by_the_program(self):
        """resource.setrlimit(RLIMIT_AS) in a running program: what pymm has reserved must not be room that escapes it."""
        for mib in (40, 200) if IS_FULL else (40,):
            with self.subTest(mib=mib):
                self.program("memory_errors.py", "as", str(mib))

    def test_address_space_set_by_the_program(self):
        """After setrlimit(RLIMIT_AS, 2 GiB) there is still room for a mapping, a library and a thread, as on stock."""
        code = ("import resource, mmap, threading; resource.setrlimit(resource.RLIMIT_AS, (2 << 30,) * 2)\n"
                "mmap.mmap(-1, 1 << 20); import sqlite3; import _thread; _thread.start_new_thread(int, ()); print('ok')")
        for mode in (STOCK, BARE):
            self.succeed(["-c", code], mode, out="ok\n")

    def test_address_space(self):
        """ulimit -v 500 MB and 2 GB. (With four threads in less, glibc's arenas alone may fill it, on stock too.)"""
        for mib in (2000, 500):
            with self.subTest(mib=mib):
                self.program("under_limit.py", limits={resource.RLIMIT_AS: mib * MIB})

    def test_data(self):
        """ulimit -d counts private writable memory, committed or not."""
        for mib in (2000, 500, 300):
            with self.subTest(mib=mib):
                self.program("under_limit.py", limits={resource.RLIMIT_DATA: mib * MIB})

    def test_small_stack(self):
        self.program("under_limit.py", limits={resource.RLIMIT_STACK: 512 << 10})

    def least(self, mode, kind):
        """The least limit in MiB, in steps of 2, under which `print('ok')` works; the failures below must be clean. Where the
        program's file itself finds no room the kernel ends the process with SIGSEGV, with pymm or without."""
        for mib in range(8, 400, 2):
            result = self.start(PASS, mode, limits={kind: mib * MIB}, timeout=20)
            if (result.code, result.out) == (0, "ok\n"):
                return mib
            if mode != STOCK and not (result.code is None and self.stock_hangs_near(kind, mib)) and not (
                    result.code == -11 and self.start(PASS, STOCK, limits={kind: mib * MIB}, timeout=20).code == -11):
                self.clean_failure(result)
        self.fail("%s: does not start in 400 MiB" % mode)

    def stock_hangs_near(self, kind, mib):
        """CPython itself hangs in a few KiB of some limits (3.12.1 at 11520 KiB of address space); pymm shifts them."""
        for quarter in range(-16, 17):
            bytes_ = mib * MIB + quarter * MIB // 4
            if self.start(PASS, STOCK, limits={kind: bytes_}, timeout=10).code is None:
                print("%s: hangs under %d KiB on stock, under %d MiB with pymm" % (self.python.name, bytes_ >> 10, mib))
                return True
        return False

    def clean_failure(self, result):
        """The loader's refusal, a failed initialization (1, or an abort with Python's message): no crash, no hang."""
        self.assertIsNotNone(result.code, "hangs: %s" % result)
        if result.code < 0:
            self.assertEqual(result.code, -6, result)
            self.assertIn("Fatal Python error", result.err)

    def test_too_small_to_start(self):
        """Every limit from 8 MiB on: fails as Python fails until there is enough, and enough is not much more than stock's."""
        for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
            stock, pymm = self.least(STOCK, kind), self.least(BARE, kind)
            print("%s: least %s: stock %d MiB, pymm %d MiB" % (
                self.python.name, "address space" if kind == resource.RLIMIT_AS else "data", stock, pymm))
            self.assertLessEqual(pymm, stock + 16)

    def test_shell_ulimit(self):
        """As a person types it."""
        command = "ulimit -v 500000; exec %s -B %s" % (self.python.path, os.path.join(PROGRAMS, "under_limit.py"))
        result = start(["/bin/sh", "-c", command], BARE)
        self.assertEqual((result.code, result.out, result.err), (0, "ok\n", ""), result)


if __name__ == "__main__":
    unittest.main()
