"""What `pymm report` says to files that are no profiles, or not whole ones, and what it makes of each kind of record."""
import ctypes
import os
import pty
import select
import shutil
import struct
import subprocess
import unittest

import profile_writer
from profile_writer import CACHE, LOAD, MAIN, MS, Writer
from support import COMMAND, ReportTest


class Files(ReportTest):
    def test_missing(self):
        self.assertRefused("report: none.pymm: cannot be opened: No such file or directory; name a profile that "
                           "pymm run --profile wrote", "none.pymm")

    def test_directory(self):
        self.assertRefused("report: .: is a directory; name a profile in it", ".")

    def test_empty(self):
        self.assertRefused("report: e: is empty; the program ended before anything was written", self.write("e", b""))

    def test_begun(self):
        for length in (1, 8, 4096):
            self.assertRefused("report: z: was begun and never filled; the program ended too early",
                               self.write("z", b"\0" * length))

    def test_foreign(self):
        for content in (b"x", b"\x7fELF\2\1\1\0" * 20, b"pymmproX" + b"\0" * 200, b"{}\n"):
            self.assertRefused("report: f: is no profile of pymm; name a file that pymm run --profile wrote",
                               self.write("f", content))

    def test_cut_in_the_header(self):
        self.assertRefused("report: c: is cut off within its first bytes; nothing of it can be shown",
                           self.write("c", profile_writer.small().bytes()[:50]))

    def test_newer_major(self):
        self.assertRefused("report: n: has format 2.3, this pymm reads 1.x; use the pymm that wrote it",
                           self.write("n", profile_writer.small(major=2, minor=3)))

    def test_byte_order(self):
        self.assertRefused("report: b: has the byte order of another machine; read it on one like that",
                           self.write("b", profile_writer.small(byte_order=0x04030201)))

    def test_damaged_header(self):
        content = bytearray(profile_writer.small().bytes())
        content[12:16] = struct.pack("<I", 8)
        self.assertRefused("report: d: has a damaged header; nothing of it can be shown", self.write("d", bytes(content)))

    def test_name_with_a_line_break(self):
        status, out, err = self.report("a\nb\x1b[1m")
        self.assertEqual((status, out, err.count("\n")), (125, "", 1))
        self.assertIn("a?b?[1m", err)

    def test_unreadable_output(self):
        self.write("p", profile_writer.small())
        self.assertRefused("report: no/where: cannot be written: No such file or directory; give a file that can be made with -o",
                           "-o", "no/where", "p")

    def test_full_disk(self):
        self.write("p", profile_writer.small())
        with open("/dev/full", "w") as full:
            done = subprocess.run([COMMAND, "report", self.path("p")], stdout=full, stderr=subprocess.PIPE, env=self.environment)
        self.assertEqual(done.returncode, 125)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertRefused("report: /dev/full: cannot be written: No space left on device; give a file that can be made with -o",
                           "-o", "/dev/full", "p")

    def test_pipe(self):
        out = self.shown("/dev/stdin", input=profile_writer.small().bytes())
        self.assertIn("Cache.store (/app/cache.py:42)", out)


class Damage(ReportTest):
    def assertPartly(self, trouble, content, line="Parser.parse (/app/load.py:21)"):
        status, out, err = self.report(self.write("p", content))
        self.assertEqual(status, 1)
        self.assertRegex(err, r"\Apymm: report: p: is damaged at byte \d+: %s; what stands before is shown\n\Z" % trouble)
        self.assertIn(line, out)

    def test_cut_off(self):
        self.assertPartly("the file is cut off", profile_writer.small().bytes(zeros=0)[:-20])

    def test_lengths(self):
        content = profile_writer.small(end=False).bytes(zeros=0)
        for record in (struct.pack("<IHH", 12, 6, 8), struct.pack("<IHH", 8, 6, 16), struct.pack("<IHH", 64, 6, 16),
                       struct.pack("<IHH", 8, 99, 4)):
            self.assertPartly("a record has a length that cannot be", content + record + b"\0" * 64)

    def test_kind(self):
        content = profile_writer.small(end=False).bytes(zeros=0)
        self.assertPartly("a record is of kind 99", content + struct.pack("<IHHQ", 16, 99, 8, 0))

    def test_undefined_number(self):
        writer = profile_writer.small(end=False)
        writer.record(profile_writer.SAMPLE, struct.pack("<qQQdIIHHI", 9000 * MS, 1, 1, 1.0, 77, 1, 2, 0, 0))
        self.assertPartly("stack 77 is used and was not defined", writer)

    def test_number_out_of_order(self):
        writer = profile_writer.small(end=False)
        writer.record(profile_writer.STRING, struct.pack("<II", 99, 1), b"x")
        self.assertPartly(r"a string is numbered 99 where \d+ follows", writer)

    def test_text_longer_than_its_record(self):
        writer = profile_writer.small(end=False)
        writer.record(profile_writer.INFO, struct.pack("<II", 5, 1000), b"x")
        self.assertPartly("a text is longer than its record", writer)

    def test_numbers_that_cannot_be(self):
        for weight in (float("nan"), float("inf"), -1.0, 1e300):
            writer = profile_writer.small(end=False)
            writer.sample(9000 * MS, 1, 100, [MAIN], weight=weight)
            self.assertPartly("a number of bytes or blocks cannot be", writer)

    def test_base_that_is_damaged(self):
        self.write("p", profile_writer.small())
        self.write("old", profile_writer.small().bytes()[:-200])
        status, out, err = self.report("--base", "old", "p")
        self.assertEqual((status, err.count("\n")), (1, 1))
        self.assertIn("Largest differences", out)


