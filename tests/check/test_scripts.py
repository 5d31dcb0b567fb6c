"""The scripts: help and bad options, and that script/count_tests.py finds failures, crashes and skips in what ctest writes."""
import glob
import os
import stat
import subprocess
import sys
import tempfile
import unittest
from xml.sax.saxutils import escape

import repository

SCRIPTS = sorted(path for path in glob.glob(os.path.join(repository.ROOT, "script", "*"))
                 if "." not in os.path.basename(path) and os.path.isfile(path))
CMOCKA = """[==========] Running 3 test(s).
[ RUN      ] first
[       OK ] first
[ RUN      ] second
[  ERROR   ] --- 0x1 != 0x2
[  FAILED  ] second
[ RUN      ] third
[  SKIPPED ] third
[==========] 3 test(s) run.
[  PASSED  ] 1 test(s).
[  SKIPPED ] 1 test(s), listed below:
[  SKIPPED ] third
[  FAILED  ] 1 test(s), listed below:
[  FAILED  ] second
"""
UNITTEST = """FAIL: test_b (test_x.X)
SKIPPED test_x.X.test_c: no such interpreter
pymm-count: 4 passed, 1 failed, 1 skipped
"""


def run(*command):
    return subprocess.run(command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)


class Scripts(unittest.TestCase):
    def test_there_are_scripts(self):
        self.assertLessEqual({"bootstrap", "run", "test", "format"}, {os.path.basename(path) for path in SCRIPTS})

    def test_can_be_executed(self):
        for path in SCRIPTS + [os.path.join(repository.ROOT, ".ci", "run")]:
            self.assertTrue(os.stat(path).st_mode & stat.S_IXUSR, path)

    def test_help(self):
        for path in SCRIPTS:
            for option in ("-h", "--help"):
                done = run(path, option)
                self.assertEqual((done.returncode, done.stderr), (0, ""), path)
                self.assertIn("usage: script/%s" % os.path.basename(path), done.stdout)

    def test_unknown_option(self):
        for path in SCRIPTS:
            if os.path.basename(path) != "run":  # hands its arguments to the program
                done = run(path, "--no-such-option")
                self.assertEqual((done.returncode, done.stdout), (2, ""), path)
                self.assertIn("usage: ", done.stderr)

    def test_run_without_interpreter_is_one_line(self):
        done = run(os.path.join(repository.ROOT, "script", "run"), "--python", "/no/such/python")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "run: no interpreter at /no/such/python; give one with --python\n")


class Count(unittest.TestCase):
    def count(self, *cases):
        """(exit status, output lines) of count_tests.py for one preset with these (name, inner XML, output)."""
        text = "".join('<testcase name="%s" status="run">%s<system-out>%s</system-out></testcase>' % (
            name, inner, escape(output)) for name, inner, output in cases)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "release", "tests.xml")
            os.mkdir(os.path.dirname(path))
            if cases:
                with open(path, "w") as file:
                    file.write("<testsuite>%s</testsuite>" % text)
            done = run(sys.executable, "-I", "-B", os.path.join(repository.ROOT, "script", "count_tests.py"), path)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout.splitlines()

    def test_single_cases(self):
        status, lines = self.count(("c", "<failure/>", CMOCKA), ("python", "<failure/>", UNITTEST), ("plain", "", "x"))
        self.assertEqual(status, 1)
        self.assertEqual(lines, ["Skipped:", "    release/c: third", "    release/python: test_x.X.test_c: no such interpreter",
                                 "Failed:", "    release/c: second", "    release/python: test_b (test_x.X)",
                                 "6 passed, 2 failed, 2 skipped"])

    def test_all_passed(self):
        self.assertEqual(self.count(("a", "", "")), (0, ["1 passed, 0 failed, 0 skipped"]))

    def test_crash_after_passed_cases(self):
        status, lines = self.count(("c", "<failure/>", "[ RUN      ] a\n[       OK ] a\n[ RUN      ] b\n"))
        self.assertEqual((status, lines[1:]), (1, ["    release/c", "1 passed, 1 failed, 0 skipped"]))

    def test_executable_not_found_is_a_failure(self):
        status, lines = self.count(("gone", '<skipped message="Unable to find executable"/>', ""))
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed, 0 skipped"))

    def test_skipped(self):
        status, lines = self.count(("a", "", ""), ("b", '<skipped message="SKIP_RETURN_CODE=77"/>', "no valgrind\n"))
        self.assertEqual((status, lines), (0, ["Skipped:", "    release/b: no valgrind", "1 passed, 0 failed, 1 skipped"]))

    def test_preset_that_did_not_build(self):
        self.assertEqual(self.count(), (1, ["Failed:", "    release: build", "0 passed, 1 failed, 0 skipped"]))


class RunUnittest(unittest.TestCase):
    """tests/run_unittest.py: its exit status and its count, over a planted file."""

    def run_file(self, body):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "test_planted.py")
            with open(path, "w") as file:
                file.write("import unittest\nclass T(unittest.TestCase):\n" + body)
            done = run(sys.executable, "-I", "-B", os.path.join(repository.ROOT, "tests", "run_unittest.py"), path)
        return done.returncode, done.stdout.splitlines()[-1]

    def test_passed_and_skipped(self):
        body = "    def test_a(self): pass\n    @unittest.skip('why')\n    def test_b(self): pass\n"
        self.assertEqual(self.run_file(body), (0, "pymm-count: 1 passed, 0 failed, 1 skipped"))

    def test_failed(self):
        self.assertEqual(self.run_file("    def test_a(self): 1 / 0\n"), (1, "pymm-count: 0 passed, 1 failed, 0 skipped"))

    def test_all_skipped(self):
        self.assertEqual(self.run_file("    def test_b(self): self.skipTest('why')\n"),
                         (77, "pymm-count: 0 passed, 0 failed, 1 skipped"))

    def test_no_test_at_all_is_a_failure(self):
        self.assertEqual(self.run_file("    pass\n"), (1, "pymm-count: 0 passed, 0 failed, 0 skipped"))

    def test_failed_set_up_of_a_class(self):
        body = "    @classmethod\n    def setUpClass(cls): 1 / 0\n    def test_a(self): pass\n"
        self.assertEqual(self.run_file(body), (1, "pymm-count: 0 passed, 1 failed, 0 skipped"))


if __name__ == "__main__":
    unittest.main()
