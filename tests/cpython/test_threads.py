"""Threads, daemon threads at exit, subinterpreters with a shared GIL and with their own."""
import unittest

from harness import BARE, IS_SLOW_BUILD, STOCK, TIER, Case, per_interpreter


@per_interpreter
class Threads(Case):
    def test_threads(self):
        self.program("threads.py")

    def test_daemon_threads_at_exit(self):
        """The crash, if there is one, is a race: try often. Stock only once, it is not what is tested."""
        self.program("daemons.py", modes=(STOCK,))
        for _ in range(2 if IS_SLOW_BUILD else 20 if TIER == "full" else 6):
            self.program("daemons.py", modes=(BARE,))


@per_interpreter
class Subinterpreters(Case):
    def test_own_gil_at_the_same_time(self):
        self.require_version((3, 12))
        self.program("subinterpreters.py", "concurrent")

    def test_shared_gil(self):
        self.program("subinterpreters.py", "shared")


if __name__ == "__main__":
    unittest.main()
