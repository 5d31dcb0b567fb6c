"""fork with live threads, multiprocessing by each start method, exec of Python from Python."""
import unittest

from harness import BARE, PROGRAMS, RUN, STOCK, Case, per_interpreter

EXEC = """
import os, sys
sys.path.insert(0, %r)
import probe
probe.require()
kept = [str(number) for number in range(10000)]
if len(sys.argv) < 4:
    os.execv(sys.executable, [sys.executable, "-B", "-c", sys.argv[1]] + sys.argv[1:] + ["again"])
probe.finish("ok after %%d" %% (len(sys.argv) - 2))
"""


@per_interpreter
class Processes(Case):
    def test_fork(self):
        self.program("forks.py")

    def test_multiprocessing_fork(self):
        self.program("processes.py", "fork")

    def test_multiprocessing_spawn(self):
        self.program("processes.py", "spawn")

    def test_multiprocessing_forkserver(self):
        self.program("processes.py", "forkserver")

    def test_exec_of_itself(self):
        code = EXEC % PROGRAMS
        for mode in (STOCK, BARE, RUN):
            self.succeed(["-c", code, code], mode, out="ok after 2\n")

    def test_python_child_of_python(self):
        inner = "import sys; sys.path.insert(0, %r); import probe; probe.finish()" % PROGRAMS
        code = ("import subprocess, sys\n"
                "for _ in range(5): subprocess.check_call([sys.executable, '-B', '-c', sys.argv[1]])\n")
        for mode in (STOCK, BARE, RUN):
            self.succeed(["-c", code, inner], mode, out="ok\n" * 5)


if __name__ == "__main__":
    unittest.main()
