"""`pymm report` on a terminal: the command line, the summary and the table against golden files, JSON."""
import json
import math
import os
import random as random_module
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
                (("a", "--base"), "--base: needs a value; write --base=VALUE"),
                (("a", "-o"), "-o: needs a value; write -o VALUE")):
            self.assertRefused(line, *arguments, status=2)

    def test_help_lists_every_format(self):
        out = self.shown("--help")
        for name in ("summary", "table", "json", "--base", "--thread", "--domain", "--leaks", "--peak", "-o"):
            self.assertIn(name, out)

    def test_a_thread_that_is_not_there(self):
        self.write("p", profile_writer.small())
        self.write("e", Writer())
        there = "main (4321), worker (4400)"
        for wanted in (("nosuch",), ("worker", "nosuch"), ("nosuch", "main")):
            self.assertRefused("--thread=nosuch: there is no such thread in p; there are: " + there,
                               *["--thread=" + name for name in wanted], "p", status=2)
        self.assertRefused("--thread=4: there is no such thread in e; there are: none", "--thread=4", "e", status=2)
        for name in ("main", "worker", "4400"):
            self.assertIn("Only       thread " + name, self.shown("--thread=" + name, "p"))
        only_old = Writer()
        only_old.thread(77, b"gone")
        only_old.sample(MS, 1, 10, [MAIN], thread=77)
        self.write("old", only_old)
        self.assertIn("thread gone", self.shown("--thread=gone", "--base=old", "p"))
        many = Writer()
        for number in range(100):
            many.thread(5000 + number, b"thread-%d" % number)
        self.write("many", many)
        status, out, err = self.report("--thread=nosuch", "many")
        self.assertEqual((status, out, err.count("\n")), (2, "", 1))
        self.assertIn("thread-0 (5000), thread-1 (5001)", err)
        self.assertTrue(err.endswith(", ...\n"), err)

    def test_output_replaces_a_file_and_leaves_nothing_else(self):
        self.write("p", profile_writer.small())
        self.write("out", b"old")
        self.assertEqual(self.shown("-o", "out", "p"), "")
        with open(self.path("out")) as file:
            self.assertEqual(file.read(), self.shown("p"))


    def test_a_report_does_not_replace_its_profile(self):
        self.write("p", profile_writer.small())
        self.write("old", profile_writer.small())
        os.link(self.path("p"), self.path("linked"))
        os.symlink("p", self.path("link"))
        for output in ("p", "./p", "linked", "link", "old"):
            self.assertRefused("report: %s: is the profile itself; give another file with -o" % output, "-o", output, "--base=old", "p",
                               status=2)
        self.assertEqual(len(os.listdir(self.folder)), 4)
        self.assertIn("Peak", self.shown("p"))


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

    def test_resident_memory(self):
        self.write("a", profile_writer.accounts())
        self.assertGolden("summary-accounts.txt", self.shown("a"))

    def test_nothing_recorded(self):
        self.assertGolden("summary-empty.txt", self.shown(self.write("e", Writer())))


class Accounts(ReportTest):
    def test_the_last_and_the_largest_before_the_end(self):
        found = self.json(self.write("a", profile_writer.accounts()))["resident"]
        self.assertEqual(found["moment"], ["the end", "the most"])
        self.assertEqual(found["seconds"], [0.9, 0.1])
        self.assertEqual(found["resident_bytes"], [40 << 20, 100 << 20])
        self.assertEqual(found["malloc_bytes"], [28 << 20, 20 << 20])
        self.assertEqual(found["thread_stacks_bytes"], [0, 6 << 20])
        self.assertEqual(found["absent_live_bytes"], [0, 1 << 20])
        self.assertEqual(found["absent_free_bytes"], [65 << 20, 5 << 20])
        for row in (0, 1):
            parts = sum(found[part + "_bytes"][row] for part in profile_writer.PARTS)
            self.assertEqual(parts + found["unknown_bytes"][row], found["resident_bytes"][row])

    def test_what_is_not_explained_may_be_negative(self):
        writer = Writer(minor=1)
        writer.account(MS, 10 << 20, live_obj=11 << 20)
        self.assertEqual(self.json(self.write("a", writer))["resident"]["unknown_bytes"], [-1 << 20] * 2)
        self.assertIn("\n    11.0 MiB  live blocks, obj\n    -1.0 MiB  smaller parts\n    10.0 MiB  all\n", self.shown("a"))

    def test_a_profile_without_accounts(self):
        self.assertEqual(self.json(self.write("p", profile_writer.small()))["resident"]["resident_bytes"], [])

    def test_more_parts_of_a_newer_version(self):
        writer = Writer(minor=1)
        writer.account(MS, 10 << 20, live_obj=4 << 20, fixed_extra=b"\0\0\x60\0\0\0\0\0")
        self.assertEqual(self.json(self.write("a", writer))["resident"]["unknown_bytes"], [6 << 20] * 2)

    def test_numbers_that_cannot_be(self):
        for fields in ({"resident": 1 << 61}, {"resident": 1 << 20, "live_obj": 1 << 63}):
            writer = Writer(minor=1)
            writer.account(MS, **fields)
            status, out, err = self.report(self.write("a", writer))
            self.assertEqual(status, 1, err)
            self.assertIn("a number of resident bytes cannot be", err)


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


