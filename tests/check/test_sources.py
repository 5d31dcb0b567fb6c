"""What every tracked file keeps to: its length, nothing left unfinished, nothing of the place where it was written."""
import os
import re
import unittest

import repository

LINES_AT_MOST = 500
LIMITED = (".c", ".h", ".py", ".sh", ".cmake", "CMakeLists.txt")
# Written in two halves, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(%s)\b" % "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]))
PLACES = re.compile(r"(?<![\w.~-])/(?:ro" r"ot|wo" r"rk)/[\w.]|(?<![\w.~-])/ho" r"me/\w|/tmp/py" r"mm/|\.\./sha" r"red\b")
REGISTRIES = re.compile(r"https?://[^\s/\"')]*(?:artifact|registry|nexus|mirror|proxy|internal|localhost|\d+\.\d+\.\d+\.\d+)"
                        r"[^\s/\"')]*|(?:extra-)?index-" r"url", re.I)
C_FILES = (".c", ".h")


def is_limited(path):
    return path.endswith(LIMITED) or (path.startswith("script/") and "." not in os.path.basename(path))


def check_length(files):
    return ["%s: %d lines, at most %d" % (path, text.count("\n"), LINES_AT_MOST) for path, text in sorted(files.items())
            if is_limited(path) and text.count("\n") > LINES_AT_MOST]


def check_pattern(files, pattern, what):
    return ["%s:%d: %s: %s" % (path, number, what, match.group(0)) for path, text in sorted(files.items())
            for number, line in repository.numbered_lines(text) for match in pattern.finditer(line)]


def check_opening(files):
    """A C file opens with a comment: what it owns, what it does not, what to read first."""
    return ["%s:1: does not open with a comment" % path for path, text in sorted(files.items())
            if path.endswith(C_FILES) and not text.startswith("/* ")]


class Repository(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.files = repository.tracked_files()

    def test_no_file_is_too_long(self):
        self.assertTrue([path for path in self.files if is_limited(path)], "no file was found at all")
        self.assertEqual(check_length(self.files), [])

    def test_nothing_is_left_unfinished(self):
        self.assertEqual(check_pattern(self.files, UNFINISHED, "unfinished"), [])

    def test_no_path_of_one_machine(self):
        self.assertEqual(check_pattern(self.files, PLACES, "path of one machine"), [])

    def test_no_host_of_a_registry(self):
        self.assertEqual(check_pattern(self.files, REGISTRIES, "host of a registry"), [])

    def test_c_files_open_with_their_comment(self):
        self.assertEqual(check_opening(self.files), [])


class SelfTest(unittest.TestCase):
    """Each kind of violation, planted, is found; what is allowed is not."""

    def test_length(self):
        for path in ("src/heap/a.c", "script/test", "tests/x/CMakeLists.txt"):
            self.assertEqual(check_length({path: "\n" * 500}), [])
            self.assertEqual(check_length({path: "\n" * 501}), ["%s: 501 lines, at most 500" % path])
        self.assertEqual(check_length({"docs/a.md": "\n" * 501}), [])

    def test_unfinished(self):
        for word in ("TO" + "DO", "FIX" + "ME"):
            self.assertEqual(check_pattern({"a.c": "\n/* %s: later */" % word}, UNFINISHED, "unfinished"),
                             ["a.c:2: unfinished: %s" % word])
        self.assertEqual(check_pattern({"a.c": "mastodon, todos, hackers"}, UNFINISHED, "unfinished"), [])

    def test_places(self):
        for place in ("/ro" + "ot/x", '"/ho' + 'me/someone/y"', "/wo" + "rk/main", "../sha" + "red"):
            self.assertEqual(len(check_pattern({"a.md": place}, PLACES, "")), 1, place)
        self.assertEqual(check_pattern({"a.md": "run as root; ~/x; $HOME/y; /home; net/work/x"}, PLACES, ""), [])

    def test_registries(self):
        for host in ("https:/" + "/registry.example/x", "http:/" + "/10.0.0.1/", "--index-" + "url"):
            self.assertEqual(len(check_pattern({"a": host}, REGISTRIES, "")), 1, host)
        self.assertEqual(check_pattern({"a": "https://docs.python.org/3/"}, REGISTRIES, ""), [])

    def test_opening(self):
        self.assertEqual(check_opening({"src/heap/a.c": "/* a.c: what */\n", "src/heap/b.h": "#ifndef B\n"}),
                         ["src/heap/b.h:1: does not open with a comment"])


if __name__ == "__main__":
    unittest.main()
