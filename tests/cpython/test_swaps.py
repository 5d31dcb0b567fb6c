"""Raw-domain swaps that bring libc's pointers, and libc's functions that are given pymm's."""
import unittest

from harness import Case, per_interpreter


@per_interpreter
class Swaps(Case):
    def test_swaps(self):
        self.program("raw_swaps.py")

    def test_many_initial_options(self):
        """-X and -W options are kept in lists that are made under libc's allocator and freed later."""
        flags = []
        for number in range(200):
            flags += ["-X", "name%d=value" % number, "-W", "ignore:text%d" % number]
        self.program("under_limit.py", flags=flags)


if __name__ == "__main__":
    unittest.main()
