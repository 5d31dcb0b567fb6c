"""`pymm report` on a terminal: the command line, the summary and the table against golden files, JSON."""
import json
import unittest

import profile_writer
from profile_writer import MAIN, MS, Writer
from support import ReportTest

PLAIN = {"LC_ALL": "C"}


class CommandLine(ReportTest):
    def test_refusals(self):
        for arguments, line in (
                ((), "report: no profile given; write pymm report FILE"),
                (("a", "b"), "report: 'b': one profile at a time; see 'pymm report --help'"),
                (("--format=xml", "a"), "--format: unknown format 'xml'; 'pymm report --help' lists them"),
                (("--domain=x", "a"), "--domain: unknown domain 'x'; write raw, mem or obj"),
                (("--peak", "--leaks", "a"), "--peak and --leaks exclude each other; give one of them"),
                (("--nope", "a"), "--nope: unknown option; see 'pymm report --help'"),
                (("-x", "a"), "-x: unknown option; see 'pymm report --help'"),
                (("--peak=1", "a"), "--peak=1: takes no value; write --peak"),
                (("a", "--base"), "--base: needs a value; write --base=VALUE")):
            self.assertRefused(line, *arguments, status=2)

    def test_help_lists_every_format(self):
        out = self.shown("--help")
        for name in ("summary", "table", "json", "--base", "--thread", "--domain", "--leaks", "--peak", "-o"):
            self.assertIn(name, out)

    def test_output_replaces_a_file_and_leaves_nothing_else(self):
        self.write("p", profile_writer.small())
        self.write("out", b"old")
        self.assertEqual(self.shown("-o", "out", "p"), "")
        with open(self.path("out")) as file:
            self.assertEqual(file.read(), self.shown("p"))


class Golden(ReportTest):
    def setUp(self):
        super().setUp()
        self.write("p", profile_writer.small())

    def test_summary(self):
        self.assertGolden("summary.txt", self.shown("p"))
        self.assertGolden("summary-ascii.txt", self.shown("p", environment=PLAIN))
        self.assertGolden("summary-peak.txt", self.shown("--peak", "p"))
        self.assertGolden("summary-filter.txt", self.shown("--thread=worker", "--domain=obj", "p"))

    def test_table(self):
        self.assertGolden("table.txt", self.shown("--format=table", "p"))
        self.assertGolden("table-leaks.txt", self.shown("--format=table", "--leaks", "p"))

    def test_base(self):
        old = Writer()
        old.thread(77, b"worker")
        old.sample(MS, 0x1, 1000000, [MAIN, profile_writer.CACHE], thread=77)
        old.sample(MS, 0x2, 500000, [MAIN, ("gone", "/app/gone.py", 1)], thread=4321)
        self.write("old", old)
        self.assertGolden("summary-base.txt", self.shown("--base=old", "p"))
        self.assertGolden("table-base.txt", self.shown("--base=old", "--format=table", "p"))

    def test_json(self):
        self.assertGolden("report.json", self.shown("--format=json", "p"))

    def test_nothing_recorded(self):
        self.assertGolden("summary-empty.txt", self.shown(self.write("e", Writer())))


class Leaks(ReportTest):
    def suspects(self, births, frees=()):
        writer = Writer()
        writer.sample(0, 0x10, 1000, [MAIN, ("start", "s.py", 1)])
        for index, birth in enumerate(births):
            writer.sample(int(birth * 1000) * MS, 0x1000 + index, 100, [MAIN, ("f", "f.py", 1)])
        for index in frees:
            writer.free(10000 * MS, 0x1000 + index)
        writer.end(10000 * MS)
        sites = self.json(self.write("p", writer))["sites"]
        return [name for name, is_suspected in zip(sites["function"], sites["is_suspected"]) if is_suspected]

    def test_growth_is_suspected(self):
        self.assertEqual(self.suspects([index / 2 for index in range(20)]), ["f"])

    def test_what_is_set_up_at_the_start_is_not(self):
        self.assertEqual(self.suspects([index / 20 for index in range(20)]), [])

    def test_what_is_worked_on_at_the_end_is_not(self):
        self.assertEqual(self.suspects([index / 2 for index in range(20)], range(17)), [])

    def test_a_cache_that_fills_up_is_not(self):
        self.assertEqual(self.suspects([10 * (index / 41) ** 3 for index in range(40)]), [])

    def test_growth_that_gains_speed_is_suspected(self):
        self.assertEqual(self.suspects([10 * (index / 41) ** 0.6 for index in range(40)]), ["f"])

    def test_two_bursts_are_not(self):
        self.assertEqual(self.suspects([index / 20 for index in range(20)] + [7 + index / 20 for index in range(20)]), [])

    def test_few_samples_are_no_evidence(self):
        self.assertEqual(self.suspects([index * 1.2 for index in range(8)]), [])


class Text(ReportTest):
    def test_control_characters_do_not_reach_a_terminal(self):
        writer = Writer()
        writer.info(profile_writer.COMMAND, b"python3\0\x1b]0;owned\x07\0")
        writer.sample(MS, 1, 10, [("f\x1b[31m", "a\nb\r.py", 1), ("\x9b1m\x85", "x.py", 2)])
        for format in ("summary", "table"):
            out = self.shown("--format", format, self.write("p", writer))
            self.assertFalse([character for character in out if character < " " and character != "\n" or "\x7f" <= character < "\xa0"])

    def test_bytes_that_are_no_text(self):
        writer = Writer()
        writer.sample(MS, 1, 10, [("f", b"/tmp/\xff\xc3(\xed\xa0\x80\0x.py", 1)])
        file = self.json(self.write("p", writer))["sites"]["file"]
        self.assertEqual(file, ["/tmp/\ufffd\ufffd(\ufffd\ufffd\ufffd\ufffdx.py"])

    def test_wide_characters_are_cut_to_the_columns(self):
        writer = Writer()
        writer.sample(MS, 1, 10, [("関数" * 100, "ファイル.py", 1)])
        line = next(line for line in self.shown(self.write("p", writer)).splitlines() if "ファイル" in line)
        self.assertIn("…", line)
        self.assertLessEqual(sum(2 if character > "\u2fff" else 1 for character in line), 120)
        self.assertTrue(line.rstrip().endswith("ファイル.py:1)"))

    def test_json_is_safe_within_a_page(self):
        writer = Writer()
        name = "</script><script>alert(1)</script><!--"
        writer.sample(MS, 1, 10, [(name, "<script>.py", 1)])
        out = self.shown("--format=json", self.write("p", writer))
        self.assertNotIn("<", out)
        self.assertEqual(json.loads(out)["sites"]["function"], [name])


if __name__ == "__main__":
    unittest.main()
