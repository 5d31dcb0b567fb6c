"""The settings that the preload reads, those that the command offers, and those that the manual explains are the same."""
import re
import unittest

from repository import ROOT


def text(path):
    with open(ROOT + "/" + path, encoding="utf-8") as file:
        return file.read()


def names(part):
    return set(re.findall(r'"(PYMM_[A-Z_]+)"', part))


class Settings(unittest.TestCase):
    def setUp(self):
        read = re.search(r"static bool read_setting\(.*?\n}", text("front/cpython/settings.c"), re.S)
        self.preload = names(read.group(0))
        self.command = names(re.search(r"#define OPTION_LIST.*?enum option_id", text("front/command/options.h"), re.S).group(0))

    def test_found(self):
        self.assertGreaterEqual(self.preload, {"PYMM_STATS", "PYMM_DISABLE"})

    def test_command_knows_what_the_preload_reads(self):
        self.assertEqual(self.preload, self.command)

    def test_manual_explains_them(self):
        manual = text("docs/man/libpymm-cpython.7")
        for name in sorted(self.preload):
            self.assertIn(name, manual)


if __name__ == "__main__":
    unittest.main()
