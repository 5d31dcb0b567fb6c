"""Little memory: address space and data limits, from comfortable to too small to start, and requests no machine can meet."""
import os
import resource
import unittest

from harness import BARE, PROGRAMS, STOCK, Case, per_interpreter, start

MIB = 1 << 20
PASS = ["-S", "-c", "print('ok')"]


@per_interpreter
class Limits(Case):
    def test_impossible_requests(self):
        """The machine's own limit: should a request be granted, the program stops before it fills anything."""
        self.program("memory_errors.py")

    def test_running_out(self):
        for kind in ("as", "data"):
            for mib in (40, 200):
                with self.subTest(kind=kind, mib=mib):
                    self.program("memory_errors.py", kind, str(mib))

    def test_address_space(self):
        """ulimit -v 500 MB and 2 GB; 200 MB is enough for a program of this size as well."""
        for mib in (2000, 500, 200):
            with self.subTest(mib=mib):
                self.program("under_limit.py", limits={resource.RLIMIT_AS: mib * MIB})

    def test_data(self):
        """ulimit -d counts private writable memory, committed or not."""
        for mib in (2000, 500, 150):
            with self.subTest(mib=mib):
                self.program("under_limit.py", limits={resource.RLIMIT_DATA: mib * MIB})

    def test_small_stack(self):
        self.program("under_limit.py", limits={resource.RLIMIT_STACK: 512 << 10})

    def least(self, mode, kind):
        """The least limit in MiB, in steps of 2, under which `print('ok')` works; the failures below must be clean."""
        for mib in range(8, 400, 2):
            result = self.start(PASS, mode, limits={kind: mib * MIB})
            if (result.code, result.out) == (0, "ok\n"):
                return mib
            if mode != STOCK:
                self.clean_failure(result)
        self.fail("%s: does not start in 400 MiB" % mode)

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
