"""Runs one unittest file for ctest: every test by name, skips and their reasons in a list, one count at the end.

Owns the form of the output that script/test adds up. Exit status: 0 all passed, 1 something failed, 77 all skipped.
Started by pymm_add_python_test (cmake/PymmTests.cmake); by hand: run_unittest.py FILE [unittest arguments].
"""
import importlib.util
import os
import sys
import unittest


def load(path):
    """Import the file under its own name, with its folder on the path, as `python3 FILE` would."""
    folder, base = os.path.split(os.path.abspath(path))
    sys.path.insert(0, folder)
    name = os.path.splitext(base)[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return name


def main(arguments):
    if not arguments:
        sys.stderr.write("usage: run_unittest.py FILE [unittest arguments]\n")
        return 2
    for name in [name for name in os.environ if name.startswith("PYTHON")]:
        del os.environ[name]
    sys.stdout.reconfigure(line_buffering=True)
    runner = unittest.TextTestRunner(stream=sys.stdout, verbosity=2)
    program = unittest.main(module=load(arguments[0]), argv=arguments, testRunner=runner, exit=False)
    result = program.result
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    for test, reason in result.skipped:
        print("SKIPPED %s: %s" % (test.id(), reason))
    passed = max(result.testsRun - failed - skipped, 0)
    print("pymm-count: %d passed, %d failed, %d skipped" % (passed, failed, skipped))
    if failed or (not result.testsRun and not skipped):
        return 1
    return 77 if skipped and not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
