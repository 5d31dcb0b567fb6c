"""The benchmark's own arithmetic: verdicts, ratios, the document, and that its lists name programs that exist."""
import ast
import glob
import os
import sys
import unittest

ROOT = os.environ.get("PYMM_SOURCE_DIR") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.path.join(ROOT, "bench")
sys.path.insert(0, BENCH)

import common  # noqa: E402
import figures  # noqa: E402
import part_programs  # noqa: E402
import part_traces  # noqa: E402
import report  # noqa: E402


def grow_result(ratio):
    heap = {"grow_ms": 100.0, "free_ms": 1.0, "ratio": ratio}
    return {"date": "2000-01-01", "load_before": 0.0, "heaps": {"pymm": heap, "glibc": dict(heap, ratio=1.0)}}


def threads_result(scaling):
    heap = {"scaling": scaling, "one_per_second": 1e6, "two_per_second": scaling * 1e6}
    return {"date": "2000-01-01", "load_before": 0.0, "machine": 2.0,
            "patterns": {"own": {"pymm": heap}, "cross": {"pymm": heap}}}


class Verdicts(unittest.TestCase):
    def verdict(self, results, name):
        return next((value, is_met) for figure, value, _, is_met in report.verdicts(results) if figure.name == name)

    def test_a_bound_from_above(self):
        self.assertEqual(self.verdict({"grow": grow_result(0.9)}, "grow"), (0.9, True))
        self.assertEqual(self.verdict({"grow": grow_result(1.0004)}, "grow")[1], True)
        self.assertEqual(self.verdict({"grow": grow_result(1.0006)}, "grow")[1], False)

    def test_a_bound_from_below(self):
        self.assertEqual(self.verdict({"threads": threads_result(1.95)}, "threads_own")[1], True)
        self.assertEqual(self.verdict({"threads": threads_result(1.7)}, "threads_own")[1], False)
        self.assertEqual(self.verdict({"threads": threads_result(1.7)}, "threads_cross")[1], True)

    def test_figures_have_names_of_their_own_and_parts_that_exist(self):
        names = [figure.name for figure in figures.FIGURES]
        self.assertEqual(len(names), len(set(names)))
        self.assertLessEqual({figure.part for figure in figures.FIGURES}, {name for name, _, _ in report.SECTIONS})

    def test_notes_are_about_something(self):
        known = {figure.name for figure in figures.FIGURES} | {name for name, _, _ in report.SECTIONS} | {"introduction"}
        self.assertLessEqual(set(report.read_notes()), known)


class Document(unittest.TestCase):
    def test_a_miss_says_by_how_much(self):
        text = report.document({"grow": grow_result(1.25)}, False)
        self.assertIn("missed by 25.0 %; limited by: ", text)
        self.assertIn("grow 2000-01-01", text)

    def test_what_is_met_needs_no_reason(self):
        text = report.document({"grow": grow_result(0.5)}, False)
        self.assertNotIn("limited by", text)
        self.assertNotIn("--quick", text)
        self.assertIn("--quick", report.document({"grow": grow_result(0.5)}, True))


class Arithmetic(unittest.TestCase):
    def test_rounds_go_back_and_forth(self):
        self.assertEqual("".join(common.rounds("AB", 3)), "ABBAAB")

    def test_a_drift_cancels_out(self):
        self.assertAlmostEqual(common.paired_ratio([2, 4, 8, 16], [1, 2, 4, 8]), 2)

    def test_geometric_mean(self):
        self.assertAlmostEqual(common.geometric_mean([2, 8]), 4)
        self.assertIsNone(common.geometric_mean([]))

    def test_tables_line_up(self):
        lines = common.table(("a", "b"), [("x", 1), ("yyyy", 22)]).split("\n")
        self.assertEqual(len({len(line) for line in lines}), 1, lines)

    def test_the_environment_is_clean(self):
        os.environ["PYTHONMALLOC"] = "debug"
        os.environ["PYMM_STATS"] = "1"
        self.addCleanup(os.environ.pop, "PYTHONMALLOC")
        self.addCleanup(os.environ.pop, "PYMM_STATS")
        found = [name for name in common.clean_environment() if name.startswith(("PYTHON", "PYMM_", "LD_"))]
        self.assertEqual(found, ["PYTHONHASHSEED"])


class Programs(unittest.TestCase):
    def test_there_are_enough(self):
        self.assertGreaterEqual(len(glob.glob(os.path.join(common.PROGRAMS, "bench_*.py"))), 12)
        self.assertGreaterEqual(len(part_traces.NAMES), 5)

    def test_lists_name_programs_that_exist(self):
        names = ["trace_" + name for name in part_traces.NAMES] + ["bench_" + name for name in part_programs.QUICK_NAMES]
        for name in names:
            self.assertTrue(os.path.exists(os.path.join(common.PROGRAMS, name + ".py")), name)
        self.assertLessEqual(set(part_traces.QUICK_NAMES), set(part_traces.NAMES))

    def test_each_says_what_it_is(self):
        for path in glob.glob(os.path.join(common.PROGRAMS, "*.py")):
            with open(path, encoding="utf-8") as file:
                self.assertTrue(ast.get_docstring(ast.parse(file.read())), path)


if __name__ == "__main__":
    unittest.main()
