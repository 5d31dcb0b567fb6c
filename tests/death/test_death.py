"""Misuse, one program each (examples/c/wrong): the report of the debug hooks, and what happens without them.

Reports are compared whole, with addresses masked, with those in expected/. Where a libpython is found, the same programs are
built against it, and CPython's own debug hooks must say the same. `test_death.py --write` writes expected/ anew.
"""
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

BUILD = os.environ["PYMM_BUILD_DIR"]
SOURCE = os.environ["PYMM_SOURCE_DIR"]
PRESET = os.environ.get("PYMM_PRESET", "none")
WRONG = os.path.join(SOURCE, "examples", "c", "wrong")
EXPECTED = os.path.join(SOURCE, "tests", "death", "expected")
NAMES = sorted(name[:-2] for name in os.listdir(WRONG) if name.endswith(".c"))

# In whose report CPython and pymm agree to the letter. In the others CPython crashes while it writes the report.
LIKE_CPYTHON = [name for name in NAMES if name.startswith(("family_", "gil_", "overflow", "underflow"))]
LIKE_CPYTHON += ["object_finalized_alive", "object_tracked_twice"]
# The debug hooks say nothing: the C library's own free gets the block, or nothing can be seen.
NOT_SEEN_BY_HOOKS = ["mixed_free", "write_after_free"]

# Without hooks: what the heap refuses, on one line, ...
TWICE = "pymm: block 0x#: freed twice, or not the start of a block; the call is ignored\n"
IN_A_ROW = "pymm: block 0x#: freed twice; the call is ignored\n"
REFUSED = {
    "freed_twice": (IN_A_ROW, "each block in its place\n"),
    "freed_twice_reused": (IN_A_ROW, ""),  # the first block's second free took the other block's place; that one's free is named
    "resized_after_free": (IN_A_ROW, ""),  # the contents go to a new block; the old one's end is the second one
    "freed_twice_given_back": (TWICE, ""),
    "freed_twice_large": (TWICE, ""),
    "freed_twice_later": (TWICE, ""),
    "mixed_del": ("pymm: block 0x#: not pymm's to free; the call is ignored\n", ""),
    "mixed_object": ("pymm: block 0x#: not pymm's to free; the call is ignored\n", ""),
    "mixed_realloc": ("pymm: block 0x#: not pymm's to resize; the call is ignored\n", ""),
    "resized_after_free_large": ("pymm: block 0x#: resized after its end, or not the start of a block; the call is ignored\n",
                                 "refused\n"),
}
# ... and what it takes as it was meant, since it knows each block by its address and keeps nothing in free memory.
HARMLESS = {name: "" for name in NAMES if name.startswith(("family_", "gil_"))}
HARMLESS.update(object_visits_twice="", object_visits_inside="", object_visits_foreign="", object_visits_nowhere="")
HARMLESS["write_after_free"] = "the next block holds zeros\n"
# The rest is not noticed where a hot path would have to pay for it; that is what the hooks are for. Each takes its course
# and leaves the heap as it was, ...
NOT_NOTICED = ["freed_inside", "object_free_tracked", "object_visits_freed", "overflow", "overflow_empty", "overflow_large", "underflow"]
# ... but where pymm is not asked: free() of the C library, which stops the process.
STOPPED_BY_LIBC = ["mixed_free"]
# With hooks or without: the end of the process, as CPython's.
ALWAYS_FATAL = ["object_finalized_alive", "object_tracked_twice", "object_unready_dropped"]
# The machine stops it, as under CPython.
CRASHES = ["object_untraversable"]


def masked(text):
    return re.sub(r"(?m)^\S+\.c:\d+: ", "FILE:#: ", re.sub(r"0x[0-9a-f]{4,}", "0x#", text))


def run(program, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYMM_"))}
    kept.update(environment)
    return subprocess.run([program], env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                          encoding="utf-8", errors="backslashreplace")


def wrong(name):
    return os.path.join(BUILD, "wrong", "wrong_" + name)


def expected_path(name):
    return os.path.join(EXPECTED, name + ".txt")


def expected(name):
    with open(expected_path(name), encoding="utf-8") as file:
        return file.read()


class UnderHooks(unittest.TestCase):
    maxDiff = None

    def test_each_dies_with_its_report(self):
        for name in NAMES:
            if name not in NOT_SEEN_BY_HOOKS:
                for allocator in ("debug", "pymalloc_debug"):
                    with self.subTest(name=name, allocator=allocator):
                        done = run(wrong(name), PYTHONMALLOC=allocator)
                        self.assertEqual(masked(done.stderr), expected(name))
                        self.assertEqual(done.returncode, -signal.SIGABRT)

    def test_expected_names_the_call(self):
        for name in NAMES:
            if name not in NOT_SEEN_BY_HOOKS:
                function = "_PyObject_AssertFailed" if name.startswith("object_") else "_PyMem_Debug(Raw)?(Malloc|Calloc|Realloc|Free)"
                self.assertRegex(expected(name), "(?m)^Fatal Python error: %s: " % function)

    def test_over_the_c_library(self):
        """Blocks of the C library under hooks: freed twice is known all the same."""
        for name in ("freed_twice", "freed_twice_large", "freed_twice_later", "resized_after_free", "overflow", "underflow",
                     "family_mem_to_raw", "gil_free"):
            with self.subTest(name=name):
                done = run(wrong(name), PYTHONMALLOC="malloc_debug")
                self.assertEqual((masked(done.stderr), done.returncode), (expected(name), -signal.SIGABRT))

    def test_what_hooks_do_not_see(self):
        done = run(wrong("write_after_free"), PYTHONMALLOC="debug")
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("the next block holds zeros\n", "", 0))
        # The C library takes the pad bytes for the size of a block and stops, or the machine stops it.
        done = run(wrong("mixed_free"), PYTHONMALLOC="debug")
        self.assertIn(done.returncode, (-signal.SIGABRT, -signal.SIGSEGV))


