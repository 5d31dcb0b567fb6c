"""Adds up what ctest wrote for each preset and prints "N passed, N failed, N skipped" as the last line.

Counts the single cases inside a test where its output tells them (run_unittest.py's and cmocka's), otherwise the test.
Lists every failed and every skipped case by name. Exit status 1 when anything failed, or when nothing ran.
usage: count_tests.py build/PRESET/tests.xml ...
"""
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

UNITTEST_COUNT = re.compile(r"^pymm-count: (\d+) passed, (\d+) failed, (\d+) skipped$", re.M)
UNITTEST_SKIP = re.compile(r"^SKIPPED (.*)$", re.M)
UNITTEST_FAILURE = re.compile(r"^(?:FAIL|ERROR): (.*)$", re.M)
CMOCKA_RESULT = re.compile(r"^\[ RUN      \] (\S+)$(?:(?!^\[ RUN).)*?^\[ *(OK|FAILED|SKIPPED) *\] \1$", re.M | re.S)


class Count:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []

    def add_test(self, label, has_failed, is_skipped, output):
        passed, failed, skipped = cases_of(output)
        if has_failed and not failed:
            failed.append("")
        if is_skipped and not skipped:
            lines = output.strip().splitlines()
            skipped.append(lines[-1] if lines else "no reason given")
        if not (passed or failed or skipped):
            passed = 1
        self.passed += passed
        self.failed.extend(("%s: %s" % (label, name)).rstrip(": ") for name in failed)
        self.skipped.extend("%s: %s" % (label, name) for name in skipped)


def cases_of(output):
    """(passed count, failed names, skipped names) of the single cases in one test's output."""
    counts = UNITTEST_COUNT.findall(output)
    if counts:
        passed, failed, skipped = (sum(int(count[column]) for count in counts) for column in range(3))
        return passed, names(UNITTEST_FAILURE, output, failed), names(UNITTEST_SKIP, output, skipped)
    results = CMOCKA_RESULT.findall(output)
    return (sum(result == "OK" for _, result in results), [name for name, result in results if result == "FAILED"],
            [name for name, result in results if result == "SKIPPED"])


def names(pattern, output, count):
    """`count` names: as many as the pattern finds, the rest without one."""
    found = [name for name in pattern.findall(output)][:count]
    return found + ["(name not printed)"] * (count - len(found))


def read_preset(path, count):
    preset = os.path.basename(os.path.dirname(path))
    if not os.path.exists(path):
        count.failed.append("%s: build" % preset)
        return
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        skipped = case.find("skipped")
        is_skipped = skipped is not None and "SKIP" in skipped.get("message", "")
        has_failed = case.find("failure") is not None or (skipped is not None and not is_skipped)
        count.add_test("%s/%s" % (preset, case.get("name")), has_failed, is_skipped, output)


def main(paths):
    count = Count()
    for path in paths:
        read_preset(path, count)
    for title, found in (("Skipped", count.skipped), ("Failed", count.failed)):
        if found:
            print("%s:" % title)
            print("".join("    %s\n" % name for name in found), end="")
    print("%d passed, %d failed, %d skipped" % (count.passed, len(count.failed), len(count.skipped)))
    return 1 if count.failed or not count.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
