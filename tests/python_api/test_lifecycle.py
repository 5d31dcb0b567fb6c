"""libpymm in processes of its own: PYTHONMALLOC and its like, the four configurations of a build, fatal errors, statistics.

Messages are CPython 3.13's to the letter (checked against 3.11 and 3.13 themselves by the conformance tests); where it
crashes instead, pymm says what its neighbours say. The deeds are in scenarios.c.
"""
import os
import re
import signal
import subprocess
import unittest

BUILD = os.environ["PYMM_BUILD_DIR"]
PROGRAM = os.path.join(BUILD, "api_scenarios")
NULL_STATE = ("the function must be called with the GIL held, after Python initialization and before Python finalization, "
              "but the GIL is released (the current Python thread state is NULL)")
CURRENT = "Current thread 0x# (most recent call first):\n  <no Python frame>\n"
OTHER = "Thread 0x# (most recent call first):\n  <no Python frame>\n"
NAMES = ["pymalloc", "pymalloc_debug", "malloc", "malloc_debug", "mimalloc", "mimalloc_debug"]


def run(scenario, program=PROGRAM, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYMM_"))}
    kept.update(environment)
    return subprocess.run([program, scenario], env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, timeout=60)


def masked(text):
    return re.sub(r"0x[0-9a-f]{4,}", "0x#", text)


def fatal(message, state, threads=""):
    return "Fatal Python error: %s\nPython runtime state: %s\n\n%s" % (message, state, threads)


class Case(unittest.TestCase):
    maxDiff = None

    def assert_prints(self, expected, scenario, program=PROGRAM, **environment):
        done = run(scenario, program, **environment)
        self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", expected), (scenario, environment))

    def assert_dies(self, expected, scenario, stdout="", **environment):
        done = run(scenario, **environment)
        self.assertEqual((masked(done.stderr), done.stdout, done.returncode), (expected, stdout, -signal.SIGABRT))


class Lock(Case):
    def test_save_without_the_lock(self):
        message = "PyEval_SaveThread: " + NULL_STATE
        self.assert_dies(fatal(message, "initialized", CURRENT), "save_twice")
        self.assert_dies(fatal(message, "unknown"), "save_uninitialized")
        self.assert_dies(fatal(message, "finalizing (tstate=0x#)"), "save_finalized")
        self.assert_dies(fatal(message, "initialized", OTHER), "save_in_thread")

    def test_get_without_the_lock(self):
        self.assert_dies(fatal("PyThreadState_Get: " + NULL_STATE, "initialized", CURRENT), "get_released")

    def test_restore_nothing(self):
        self.assert_dies(fatal("PyEval_RestoreThread: " + NULL_STATE, "initialized", CURRENT), "restore_null")

    def test_restore_with_the_lock(self):
        self.assert_dies(fatal("_PyThreadState_Attach: non-NULL old thread state", "initialized", CURRENT), "restore_twice")

    def test_release_without_the_lock(self):
        message = "PyGILState_Release: thread state 0x# must be current when releasing"
        self.assert_dies(fatal(message, "initialized", CURRENT), "release_released")

    def test_release_without_a_state(self):
        message = "PyGILState_Release: auto-releasing thread-state, but no thread-state for this thread"
        self.assert_dies(fatal(message, "initialized", OTHER), "release_in_thread")
        self.assert_dies(fatal(message, "initialized"), "release_too_often", "check 0\n")


class FatalErrors(Case):
    def test_states_and_threads(self):
        self.assert_dies(fatal("fatal_early: early", "unknown"), "fatal_early")
        self.assert_dies(fatal("fatal_initialized: plain", "initialized", CURRENT), "fatal_initialized")
        self.assert_dies(fatal("fatal_finalized: after", "finalizing (tstate=0x#)"), "fatal_finalized")
        self.assert_dies(fatal("fatal_body: boom", "initialized", CURRENT + "\n" + OTHER), "fatal_in_thread")
        self.assert_dies(fatal("no function", "unknown"), "fatal_function")

    def test_child_of_a_fork_has_one_thread(self):
        done = run("fatal_in_child")
        self.assertEqual((done.returncode, masked(done.stderr), done.stdout),
                         (0, fatal("fatal_in_child: in the child", "initialized", CURRENT), "signal 6\n"))

    def test_statuses(self):
        self.assert_prints("error 0 exit 0 exception 0 code 0 -: -\nerror 1 exit 0 exception 1 code 0 -: mine\n"
                           "error 1 exit 0 exception 1 code 0 -: memory allocation failed\n"
                           "error 0 exit 1 exception 1 code 3 -: -\n", "statuses")
        done = run("status_exit")
        self.assertEqual((done.returncode, done.stderr), (3, ""))
        done = run("status_error")
        self.assertEqual((done.returncode, done.stderr), (1, fatal("mine", "unknown")))
        self.assert_dies(fatal("Py_ExitStatusException() must not be called on success", "unknown"), "status_ok")


class Choice(Case):
    def test_every_name(self):
        for name, expected in [(name, name) for name in NAMES] + [("", "pymalloc"), ("default", "pymalloc"),
                                                                  ("debug", "pymalloc_debug")]:
            self.assert_prints(expected + "\n", "name_at_load", PYTHONMALLOC=name)
            self.assert_prints(expected + "\n", "name_initialized", PYTHONMALLOC=name)
        self.assert_prints("pymalloc\n", "name_initialized")

    def test_debug_names_have_hooks_from_the_first_block_on(self):
        for name in ["debug"] + NAMES:
            done = run("first_bytes_then_initialize", PYTHONMALLOC=name)
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)
            lines = done.stdout.splitlines()
            self.assertEqual(len(lines), 2)
            if "debug" in name:
                self.assertEqual(lines, ["cd cd cd"] * 2, name)
            else:
                self.assertNotIn("cd cd cd", lines, name)

    def test_unknown_name_ends_initialization(self):
        expected = fatal("preconfig_init_allocator: PYTHONMALLOC: unknown allocator", "preinitializing")
        for name in ("wrong", "Debug", "malloc ", "pymalloc_debug_"):
            done = run("name_initialized", PYTHONMALLOC=name)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", expected))

    def test_unknown_name_is_said_once_before(self):
        warning = ("pymm: PYTHONMALLOC: no such allocator: 'wrong'; the default ones serve. Known are default, debug, malloc, "
                   "pymalloc, mimalloc, and the last three with _debug\n")
        for scenario in ("first_bytes", "print_statistics", "name_at_load", "own_table"):
            done = run(scenario, PYTHONMALLOC="wrong")
            self.assertTrue(done.stderr.startswith(warning), done.stderr)
            self.assertEqual(done.stderr.count("pymm:"), 1)
        self.assertEqual(run("name_at_load", PYTHONMALLOC="wrong").stdout, "pymalloc\n")

    def test_development_mode(self):
        self.assert_prints("pymalloc_debug\n", "name_at_load", PYTHONDEVMODE="1")
        self.assert_prints("pymalloc_debug\n", "name_initialized", PYTHONDEVMODE="0")  # any value, as in CPython
        self.assert_prints("pymalloc\n", "name_initialized", PYTHONDEVMODE="")
        self.assert_prints("malloc\n", "name_initialized", PYTHONDEVMODE="1", PYTHONMALLOC="malloc")
        self.assert_prints("pymalloc\n", "name_initialized", PYTHONDEVMODE="1", PYTHONMALLOC="default")
        self.assert_prints("pymalloc_debug\n", "name_dev_mode")
        self.assert_prints("malloc\n", "name_dev_mode", PYTHONMALLOC="malloc")

    def test_configuration(self):
        ok = "error 0 exit 0 exception 0 code 0 -: -\n"
        expected = ["pymalloc", "pymalloc_debug", "malloc", "malloc_debug"] + NAMES[:2] + NAMES[4:]
        self.assert_prints("".join("%s%s\n" % (ok, name) for name in expected), "name_config")
        self.assert_prints("".join("%s%s\n" % (ok, name) for name in expected), "name_config", PYTHONMALLOC="malloc")
        self.assert_prints(ok * 2 + "malloc\n", "name_second_choice")
        self.assert_prints(ok * 2 + "initialized 1 pymalloc_debug\n", "config_dev_mode")

    def test_isolated_configuration_does_not_read_the_environment(self):
        self.assert_prints("pymalloc\n", "name_isolated", PYTHONMALLOC="malloc_debug")
        self.assert_prints("pymalloc\n", "name_isolated", PYTHONDEVMODE="1")
        self.assert_prints("pymalloc\n", "name_isolated", PYTHONMALLOC="default")

    def test_unknown_configuration(self):
        done = run("name_unknown_config")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (
            1, "error 1 exit 0 exception 1 code 0 _PyPreConfig_Write: Unknown PYTHONMALLOC allocator\npymalloc\n",
            fatal("_PyPreConfig_Write: Unknown PYTHONMALLOC allocator", "preinitializing")))

    def test_environment_is_read_again_at_initialization(self):
        self.assert_prints("pymalloc\nmalloc_debug\n", "name_set_late")

    def test_own_tables_stay(self):
        self.assert_prints("calls 1, name none\npymalloc_debug\n", "own_table")
        # Asked for by name, the allocators replace the program's.
        self.assert_prints("calls 0, name malloc\nmalloc_debug\n", "own_table", PYTHONMALLOC="malloc")

    def test_what_is_no_table_is_refused_on_a_line(self):
        for name in ("pymalloc", "malloc_debug"):
            done = run("no_tables", PYTHONMALLOC=name)
            lines = done.stderr.splitlines()
            self.assertEqual((done.returncode, done.stdout, len(lines)), (0, name + "\n", 6), done.stderr)
            functions = ("PyMem_GetAllocator", "PyMem_SetAllocator", "PyMem_SetAllocator", "PyObject_GetArenaAllocator",
                         "PyObject_SetArenaAllocator", "PyObject_SetArenaAllocator")
            for line, function in zip(lines, functions):
                self.assertRegex(line, "^pymm: %s: .*; (nothing is done|the one in force stays)$" % function)

    def test_tracing_stays_on_top(self):
        for name in [""] + NAMES:
            self.assert_prints("1000 1010 0\n", "traced", PYTHONTRACEMALLOC="3", PYTHONMALLOC=name)
        self.assert_prints("0 0 0\n", "traced")
        self.assert_prints("1000\n", "traced_by_program")

    def test_hooks_check_the_lock(self):
        message = "_PyMem_DebugMalloc: Python memory allocator called without holding the GIL"
        self.assert_dies(fatal(message, "initialized", OTHER), "unheld", PYTHONMALLOC="debug")
        self.assert_dies(fatal(message, "initialized", OTHER), "unheld", PYTHONMALLOC="malloc_debug")
        self.assert_prints("", "unheld")
        self.assert_prints("nobody has to hold it yet\n", "unheld_uninitialized", PYTHONMALLOC="debug")


