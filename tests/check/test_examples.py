"""The examples, script/compare.py and the installed tree: the same output on both heaps, and a table that says so."""
import os
import subprocess
import sys
import tempfile
import unittest

import repository

BUILD = os.environ.get("PYMM_BUILD_DIR", os.path.join(repository.ROOT, "build", "release"))
EXAMPLE = os.path.join(repository.ROOT, "examples", "stdlib_index.py")
COMPARE = os.path.join(repository.ROOT, "script", "compare.py")
PYTHON = sys.executable


def run(*command, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYMM_"))}
    kept.update(environment)
    return subprocess.run(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)


def compare(pymm, *arguments):
    return run(PYTHON, "-I", "-B", COMPARE, pymm, PYTHON, EXAMPLE, "--limit", "40", *arguments)


def planted_command(folder, script):
    """A stand-in for the command `pymm`: a shell script."""
    path = os.path.join(folder, "pymm")
    with open(path, "w") as file:
        file.write("#!/bin/sh\n" + script)
    os.chmod(path, 0o755)
    return path


class Example(unittest.TestCase):
    def test_prints_the_same_whatever_the_hash_seed(self):
        outputs = {run(PYTHON, EXAMPLE, "--limit", "40", PYTHONHASHSEED=seed).stdout for seed in ("1", "2")}
        self.assertEqual(len(outputs), 1)
        self.assertIn("modules 40, unparsable 0, ", outputs.pop())

    def test_reports_memory(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "memory")
            self.assertEqual(run(PYTHON, EXAMPLE, "--limit", "2", "--report-memory", path).returncode, 0)
            with open(path) as file:
                fields = dict(line.split() for line in file)
        self.assertEqual(sorted(fields), ["final_bytes", "peak_bytes", "seconds"])
        self.assertGreaterEqual(int(fields["peak_bytes"]), int(fields["final_bytes"]))


class Compare(unittest.TestCase):
    def test_side_by_side(self):
        done = compare(os.path.join(BUILD, "pymm"))
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        for words in ("both print the same", "time ", "peak resident ", "final resident ", "pymm's statistics",
                      "at its peak", "largest blocks", "segments of"):
            self.assertIn(words, done.stdout)

    def test_different_output_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            statistics = 'for a; do case $a in --stats-file=*) : >"${a#*=}" ;; esac; done\n'
            pymm = planted_command(folder, statistics + 'while [ "$1" != -- ]; do shift; done; shift; echo more; exec "$@"\n')
            done = compare(pymm)
        self.assertEqual((done.returncode, done.stderr), (1, "run: the two outputs differ\n"))

    def test_no_statistics_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            done = compare(planted_command(folder, 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"\n'))
        self.assertEqual((done.returncode, done.stderr),
                         (1, "run: pymm left no statistics: it was not at work in the second run\n"))

    def test_failed_program_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            done = compare(planted_command(folder, "exit 125\n"))
        self.assertEqual((done.returncode, done.stderr), (1, "run: on pymm the program ended with 125\n"))


class Installed(unittest.TestCase):
    """`cmake --install` leaves a tree in which the command finds its library."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.prefix = folder.name
        done = run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)

    def test_files_are_in_their_places(self):
        for path in ("bin/pymm", "lib/pymm/libpymm-cpython.so", "include/pymm.h"):
            self.assertTrue(os.path.exists(os.path.join(self.prefix, path)), path)

    def test_command_finds_the_library(self):
        done = run(os.path.join(self.prefix, "bin", "pymm"), "run", "--stats", "--", PYTHON, "-c", "print(6 * 7)")
        self.assertEqual((done.returncode, done.stdout), (0, "42\n"), done.stderr)
        self.assertIn("live", done.stderr)


if __name__ == "__main__":
    unittest.main()
