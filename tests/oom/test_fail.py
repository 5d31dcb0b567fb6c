"""PYMM_FAIL as a user sets it: the examples of examples/c run with their N-th allocation failing, for every N, and from
each N on. None may die of a signal or leave a block behind, but for those of types; bad values are one line and change nothing."""
import os
import re
import subprocess
import unittest

BUILD = os.environ["PYMM_BUILD_DIR"]
SOURCE = os.environ["PYMM_SOURCE_DIR"]
EXAMPLES = sorted(name[:-2] for name in os.listdir(os.path.join(SOURCE, "examples", "c")) if name.endswith(".c"))
NO_CALLS = ("allocator_name", "own_allocator")  # nothing of theirs comes to the tables that fail
# Of one example and mode, the first ones in the quick tier and in slow builds; what fails later mostly fails in the same places.
RUNS_MAX = 10**9 if os.environ.get("OOM_TEST_TIER") == "full" and os.environ.get("PYMM_PRESET") == "release" else 40
HAS_TYPES = ("objects",)  # what a type was made ready with stays until the process ends, as in CPython
LINE = re.compile(r"^pymm: PYMM_FAIL: (\d+) calls asked for memory, (\d+) of them failed$", re.M)


def run(name, **environment):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PYMM_"))}
    kept.update(environment)
    return subprocess.run([os.path.join(BUILD, "examples", "example_" + name)], env=kept, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, universal_newlines=True)


def counts(done):
    found = LINE.findall(done.stderr)
    return tuple(map(int, found[0])) if len(found) == 1 else None


class Examples(unittest.TestCase):
    def check_left(self, name, done):
        self.assertNotRegex(done.stderr, r"left: (?!\d+ blocks)" if name in HAS_TYPES else "left: ")

    def test_there_are_examples(self):
        self.assertGreaterEqual(len(EXAMPLES), 10)

    def test_nothing_fails(self):
        for name in EXAMPLES:
            with self.subTest(name=name):
                done = run(name, PYMM_FAIL="after:1000000")
                self.assertEqual((done.returncode, counts(done) and counts(done)[1]), (0, 0), done)
                self.assertEqual(counts(done)[0] > 0, name not in NO_CALLS)
                self.check_left(name, done)

    def fails(self, mode, start, debug):
        total = 0
        environment = {"PYTHONMALLOC": "debug"} if debug else {}
        for name in EXAMPLES:
            last = min(counts(run(name, PYMM_FAIL="after:1000000", **environment))[0], RUNS_MAX)
            for number in range(start, last + start):
                done = run(name, PYMM_FAIL="%s:%d" % (mode, number), **environment)
                total += 1
                with self.subTest(name=name, fail="%s:%d" % (mode, number)):
                    self.assertGreaterEqual(done.returncode, 0, done)
                    self.assertIsNotNone(counts(done), done)
                    self.assertGreater(counts(done)[1], 0, done)
                    self.check_left(name, done)
        print("%s: %d runs" % (mode, total))

    def test_once(self):
        self.fails("once", 1, False)

    def test_from_then_on(self):
        self.fails("after", 0, False)

    def test_once_under_debug_hooks(self):
        self.fails("once", 1, True)


class BadValues(unittest.TestCase):
    def test_one_line(self):
        for value in ("x", "once", "once:", "once:0", "once:-1", "once:1x", "after:", "after:99999999999999999999999", "Once:1"):
            with self.subTest(value=value):
                done = run("mem_arrays", PYMM_FAIL=value)
                self.assertEqual((done.returncode, done.stderr),
                                 (0, "pymm: PYMM_FAIL: '%s' is neither once:N nor after:N; nothing fails\n" % value))


if __name__ == "__main__":
    unittest.main()
