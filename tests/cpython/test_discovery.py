"""Which interpreters are here: each supported version is found or reported as skipped, by name; those named and unusable fail."""
import unittest

import harness
import interpreters


class Discovery(unittest.TestCase):
    def test_debian(self):
        found = interpreters.survey()[0]
        self.assertTrue(found and found[0].path == interpreters.DEBIAN, "no %s" % interpreters.DEBIAN)
        self.assertEqual(found[0].minor, "3.11")

    def test_named_interpreters_are_usable(self):
        self.assertEqual(interpreters.survey()[1], ())

    def test_what_each_has(self):
        for python in interpreters.survey()[0]:
            print("found %s: libpython %s, headers %s, own tests %s%s" % (
                python.name, python.libpython or "none", python.headers or "none", "yes" if python.has_tests else "no",
                ", free-threaded" if python.free_threaded else ""))


def version_test(minor):
    def test(self):
        found = [python for python in interpreters.survey()[0] if python.minor == minor]
        if not found:
            self.skipTest("%s: not found" % minor)
        for python in found:
            result = harness.start([python.path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"])
            self.assertEqual((result.code, result.out), (0, minor + "\n"), result)
    return test


for _minor in interpreters.SUPPORTED:
    setattr(Discovery, "test_version_" + _minor.replace(".", "_"), version_test(_minor))


class FreeThreaded(unittest.TestCase):
    """There the library does nothing, and the command refuses."""

    def test_library_does_nothing(self):
        found = [python for python in interpreters.survey()[0] if python.free_threaded]
        if not found:
            self.skipTest("free-threaded: not found")
        for python in found:
            result = harness.start([python.path, "-c", "print(sum(range(10)))"], harness.BARE)
            self.assertEqual((result.code, result.out, result.err), (0, "45\n", ""), result)
            result = harness.start([python.path, "-c", "pass"], harness.RUN)
            self.assertEqual(result.code, 125, result)


if __name__ == "__main__":
    unittest.main()
