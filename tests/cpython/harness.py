"""Runs programs on stock Python and under pymm, and makes one test class for each interpreter.

Owns the environment given to programs, the three ways to start one (stock, bare preload, `pymm run`) and what is asserted
about every run. Does not own the programs (programs/) nor the promises they check (test_*.py).
ctest sets PYMM_BUILD_DIR; PYMM_PRELOAD and PYMM_COMMAND name other products; CPYTHON_TEST_TIER is quick (default) or full.
"""
import os
import resource
import signal
import subprocess
import sys
import time
import unittest

import interpreters

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "programs")
BUILD = os.environ.get("PYMM_BUILD_DIR") or os.path.join(HERE, "..", "..", "build", "release")
PRELOAD = os.path.abspath(os.environ.get("PYMM_PRELOAD") or os.path.join(BUILD, "libpymm-cpython.so"))
COMMAND = os.path.abspath(os.environ.get("PYMM_COMMAND") or os.path.join(BUILD, "pymm"))
TIER = os.environ.get("CPYTHON_TEST_TIER", "quick")
# The hostile build checks the whole heap again and again: programs do a small part of their rounds there, and have longer.
IS_SLOW_BUILD = os.environ.get("PYMM_PRESET") == "hostile"
TIMEOUT_SECONDS = 300 if IS_SLOW_BUILD else 120

STOCK, BARE, RUN = "stock", "bare preload", "pymm run"


def built(name):
    """The path of a program or library that tests/cpython/CMakeLists.txt builds."""
    path = os.path.join(BUILD, name)
    if not os.path.exists(path):
        raise AssertionError("%s is not built" % path)
    return path


class Result:
    def __init__(self, code, out, err, seconds, pid):
        self.code, self.out, self.err, self.seconds, self.pid = code, out, err, seconds, pid

    def __str__(self):
        return "exit status %s after %.1f s\n--- stdout\n%s\n--- stderr\n%s" % (
            self.code, self.seconds, self.out[-4000:], self.err[-8000:])


def environment(mode, extra=None, expect=None):
    """The environment for a program. `expect` is what probe.py asserts: stock, pymm, or foreign (loaded, not installed)."""
    env = interpreters.clean_environment()
    if mode == BARE:
        env["LD_PRELOAD"] = PRELOAD
    env["CPYTHON_TEST_EXPECT"] = expect or ("stock" if mode == STOCK else "pymm")
    env["CPYTHON_TEST_HELPER"] = os.path.join(BUILD, "libcpython_test_helper.so")
    if IS_SLOW_BUILD:
        env["CPYTHON_TEST_SLOW"] = "1"
    env.update(extra or {})
    return env


def limit_setter(limits):
    """A function for the child that sets resource limits, {resource.RLIMIT_AS: bytes}."""
    def set_limits():
        for kind, value in limits.items():
            resource.setrlimit(kind, (value, resource.getrlimit(kind)[1]))
    return set_limits if limits else None


def start(argv, mode=STOCK, env=None, expect=None, limits=None, timeout=None, stdin=None):
    """Run argv and return its Result. On a timeout the whole process group is killed and the status is None."""
    if mode == RUN:
        argv = [COMMAND, "run", "--"] + list(argv)
    if mode != STOCK and not os.path.exists(PRELOAD):
        raise AssertionError("%s is not built" % PRELOAD)
    begin = time.monotonic()
    process = subprocess.Popen(argv, env=environment(mode, env, expect), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, preexec_fn=limit_setter(limits), start_new_session=True)
    try:
        out, err = process.communicate(stdin, timeout or TIMEOUT_SECONDS)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        code = None
    return Result(code, out.decode(errors="replace"), err.decode(errors="replace"), time.monotonic() - begin, process.pid)


class Case(unittest.TestCase):
    """A test case over one interpreter, `self.python`. -B: no byte code is written beside the programs."""
    python = None

    def start(self, arguments, mode=BARE, **options):
        return start([self.python.path, "-B"] + list(arguments), mode, **options)

    def succeed(self, arguments, mode=BARE, out=None, err="", **options):
        """Run the interpreter with these arguments: status 0 and exactly this output; out=None leaves stdout open."""
        result = self.start(arguments, mode, **options)
        what = "%s, %s, %s: %s" % (self.python.name, mode, " ".join(arguments)[:300], result)
        self.assertEqual(result.code, 0, what)
        self.assertEqual(result.err, err, what)
        if out is not None:
            self.assertEqual(result.out, out, what)
        return result

    def program(self, name, *arguments, flags=(), modes=(STOCK, BARE), out="ok\n", **options):
        """Run programs/NAME in each mode; stock comes first, to show that a failure is not the program's own."""
        argv = list(flags) + [os.path.join(PROGRAMS, name)] + list(arguments)
        return [self.succeed(argv, mode, out=out, **options) for mode in modes]

    def require_version(self, low, high=(9, 9)):
        if not low <= self.python.version[:2] <= high:
            self.skipTest("%s: for %s" % (self.python.minor, "%d.%d to %d.%d" % (low + high) if high < (9, 9)
                                          else "%d.%d and newer" % low))


def chosen():
    """The interpreters of the tier; in the quick one the slow build takes the first alone."""
    found = interpreters.chosen(TIER)
    return found[:1] if IS_SLOW_BUILD and TIER != "full" else found


def per_interpreter(base):
    """Class decorator: one subclass of `base` for each interpreter of the tier, put beside it, and in the full tier a skipped
    test for each supported version that is not here. The base itself disappears, so that it is not run."""
    module = sys.modules[base.__module__]
    for python in chosen():
        name = "%s_%s" % (base.__name__, python.identifier)
        while hasattr(module, name):
            name += "_other"
        setattr(module, name, type(name, (base,), {"python": python, "__module__": base.__module__, "__qualname__": name}))
    for minor in interpreters.missing() if TIER == "full" else ():
        name = "%s_%s" % (base.__name__, minor.replace(".", "_"))

        def test_not_found(self, minor=minor):
            self.skipTest("%s: not found" % minor)
        setattr(module, name, type(name, (unittest.TestCase,), {"test_not_found": test_not_found,
                                                                "__module__": base.__module__, "__qualname__": name}))
    return None
