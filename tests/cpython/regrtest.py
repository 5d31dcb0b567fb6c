"""Runs one module of CPython's own tests (`python -m test`) on stock and under pymm, and says which failures are new.

Owns running, reading the JUnit file, comparing the two sets of cases, and the rule for flaky ones. Does not own which modules
are run (regrtest_list.py) nor what is reported to ctest (test_regrtest.py).

A case is new when it fails, or is skipped or missing, under pymm only. It is confirmed by running it alone twice more on both
sides: it counts unless pymm passes both times or stock fails once. A process that hangs has one more chance, on either side;
one that dies of a signal under pymm only has none.
"""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from typing import Dict, NamedTuple, Optional

import harness
import interpreters
from regrtest_list import STOCK_HANGING_CASES

PASSED, SKIPPED, FAILED = "passed", "skipped", "failed"
PROCESS = "the process"
WORSE = {PASSED: 0, SKIPPED: 1, FAILED: 2}
PLAIN_NAME = re.compile(r"^[\w.]+$")


class Outcome(NamedTuple):
    cases: Dict[str, str]       # test case -> PASSED, SKIPPED or FAILED; the worst where one name ran several times
    code: Optional[int]         # exit status of regrtest; negative: a signal; None: hung and was killed
    output: str                 # its end, for a diagnosis
    details: Dict[str, str]     # failed case -> text


def read_cases(path):
    """The cases of a JUnit file. Subtests count for their case."""
    cases, details = {}, {}
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError):
        return cases, details
    for element in root.iter("testcase"):
        name = element.get("name", "?").split(" ")[0] if "setUpClass" not in element.get("name", "") else element.get("name")
        status = PASSED
        for part in element:
            if part.tag in ("failure", "error"):
                status = FAILED
                details[name] = (part.text or part.get("message") or "")[-3000:]
            elif part.tag == "skipped" and status != FAILED:
                status = SKIPPED
        if WORSE[status] >= WORSE[cases.get(name, PASSED)]:
            cases[name] = status
    return cases, details


def run(python, module, mode, seconds, pattern=None):
    """Run one module in one mode, in a folder of its own."""
    if mode == harness.BARE and not os.path.exists(harness.PRELOAD):
        raise AssertionError("%s is not built" % harness.PRELOAD)
    folder = tempfile.mkdtemp(prefix="regrtest-")
    junit = os.path.join(folder, "junit.xml")
    argv = [python.path, "-m", "test", "-v", "--junit-xml", junit] + (["-m", pattern] if pattern else [])
    for case in STOCK_HANGING_CASES.get((python.version, module), ()):
        argv += ["-i", case]
    argv.append(module)
    env = interpreters.clean_environment()
    env["TMPDIR"] = folder
    if mode == harness.BARE:
        env["LD_PRELOAD"] = harness.PRELOAD
    log = os.path.join(folder, "log")
    try:
        with open(log, "wb") as out:
            process = subprocess.Popen(argv, env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT, start_new_session=True)
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                code = None
            kill_group(process)
        with open(log, errors="replace") as lines:
            output = lines.read()
        keep_log(python, module, mode, pattern, output)
        return Outcome(*read_cases(junit)[:1], code, output[-6000:], read_cases(junit)[1])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kill_group(process):
    """Whatever the tests have left behind ends with them."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def keep_log(python, module, mode, pattern, output):
    """The whole output stays in the build folder, for a person."""
    folder = os.path.join(harness.BUILD, "cpython_regrtest", python.identifier)
    os.makedirs(folder, exist_ok=True)
    name = "%s.%s%s.log" % (module, mode.split()[0], "." + pattern.rsplit(".", 1)[-1] if pattern else "")
    with open(os.path.join(folder, name), "w") as out:
        out.write(output)


def died(outcome):
    """Hung, or killed by a signal."""
    return outcome.code is None or outcome.code < 0


def new_failures(stock, pymm):
    """Names of the cases that are worse under pymm, or of the whole process where no case tells."""
    found = {}
    for name, status in pymm.cases.items():
        if WORSE[status] > WORSE[stock.cases.get(name, PASSED)]:
            found[name] = status
    if died(pymm) and not died(stock):
        found[PROCESS] = "hung" if pymm.code is None else "killed by signal %d" % -pymm.code
    else:
        for name in stock.cases:
            if name not in pymm.cases:
                found[name] = "missing"
        if pymm.code != 0 and stock.code == 0 and not found:
            found[PROCESS] = "exit status %d" % pymm.code
    return found


def is_bad(outcome, name):
    """Did the case not pass? A failed subtest leaves its case out of the JUnit file: missing is not passed."""
    return died(outcome) or outcome.cases.get(name, FAILED) != PASSED if name != PROCESS else outcome.code != 0


def confirmed(python, module, name, seconds):
    """Run a case alone twice on both sides: None when it is not pymm's, otherwise what happened."""
    pattern = name if PLAIN_NAME.match(name) else None
    happened = []
    for _ in range(2):
        stock = run(python, module, harness.STOCK, seconds, pattern)
        if pattern and not stock.cases:     # a name that -m does not find
            pattern = None
            stock = run(python, module, harness.STOCK, seconds)
        pymm = run(python, module, harness.BARE, seconds, pattern)
        if is_bad(stock, name):
            return None
        if is_bad(pymm, name):
            happened.append(pymm.details.get(name) or pymm.output)
    return happened[-1] if happened else None


class Report(NamedTuple):
    new: Dict[str, str]         # confirmed new failures -> what happened
    allowed: Dict[str, str]     # new ones that are allowed by name
    flaky: Dict[str, str]       # new ones that did not happen again
    stock: Optional[Outcome]
    pymm: Optional[Outcome]


def compare(python, module, seconds, allowed, stock_seconds=None):
    """Run the module both ways and sort what is new. A report without `pymm` says that stock itself hung."""
    stock = run(python, module, harness.STOCK, stock_seconds or seconds)
    if stock.code is None and stock_seconds is None:
        stock = run(python, module, harness.STOCK, seconds)
    if stock.code is None:
        return Report({}, {}, {}, stock, None)
    pymm, flaky = run(python, module, harness.BARE, seconds), {}
    if pymm.code is None:
        flaky[PROCESS] = "hung: " + pymm.output
        pymm = run(python, module, harness.BARE, seconds)
    report = Report({}, {}, flaky, stock, pymm)
    for name, status in new_failures(stock, pymm).items():
        if name in allowed:
            report.allowed[name] = status
        elif name == PROCESS and status != "exit status 2":
            report.new[name] = "%s\n%s" % (status, pymm.output)
        else:
            again = confirmed(python, module, name, seconds)
            if again is None:
                report.flaky[name] = pymm.details.get(name, status)
            else:
                report.new[name] = "%s: %s" % (status, again)
    return report