class WithTracing(unittest.TestCase):
    maxDiff = None

    def lines(self, name):
        with open(os.path.join(WRONG, name + ".c"), encoding="utf-8") as file:
            return file.read().splitlines()

    def place(self, name, words, nth=0):
        """The report's line for the nth line of the program that has the words."""
        numbers = [number for number, line in enumerate(self.lines(name), 1) if words in line]
        return '  File "%s", line %d\n' % (os.path.join(WRONG, name + ".c"), numbers[nth])

    def report(self, name):
        done = run(wrong(name), PYTHONMALLOC="debug", PYTHONTRACEMALLOC="1")
        self.assertEqual(done.returncode, -signal.SIGABRT)
        self.assertNotIn("Enable tracemalloc", done.stderr)
        return done.stderr

    def test_freed_twice_shows_both_places(self):
        for name in ("freed_twice", "freed_twice_large", "resized_after_free"):
            with self.subTest(name=name):
                self.assertIn("\n\nMemory block allocated at (most recent call first):\n%s\n"
                              "Memory block freed at (most recent call first):\n%s\nFatal Python error: " %
                              (self.place(name, "Malloc("), self.place(name, "Free(")), self.report(name))

    def test_wounds_show_where_the_block_was_made(self):
        for name, words in (("overflow", "Malloc("), ("underflow", "Malloc("), ("family_mem_to_raw", "Malloc("),
                            ("family_mem_resized_by_raw", "Malloc(")):
            with self.subTest(name=name):
                self.assertIn("\n\nMemory block allocated at (most recent call first):\n%s\n" % self.place(name, words),
                              self.report(name))


@unittest.skipIf(PRESET == "hostile", "with magazines of one or two slots a double free is noticed at other moments")
class WithoutHooks(unittest.TestCase):
    maxDiff = None

    def test_each_program_is_in_one_list(self):
        self.assertEqual(sorted([*REFUSED, *HARMLESS, *NOT_NOTICED, *STOPPED_BY_LIBC, *ALWAYS_FATAL, *CRASHES]), NAMES)

    def test_refused(self):
        for name, (stderr, stdout) in REFUSED.items():
            with self.subTest(name=name):
                done = run(wrong(name))
                self.assertEqual((masked(done.stderr), done.stdout, done.returncode), (stderr, stdout, 0))

    def test_harmless(self):
        for name, stdout in HARMLESS.items():
            with self.subTest(name=name):
                done = run(wrong(name))
                self.assertEqual((done.stderr, done.stdout, done.returncode), ("", stdout, 0))

    def test_not_noticed(self):
        for name in NOT_NOTICED:
            with self.subTest(name=name):
                done = run(wrong(name))
                self.assertEqual((done.stderr, done.returncode), ("", 0))

    def test_always_fatal(self):
        for name in ALWAYS_FATAL:
            with self.subTest(name=name):
                done = run(wrong(name))
                self.assertEqual((masked(done.stderr), done.returncode), (expected(name), -signal.SIGABRT))

    def test_crashes(self):
        for name in CRASHES:
            with self.subTest(name=name):
                self.assertEqual(run(wrong(name)).returncode, -signal.SIGSEGV)

    def test_stopped_by_the_c_library(self):
        for name in STOPPED_BY_LIBC:
            with self.subTest(name=name):
                self.assertIn(run(wrong(name)).returncode, (-signal.SIGABRT, -signal.SIGSEGV))


class LikeCPython(unittest.TestCase):
    """The same source on a real CPython."""
    maxDiff = None

    @staticmethod
    def flags(config, option):
        done = subprocess.run([config, "--embed", option], stdout=subprocess.PIPE, check=True, universal_newlines=True)
        return shlex.split(done.stdout)

    def test_same_report(self):
        config = "/usr/bin/python3-config"
        if not os.path.exists(config) or shutil.which("cc") is None:
            self.skipTest("no libpython to compare with (Debian: python3-dev)")
        includes, libraries = self.flags(config, "--includes"), self.flags(config, "--ldflags")
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "wrong")
            for name in LIKE_CPYTHON:
                with self.subTest(name=name):
                    source = os.path.join(WRONG, name + ".c")
                    subprocess.run(["cc", "-w", "-O0", "-pthread", *includes, source, "-o", program, *libraries], check=True)
                    done = run(program, PYTHONMALLOC="debug")
                    self.assertEqual(masked(done.stderr), expected(name))
                    self.assertEqual(done.returncode, -signal.SIGABRT)


def write_expected():
    for name in NAMES:
        if name not in NOT_SEEN_BY_HOOKS:
            with open(expected_path(name), "w", encoding="utf-8") as file:
                file.write(masked(run(wrong(name), PYTHONMALLOC="debug").stderr))


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write_expected()
    else:
        unittest.main()
