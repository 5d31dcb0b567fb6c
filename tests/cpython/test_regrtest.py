"""CPython's own tests: no failure under pymm that stock does not have, but those allowed by name (regrtest_list.py).

The quick tier takes the fast modules on the first interpreter that has its test package (Debian's has it with the package
libpython3.11-testsuite); the full tier takes the whole list on every interpreter.
"""
import os
import unittest

import harness
import interpreters
import regrtest
import regrtest_list


def shipped(python, module):
    """The name under which this version has the module, or None."""
    for name in (module,) + regrtest_list.OTHER_NAMES.get(module, ()):
        path = os.path.join(python.tests, name)
        if os.path.exists(path + ".py") or os.path.exists(os.path.join(path, "__init__.py")):
            return name
    return None


def module_test(python, module):
    def test(self):
        name = shipped(python, module)
        if name is None:
            self.skipTest("%s does not ship %s" % (python.name, module))
        hangs = (python.version, name) in regrtest_list.STOCK_HANGS
        seconds = regrtest_list.MODULE_SECONDS * (6 if harness.IS_SLOW_BUILD else 1)
        report = regrtest.compare(python, name, seconds, regrtest_list.allowed(python.version),
                                  regrtest_list.STOCK_HANG_SECONDS if hangs else None)
        if report.pymm is None:
            self.skipTest("stock hangs: %s on %s" % (name, python.name))
        print("%s on %s: %d cases, stock fails %d, pymm fails %d; allowed %s; flaky %s" % (
            name, python.name, len(report.pymm.cases), count_failed(report.stock), count_failed(report.pymm),
            sorted(report.allowed) or "none", sorted(report.flaky) or "none"))
        for case in regrtest_list.STOCK_HANGING_CASES.get((python.version, name), ()):
            print("stock hangs: %s.%s left out on %s" % (name, case, python.name))
        self.assertTrue(report.pymm.cases or report.stock.code != 0, "no case was run: %s" % report.pymm.output)
        self.assertEqual(report.new, {}, "\n".join("NEW %s: %s" % item for item in report.new.items()))
    return test


def count_failed(outcome):
    return list(outcome.cases.values()).count(regrtest.FAILED)


def declare():
    """One class for each interpreter, one test for each module."""
    with_tests = [python for python in interpreters.chosen("full") if python.has_tests]
    full = harness.TIER == "full"
    # PYMM_TEST_MODULES-like choices are made with unittest's own -k; the lists stay whole.
    for python in with_tests if full else with_tests[:1]:
        tests = {"test_%s" % module[5:]: module_test(python, module)
                 for module in (regrtest_list.MODULES if full else regrtest_list.FAST)}
        name = "Regrtest_" + python.identifier
        globals()[name] = type(name, (unittest.TestCase,), dict(tests, __module__=__name__, __qualname__=name))


declare()


class Interpreters(unittest.TestCase):
    def test_some_interpreter_has_its_tests(self):
        if not any(python.has_tests for python in interpreters.chosen("full")):
            self.skipTest("no interpreter with its own tests: install libpython3.11-testsuite, or see PYMM_TEST_PYTHONS")

    def test_not_found(self):
        for minor in interpreters.missing() if harness.TIER == "full" else ():
            with self.subTest(minor):
                self.skipTest("%s: not found" % minor)

    def test_allowed_names_exist(self):
        """An allowed failure that no version has would hide nothing, and would be a mistake in the list."""
        for python in interpreters.chosen("full"):
            for name in regrtest_list.allowed(python.version) if python.has_tests else ():
                _, module, case, method = name.split(".")
                with open(os.path.join(python.tests, module + ".py")) as lines:
                    text = lines.read()
                self.assertIn("class %s(" % case, text)
                self.assertIn("def %s(self" % method, text)


if __name__ == "__main__":
    unittest.main()