class Differences(ReportTest):
    """Which differences of two sampled profiles are told from chance: those of more than twice their standard deviation."""

    def compare(self, old_count, new_count, size=100, interval=512 << 10):
        weight = 1 / -math.expm1(-size / interval)
        for name, count in (("old", old_count), ("new", new_count)):
            writer = Writer(flags=0, interval=interval)
            for index in range(count):
                writer.sample(MS, 0x1000 + index, size, [MAIN, ("f", "f.py", 1)], weight=weight)
            writer.end(2 * MS)
            self.write(name, writer)
        return self.shown("--base=old", "new")

    def test_what_samples_are_too_few_to_tell(self):
        out = self.compare(10, 14)
        self.assertIn("Largest differences at the end: none that chance alone would not make\n"
                      "    +2.0 MiB in 1 site with too few samples to tell it from chance\n", out)
        table = self.shown("--format=table", "--base=old", "new").splitlines()
        self.assertEqual(table[1].split("  ")[-1].split(), ["5.0", "MiB", "f", "(f.py:1)"])
        self.assertIn("    4.9 MiB ", table[1])

    def test_what_chance_does_not_make(self):
        out = self.compare(10, 40)
        self.assertRegex(out, r"Largest differences at the end\n +\+15.0 MiB \S+ f \(f.py:1\)\n\nLeaks")
        self.assertIn("Base            5.0 MiB live in old at the end; the difference is +15.0 MiB\n", out)
        self.assertRegex(self.compare(40, 10), r"Largest differences at the end\n +-15.0 MiB ")

    def test_large_blocks_are_all_sampled(self):
        out = self.compare(1, 2, size=8 << 20)
        self.assertRegex(out, r"Largest differences at the end\n +\+8.0 MiB \S+ f \(f.py:1\)\n\nLeaks")

    def test_lines_put_in_before_a_function_change_nothing(self):
        for name, shift, size in (("old", 0, 1000), ("new", 7, 4000)):
            writer = Writer()
            caller, outer = ("caller", "f.py", 105 + shift, 100 + shift), ("<module>", "f.py", 200 + shift, 1)
            writer.sample(MS, 1, size, [outer, caller, ("same", "f.py", 12, 10)])
            writer.sample(MS, 2, 10 * size, [outer, ("moved", "f.py", 52 + shift, 50 + shift)])
            writer.sample(MS, 3, 7, [outer, ("moved", "f.py", 53 + shift, 50 + shift)])
            writer.sample(MS, 4, 5, [outer, ("<lambda>", "f.py", 60, 60)])
            writer.sample(MS, 5, 5, [outer, ("<lambda>", "f.py", 67, 67)])
            if name == "new":  # the line that called before calls something else now
                writer.sample(MS, 6, 0, [outer, ("caller", "f.py", 105, 100 + shift), ("same", "f.py", 99, 10)])
            self.write(name, writer)
        report = self.json("--base=old", "new")
        sites = report["sites"]
        self.assertEqual(list(zip(sites["function"], sites["line"], sites["bytes"], sites["base_bytes"])),
                         [("moved", 59, 30000, 10000), ("same", 12, 3000, 1000), ("moved", 60, 0, 7), ("<lambda>", 60, 0, 5),
                          ("<lambda>", 67, 0, 5), ("same", 99, 0, 0)])
        # <module> begins with line 1 wherever its lines are; of callers the line does not count.
        tallies = report["tallies"]
        self.assertEqual(sorted(filter(None, tallies["base_bytes"])), [5, 5, 7, 1000, 10000])
        self.assertEqual(len(report["nodes"]["parent"]), 10)  # those of the new profile

    def test_a_line_that_allocates_in_another_place_of_its_function_is_another_site(self):
        for name, line in (("old", 12), ("new", 13)):
            writer = Writer()
            writer.sample(MS, 1, 1000, [MAIN, ("f", "f.py", line, 10)])
            writer.sample(MS, 2, 10, [MAIN, ("f", "f.py", line, 10), ("g", "g.py", 1, 1)])
            self.write(name, writer)
        sites = self.json("--base=old", "new")["sites"]
        self.assertEqual(list(zip(sites["function"], sites["line"], sites["bytes"])), [("f", 13, 1000), ("f", 12, -1000), ("g", 1, 0)])

    def test_the_chance_that_is_said_is_that_of_sampling(self):
        """Many samplings of the same blocks: about one in twenty is further off than twice the standard deviation."""
        random = random_module.Random(5)
        sizes, interval = (100, 3000, 40000), 20000
        truth, outside = sum(200 * size for size in sizes), 0
        for turn in range(40):
            writer = Writer(flags=0, interval=interval)
            for index in range(200 * len(sizes)):
                size = sizes[index % len(sizes)]
                p = -math.expm1(-size / interval)
                if random.random() < p:
                    writer.sample(MS, 0x1000 + index, size, [MAIN, ("f", "f.py", 1)], weight=1 / p, domain=index % len(sizes))
            sites = self.json(self.write("p", writer))["sites"]
            outside += abs(sites["bytes"][0] - truth) > sites["chance_bytes"][0]
        self.assertTrue(0 < outside < 7, outside)


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
