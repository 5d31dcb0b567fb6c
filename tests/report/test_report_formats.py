"""What `pymm report` writes for other tools: collapsed stacks and speedscope against golden files, pprof field by field."""
import gzip
import json
import os
import struct
import unittest

import profile_writer
from profile_writer import CACHE, LOAD, MAIN, MS, Writer
from support import ReportTest


def fields(message):
    """(number, value) of each field of a protocol buffer: integers, or bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            assert key & 7 == 2, key
            length = varint()
            yield key >> 3, message[at:at + length]
            at += length


def signed(value):
    return struct.unpack("<q", struct.pack("<Q", value))[0]


def varints(packed):
    """Numbers of a packed list."""
    value = shift = 0
    for byte in packed:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield signed(value)
            value = shift = 0


class Pprof:
    """A decoded file: `samples` are (stack as (function, file, line) innermost first, values, labels)."""

    def __init__(self, content):
        top = list(fields(gzip.decompress(content)))
        self.strings = [value.decode() for number, value in top if number == 6]
        functions = {}
        for number, value in top:
            if number == 5:
                one = dict(fields(value))
                functions[one[1]] = self.strings[one.get(2, 0)], self.strings[one.get(4, 0)]
        locations = {}
        for number, value in top:
            if number == 4:
                one = dict(fields(value))
                line = dict(fields(one[4]))
                locations[one[1]] = (*functions[line[1]], line.get(2, 0))
        self.types = [tuple(self.strings[value] for _, value in sorted(fields(value))) for number, value in top if number == 1]
        self.samples = []
        for number, value in top:
            if number == 2:
                one = list(fields(value))
                stack = [locations[number] for number in varints(dict(one)[1])]
                values = list(varints(dict(one)[2]))
                labels = {self.strings[label[1]]: self.strings[label[2]] for label in
                          (dict(fields(value)) for number, value in one if number == 3)}
                self.samples.append((stack, values, labels))
        self.facts = dict((number, value) for number, value in top if number in (9, 10, 12, 13, 14))


class Formats(ReportTest):
    def setUp(self):
        super().setUp()
        self.write("p", profile_writer.small())

    def pprof(self, *arguments):
        self.shown("--format=pprof", "-o", "out.pb.gz", *arguments)
        with open(self.path("out.pb.gz"), "rb") as file:
            return Pprof(file.read())

    def with_base(self):
        old = Writer()
        old.thread(77, b"worker")
        old.sample(MS, 0x1, 1000000, [MAIN, CACHE], thread=77)
        old.sample(MS, 0x2, 500000, [MAIN, ("gone", "/app/gone.py", 1)], thread=4321)
        self.write("old", old)
        return "--base=old", "p"

    def test_collapsed(self):
        self.assertGolden("small.collapsed", self.shown("--format=collapsed", "p"))
        self.assertGolden("small-peak.collapsed", self.shown("--format=collapsed", "--peak", "p"))
        self.assertGolden("small-base.collapsed", self.shown("--format=collapsed", *self.with_base()))

    def test_collapsed_keeps_its_separators_to_itself(self):
        writer = Writer()
        writer.sample(MS, 1, 7, [("a;b\nc", "x y.py", 1), ("d", "", 0)])
        self.assertEqual(self.shown("--format=collapsed", self.write("q", writer)), "a:b?c (x y.py:1);d 7\n")

    def test_speedscope(self):
        self.assertGolden("small.speedscope.json", self.shown("--format=speedscope", "p"))
        self.assertGolden("small-base.speedscope.json", self.shown("--format=speedscope", *self.with_base()))

    def test_speedscope_tells_threads_of_one_name_apart(self):
        file = json.loads(self.shown("--format=speedscope", self.write("a", profile_writer.accounts())))
        self.assertEqual([profile["name"] for profile in file["profiles"][1:]], ["main", "python3 (4400)", "python3 (4401)"])

    def test_speedscope_weights_add_up(self):
        for file in (json.loads(self.shown("--format=speedscope", *arguments)) for arguments in (("p",), ("--peak", "p"))):
            for profile in file["profiles"]:
                self.assertEqual(len(profile["samples"]), len(profile["weights"]))
                self.assertEqual(sum(profile["weights"]), profile["endValue"])
                self.assertTrue(all(0 <= frame < len(file["shared"]["frames"]) for stack in profile["samples"] for frame in stack))

    def test_pprof(self):
        profile = self.pprof("p")
        self.assertEqual(profile.types, [("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"),
                                         ("inuse_space", "bytes")])
        self.assertEqual(profile.strings[0], "")
        self.assertIn(([(CACHE), MAIN], [80, 1310720, 80, 1310720], {"thread": "worker", "domain": "obj"}), profile.samples)
        self.assertIn(([("<no frame>", "", 0)], [1, 4096, 1, 4096], {"thread": "main", "domain": "raw"}), profile.samples)
        sums = [sum(values[at] for _, values, _ in profile.samples) for at in range(4)]
        totals = self.json("p")["totals"]
        self.assertEqual(sums, [totals["allocated"]["blocks"], totals["allocated"]["bytes"], totals["end"]["blocks"],
                                totals["end"]["bytes"]])
        self.assertEqual(profile.facts[9], 1_700_000_000 * 10**9)
        self.assertEqual(profile.facts[10], 8 * 10**9)
        self.assertEqual(profile.strings[profile.facts[14]], "inuse_space")
        self.assertEqual(list(varints(profile.facts[13])), [profile.strings.index("python3 main.py --fast")])

    def test_pprof_peak(self):
        profile = self.pprof("--peak", "p")
        self.assertEqual(sum(values[3] for _, values, _ in profile.samples), self.json("p")["totals"]["peak"]["bytes"])

    def test_pprof_difference(self):
        profile = self.pprof(*self.with_base())
        self.assertEqual([name for name, _ in profile.types], ["inuse_objects", "inuse_space"])
        sums = {stack[0][0]: 0 for stack, _, _ in profile.samples}
        for stack, values, _ in profile.samples:
            sums[stack[0][0]] += values[1]
        self.assertEqual(sums, {"Cache.store": 310720, "gone": -500000, "Parser.parse": 786432, "<no frame>": 4096, "work": 0})

    def test_pprof_deep(self):
        writer = Writer()
        writer.sample(MS, 0x1, 100, [("f", "/deep.py", 3)] * 10000 + [LOAD])
        stack, values, _ = self.pprof(self.write("q", writer)).samples[0]
        self.assertEqual((len(stack), stack[0], values[3]), (10001, LOAD, 100))

    def test_pprof_to_a_pipe_and_to_a_full_disk(self):
        self.shown("--format=pprof", "-o", "file", "p")
        status, _, err = self.report("--format=pprof", "-o", "/dev/full", "p")
        self.assertEqual((status, err.count("\n")), (125, 1))
        self.assertIn("No space left on device", err)
        read_end, write_end = os.pipe()
        self.shown("--format=pprof", "-o", "/dev/fd/%d" % write_end, "p", pass_fds=(write_end,))
        os.close(write_end)
        with open(read_end, "rb") as pipe, open(self.path("file"), "rb") as file:
            self.assertEqual(pipe.read(), file.read())

    def test_to_a_link(self):
        """It stays a link: one that is a device's or another process's name must not become a file."""
        os.symlink("target", self.path("link"))
        self.shown("--format=json", "-o", "link", "p")
        self.assertEqual(os.readlink(self.path("link")), "target")
        with open(self.path("target")) as file:
            json.load(file)


if __name__ == "__main__":
    unittest.main()