class Builds(Case):
    """The table "Default memory allocators": what each kind of build has when nothing is asked for."""

    def test_four_configurations(self):
        for suffix, name, has_hooks in (("", "pymalloc", False), ("_debug", "pymalloc_debug", True),
                                        ("_without", "malloc", False), ("_debug_without", "malloc_debug", True)):
            program = PROGRAM + suffix
            self.assert_prints(name + "\n", "name_at_load", program)
            self.assert_prints(name + "\n", "name_initialized", program)
            self.assert_prints(name + "\n", "name_initialized", program, PYTHONMALLOC="default")
            self.assert_prints(name.replace("_debug", "") + "_debug\n", "name_initialized", program, PYTHONMALLOC="debug")
            self.assert_prints("pymalloc\n", "name_initialized", program, PYTHONMALLOC="pymalloc")
            self.assert_prints("malloc\n", "name_initialized", program, PYTHONMALLOC="malloc")
            self.assertEqual("cd cd cd" in run("first_bytes", program).stdout, has_hooks, suffix)
            statistics = run("print_statistics", program)
            self.assertEqual("returned 0\n" == statistics.stdout, "without" in suffix, suffix)


class Finalization(Case):
    def test_exit_functions(self):
        self.assert_prints("second\nfirst, initialized 0\n32 taken\n", "exit_functions")