class Contents(ReportTest):
    def test_killed(self):
        out = self.shown(self.write("p", profile_writer.small(end=False)))
        self.assertIn("the end is missing: it was killed, or still runs", out)

    def test_newer_minor(self):
        writer = profile_writer.small(end=False, minor=7)
        writer.record(40, b"12345678")  # an unknown kind
        writer.record(profile_writer.MEMORY, struct.pack("<QQQQQQ", 8100 * MS, 99 << 20, 0, 50 << 20, 0, 0), fixed_extra=b"longer..")
        status, out, err = self.report(self.write("p", writer))
        self.assertEqual((status, err), (0, "pymm: report: p: has format 1.7, this pymm knows 1.1; what it does not know is "
                                            "left out\n"))
        self.assertIn("99.0 MiB at the end", out)

    def test_weights(self):
        writer = Writer(flags=0, interval=1 << 19)
        writer.sample(MS, 0x1000, 64, [MAIN], weight=8192.5)
        writer.sample(MS, 0x2000, 1 << 20, [MAIN], weight=1.25)
        writer.free(2 * MS, 0x1000)
        writer.end(3 * MS)
        totals = self.json(self.write("p", writer))["totals"]
        self.assertEqual(totals["peak"], {"bytes": 64 * 8192 + 32 + (1 << 20) * 5 // 4, "blocks": 8194})
        self.assertEqual(totals["end"], {"bytes": (1 << 20) * 5 // 4, "blocks": 1})

    def test_address_used_again_without_its_free(self):
        writer = Writer()
        for time in (1, 2, 3):
            writer.sample(time * MS, 0x1000, 100, [MAIN])
        writer.free(4 * MS, 0x7777)  # of no sample: says nothing
        totals = self.json(self.write("p", writer))["totals"]
        self.assertEqual((totals["end"]["bytes"], totals["allocated"]["bytes"]), (100, 300))

    def test_fold(self):
        writer = Writer(flags=profile_writer.FOLDED)
        writer.fold(900 * MS, 400 * MS, 3e6)
        writer.site([MAIN, LOAD], (10, 5e6), (9, 4e6), (4, 3e6))
        writer.sample(100 * MS, 0x1000, 1000000, [MAIN, LOAD], flags=profile_writer.KEPT)
        writer.sample(1000 * MS, 0x2000, 500000, [MAIN, CACHE])
        writer.end(2000 * MS)
        report = self.json(self.write("p", writer))
        totals = report["totals"]
        self.assertEqual((totals["allocated"]["bytes"], totals["end"]["bytes"]), (5500000, 1500000))
        self.assertEqual((totals["peak"]["bytes"], totals["peak_seconds"]), (3000000, 0.4))
        self.assertEqual(report["tallies"]["peak_bytes"], [3000000, 0])
        self.assertEqual(report["tallies"]["oldest_seconds"], [1.9, 1.0])
        self.assertIsNone(report["moments"]["live_bytes"][10])
        self.assertEqual(report["moments"]["live_bytes"][-1], 1500000)

    def test_fold_and_a_higher_peak(self):
        writer = Writer(flags=profile_writer.FOLDED)
        writer.fold(900 * MS, 400 * MS, 1e6)
        writer.site([MAIN, LOAD], (1, 1e6), (0, 0), (1, 1e6))
        writer.sample(100 * MS, 0x1000, 1000000, [MAIN, LOAD], flags=profile_writer.KEPT)
        writer.sample(1000 * MS, 0x2000, 500000, [MAIN, CACHE])
        writer.free(1100 * MS, 0x1000)
        report = self.json("--peak", self.write("p", writer))
        self.assertEqual((report["totals"]["peak"]["bytes"], report["totals"]["peak_seconds"]), (1500000, 1.0))
        self.assertEqual(report["tallies"]["bytes"], [1000000, 500000])

    def test_what_python_frees_when_it_takes_itself_down_is_what_the_program_left(self):
        writer = Writer()
        writer.sample(MS, 0x1000, 1000, [MAIN])
        writer.sample(2 * MS, 0x2000, 100, [MAIN])
        writer.free(3 * MS, 0x2000)
        writer.memory(3 * MS, 8 << 20, 6 << 20)
        writer.leave(4 * MS)
        writer.free(5 * MS, 0x1000)
        writer.sample(6 * MS, 0x3000, 77, [CACHE])
        writer.memory(7 * MS, 5 << 20, 3 << 20)
        writer.end(8 * MS)
        totals = self.json(self.write("p", writer))["totals"]
        self.assertEqual((totals["end"]["bytes"], totals["allocated"]["bytes"], totals["resident_bytes"]), (1000, 1100, 8 << 20))
        self.assertIn("1000 B live in 1 blocks, before Python took itself down", self.shown("p"))

    def test_forked_child_has_its_parents_blocks_and_did_not_allocate_them(self):
        writer = Writer(flags=profile_writer.FORKED)
        writer.sample(-MS, 0x1000, 1000, [MAIN, LOAD], flags=profile_writer.KEPT)
        writer.sample(MS, 0x2000, 10, [MAIN, CACHE])
        report = self.json(self.write("p", writer))
        self.assertEqual((report["totals"]["allocated"]["bytes"], report["totals"]["end"]["bytes"]), (10, 1010))
        self.assertTrue(report["profile"]["is_forked"])

    def test_c_frames(self):
        writer = Writer(flags=profile_writer.NATIVE | profile_writer.EXACT)
        writer.mapping(0x7f0000000000, 0x7f0000010000, 0x1000, b"/usr/lib/libz.so.1")
        writer.sample(MS, 0x1000, 10, [MAIN, None, 0x7f0000000123])
        writer.sample(MS, 0x2000, 20, [0x99])
        sites = self.json(self.write("p", writer))["sites"]
        self.assertEqual(sites["function"], ["+0x99", "libz.so.1+0x1123"])
        self.assertEqual(sites["file"], ["", "/usr/lib/libz.so.1"])

    def mapped(self, address):
        """The line of /proc/self/maps that has the address: start, end, offset in the file."""
        with open("/proc/self/maps") as file:
            for line in file:
                bounds, _, offset = line.split()[:3]
                start, end = (int(bound, 16) for bound in bounds.split("-"))
                if start <= address < end:
                    return start, end, int(offset, 16)

    def test_c_functions_have_their_names_where_the_file_is_still_the_one_that_ran(self):
        compiler = shutil.which("cc")
        if compiler is None:
            self.skipTest("no C compiler")
        with open(self.path("f.c"), "w") as file:
            file.write('void __wanted(void) {}\nvoid wanted(void) __attribute__((alias("__wanted")));\n'
                       'extern char behind[]; __asm__(".text; .globl behind; behind: .skip 64, 0x90");\n')
        library = self.path("f.so")
        subprocess.run([compiler, "-O0", "-shared", "-fPIC", "-nostdlib", self.path("f.c"), "-o", library], check=True)
        loaded = ctypes.CDLL(library)
        address, behind = (ctypes.cast(getattr(loaded, name), ctypes.c_void_p).value for name in ("wanted", "behind"))
        start, end, offset = self.mapped(address)
        self.assertLess(address, behind)
        writer = Writer(flags=profile_writer.NATIVE | profile_writer.EXACT, start=2_000_000_000 * 10**9)
        writer.mapping(start, end, offset, library.encode())
        writer.mapping(1 << 20, 1 << 21, 0, b"/dev/zero")
        writer.mapping(1 << 21, 1 << 22, 1 << 50, library.encode())
        writer.sample(MS, 0x1000, 40, [MAIN, address + 1])
        writer.sample(MS, 0x2000, 30, [MAIN, behind + 32])
        writer.sample(MS, 0x3000, 20, [MAIN, (1 << 20) + 16])
        writer.sample(MS, 0x4000, 10, [MAIN, (1 << 21) + 16])
        self.write("p", writer)
        plain = "f.so+0x%x" % (address + 1 - start + offset)
        for changed, name in ((1_999_999_999, "wanted"), (2_000_000_001, plain)):
            os.utime(library, (changed, changed))
            sites = self.json("p")["sites"]
            self.assertEqual(sites["function"], [name, "f.so+0x%x" % (behind + 32 - start + offset), "zero+0x10",
                                                 "f.so+0x4000000000010"])
            self.assertEqual(sites["file"], [library, library, "/dev/zero", library])
        os.unlink(library)
        self.assertEqual(self.json("p")["sites"]["function"][0], plain)

    def test_filters(self):
        self.write("p", profile_writer.small())
        self.assertEqual(self.json("--thread=worker", "p")["totals"]["end"]["bytes"], 80 * 16384)
        self.assertEqual(self.json("--thread=4400", "p")["totals"]["end"]["bytes"], 80 * 16384)
        self.assertEqual(self.json("--thread=main", "p")["totals"]["end"]["bytes"], 3 * 262144 + 4096)
        self.assertEqual(self.json("--domain=raw", "p")["totals"]["end"]["bytes"], 4096)
        self.assertEqual(self.json("--domain=raw", "--domain=mem", "p")["totals"]["peak"]["bytes"], (4 << 20) + 524288 + 4096)
        self.assertEqual(self.json("--domain=raw", "--thread=worker", "p")["totals"]["end"]["bytes"], 0)

    def test_peak_of_a_filter_is_its_own(self):
        writer = Writer()
        writer.sample(1 * MS, 0x1, 100, [MAIN], domain=1)
        writer.free(2 * MS, 0x1)
        writer.sample(3 * MS, 0x2, 1000, [MAIN], domain=2)
        totals = self.json("--domain=mem", self.write("p", writer))["totals"]
        self.assertEqual((totals["peak"]["bytes"], totals["peak_seconds"]), (100, 0.001))

    def test_stack_ten_thousand_deep(self):
        writer = Writer()
        frames = [("f", "/deep.py", 3 + index % 2) for index in range(10000)]
        writer.sample(MS, 0x1, 100, frames + [CACHE])
        report = self.json(self.write("p", writer))
        self.assertEqual((len(report["nodes"]["parent"]), report["sites"]["function"]), (10002, ["Cache.store"]))

    def test_many_moments(self):
        writer = Writer()
        for second in range(5000):
            writer.sample(second * 1000 * MS, 0x1000 + second, 10, [MAIN])
            if second >= 10:
                writer.free(second * 1000 * MS, 0x1000 + second - 10)
        moments = self.json(self.write("p", writer))["moments"]
        self.assertTrue(128 <= len(moments["seconds"]) <= 256)
        self.assertEqual(set(moments["live_bytes"]), {100})
        self.assertEqual(set(moments["live_most_bytes"]), {110, 100} if moments["live_most_bytes"][0] == 100 else {110})


class Bar(ReportTest):
    def test_large_file_on_a_terminal_has_a_bar_that_goes_away(self):
        with open(self.path("p"), "wb") as file:
            writer = Writer()
            writer.sample(MS, 1, 100, [MAIN])
            file.write(writer.bytes(zeros=0))
            number = struct.pack("<IHHQQII", 32, profile_writer.FREE, 32, 2 * MS, 5, 1, 0)
            file.write(number * (2 << 20))
        master, slave = pty.openpty()
        process = subprocess.Popen([COMMAND, "report", "p"], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=slave)
        os.close(slave)
        shown = b""
        while select.select([master], [], [], 60)[0]:
            try:
                shown += os.read(master, 65536)
            except OSError:
                break
        out = process.communicate()[0]
        os.close(master)
        self.assertEqual(process.returncode, 0)
        self.assertIn(b"reading [", shown)
        self.assertRegex(shown, rb" 5\d % of 64 MiB")
        self.assertTrue(shown.endswith(b" \r"), shown[-20:])
        self.assertIn(b"End ", out)

    def test_no_bar_where_there_is_no_terminal(self):
        with open(self.path("p"), "wb") as file:
            file.write(Writer().bytes(zeros=40 << 20))
        self.shown("p")


if __name__ == "__main__":
    unittest.main()
