"""PYTHONTRACEMALLOC: what it starts, what it refuses with CPython's words, and what debug hooks then know of a block."""
import os
import re
import signal
import subprocess
import sys
import unittest

BUILD = os.environ["PYMM_BUILD_DIR"]
PROGRAM = os.path.join(BUILD, "trace_setting")


def run(*command, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYMM_"))}
    kept.update(environment)
    return subprocess.run(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=60)


class Setting(unittest.TestCase):
    def test_values(self):
        for value, expected in (("1", "1 1 1 1\n"), ("25", "1 1 25 1\n"), ("65535", "1 1 65535 1\n"), ("0", "0 0 1 0\n"),
                                ("", "0 0 1 0\n"), (" 3", "1 1 3 1\n"), ("007", "1 1 7 1\n")):
            with self.subTest(value=value):
                done = run(PROGRAM, PYTHONTRACEMALLOC=value)
                self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", expected))

    def test_with_every_allocator(self):
        for name in ("malloc", "malloc_debug", "pymalloc", "debug", "mimalloc_debug"):
            with self.subTest(allocator=name):
                done = run(PROGRAM, PYTHONTRACEMALLOC="2", PYTHONMALLOC=name)
                self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", "1 1 2 1\n"))

    def test_what_is_no_number(self):
        for value in ("abc", "-1", "1 ", "1x", "99999999999999999999"):
            with self.subTest(value=value):
                done = run(PROGRAM, PYTHONTRACEMALLOC=value)
                expected = run(sys.executable, "-c", "", PYTHONTRACEMALLOC=value)
                self.assertEqual((done.returncode, done.stderr), (expected.returncode, expected.stderr))
                self.assertIn("PYTHONTRACEMALLOC: invalid number of frames", done.stderr)

    def test_too_many_frames(self):
        done = run(PROGRAM, PYTHONTRACEMALLOC="65536")
        self.assertEqual(done.returncode, 1)
        self.assertIn("can't start tracemalloc", done.stderr)

    def test_report_of_debug_hooks(self):
        done = run(PROGRAM, "overrun", PYTHONTRACEMALLOC="1", PYTHONMALLOC="debug")
        self.assertEqual(done.returncode, -signal.SIGABRT)
        self.assertRegex(done.stderr, re.compile(r"^Memory block allocated at \(most recent call first\):\n  File \".+\"", re.M))
        self.assertNotIn("Enable tracemalloc", done.stderr)


if __name__ == "__main__":
    unittest.main()