class Statistics(Case):
    ROW = re.compile(r"^(.{35})=([0-9,]+| {1,20}[0-9,]+)$")

    def sections(self, text):
        return [section for section in text.split("Small block threshold = ") if section]

    def check_section(self, text):
        """The form that CPython's has, and sums that agree."""
        lines = text.splitlines()
        self.assertEqual(lines[:4], ["32768, in 144 size classes.", "", "class   size   num pools   blocks in use  avail blocks",
                                     "-----   ----   ---------   -------------  ------------"])
        end = lines.index("", 4)
        used = free = 0
        for line in lines[4:end]:
            self.assertRegex(line, r"^ *\d+ +\d+ +\d+ +\d+ +\d+$")
            self.assertEqual(len(line), 5 + 1 + 6 + 1 + 11 + 1 + 15 + 1 + 13)
            _, size, _, in_use, available = map(int, line.split())
            used += size * in_use
            free += size * available
        rows = {}
        for line in lines[end:]:
            if line:
                match = self.ROW.match(line)
                self.assertTrue(match and len(match.group(2)) == 21, line)
                rows[match.group(1).strip()] = int(match.group(2).replace(",", ""))
        self.assertEqual(rows["# bytes in allocated blocks"], used)
        self.assertEqual(rows["# bytes in available blocks"], free)
        arenas = [value for label, value in rows.items() if label.endswith("bytes/arena")]
        pools = [value for label, value in rows.items() if "unused pools" in label]
        self.assertEqual(rows["Total"], arenas[0])
        self.assertEqual(rows["Total"], used + free + pools[0] + rows["# bytes in large blocks"]
                         + rows["# bytes lost to quantization"])
        return rows

    def test_form(self):
        done = run("print_statistics")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.endswith("\nreturned 1\n"))
        text = done.stdout[len("Small block threshold = "):-len("returned 1\n")]
        rows = self.check_section(text)
        self.assertGreaterEqual(rows["# bytes in large blocks"], 3 << 20)
        for label in ("# arenas allocated total", "# arenas reclaimed", "# arenas highwater mark", "# arenas allocated current",
                      "# bytes lost to pool headers", "# bytes lost to arena alignment", "# bytes resident"):
            self.assertIn(label, rows)

    def test_printed_when_the_heap_has_grown_and_at_the_end(self):
        for name in ("", "pymalloc", "mimalloc_debug"):
            done = run("grow", PYTHONMALLOCSTATS="1", PYTHONMALLOC=name)
            self.assertEqual(done.returncode, 0)
            sections = self.sections(done.stderr)
            self.assertGreater(len(sections), 3)
            totals = [self.check_section(section)["# bytes in allocated blocks"] for section in sections]
            self.assertEqual(totals[:-1], sorted(totals[:-1]))
            self.assertGreaterEqual(totals[-2], 100000 * 300 // 2)
            self.assertLess(totals[-1], 1000)  # at the end everything is free again
        self.assertEqual(run("grow").stderr, "")
        self.assertEqual(run("grow", PYTHONMALLOCSTATS="").stderr, "")

    def test_nothing_to_print_without_the_heap(self):
        self.assertEqual(run("grow", PYTHONMALLOCSTATS="1", PYTHONMALLOC="malloc").stderr, "")
        self.assert_prints("returned 0\n", "print_statistics", PYTHONMALLOC="malloc_debug")


if __name__ == "__main__":
    unittest.main()
