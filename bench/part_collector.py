"""Part `collector`: objects of libpymm and their collection, beside CPythons: the same C source compiled against each."""
import json
import os
import subprocess
import sys

import common

sys.path.insert(0, os.path.join(common.ROOT, "tests", "conformance"))

import targets  # noqa: E402  (found through the line above; it knows compiler lines and finds the interpreters)

FLAGS = ("-std=gnu11", "-O2", "-g", "-Wno-deprecated-declarations")
OF_PYMM = "-DBENCH_CHECK()=(void)0"  # no bytecode there, between which newer CPythons look for collections that are due
DROPPED = ("node", "list", "empty", "tuple", "dict", "float", "int", "bytes")
CONTAINERS = ("node", "list", "empty", "tuple", "dict")
CYCLIC = ("node", "list")
LIVE_COUNTS = (10000, 100000, 1000000, 10000000)
BASE = "3.13"


def questions(is_quick):
    """(question, kind, count, what is read from the answer, in lines of the tables)"""
    scale = 10 if is_quick else 1
    asked = [("drop", kind, 5000000 // scale) for kind in DROPPED]
    asked += [("memory", kind, 1000000 // scale) for kind in CONTAINERS]
    asked += [("cycles", kind, 1000000 // scale) for kind in CYCLIC]
    asked += [("live", kind, count) for kind in CYCLIC for count in LIVE_COUNTS if count <= 10000000 // scale]
    asked += [("pause", "list", 10000000 // scale)]
    return asked


def build(name, target):
    folder = os.path.join(common.CACHE, "collector")
    os.makedirs(folder, exist_ok=True)
    program = os.path.join(folder, name)
    command = ["cc", *FLAGS, *([OF_PYMM] if name == "pymm" else []), *target.include, "-o", program,
               os.path.join(common.ROOT, "bench", "collector.c"), "-Wl,--no-as-needed", *target.link, "-ldl", "-lm", "-lpthread"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, check=False)
    if done.returncode:
        raise common.Failed("%s: bench/collector.c does not compile:\n%s" % (name, done.stdout[-2000:]))
    return program


def found_targets(is_quick):
    """{name: target}: libpymm, and of each version of CPython that has a library the first one found."""
    found = {"pymm": targets.pymm()}
    for python in targets.interpreters.survey()[0]:
        name = "%d.%d" % python.version[:2] + (" Debian" if python.path == targets.interpreters.DEBIAN else "")
        target = targets.cpython(python)
        wanted = (BASE,) if is_quick else ("3.10", "3.11 Debian", "3.12", BASE)  # what the source needs began with 3.10
        if name in wanted and not target.missing and not python.free_threaded:
            found.setdefault(name, target)
    if BASE not in found:
        raise common.Failed("no CPython %s with a library: %s" % (BASE, " ".join(found)))
    return found


def ask(program, target, question):
    env = common.clean_environment()
    if target.home:
        env["PYTHONHOME"] = target.home
    done = subprocess.run([program, *map(str, question)], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, check=False)
    if done.returncode:
        raise common.Failed("%s %s ended with %d: %s" % (program, question, done.returncode, done.stderr[-500:]))
    return json.loads(done.stdout)


def run(options):
    found = found_targets(options.quick)
    programs = {name: build(name, target) for name, target in found.items()}
    count = options.repeat or (3 if options.quick else 5)
    result = {"runs": count, "targets": list(found), "answers": {}}
    with common.one_processor():
        for question in questions(options.quick):
            common.progress("collector, %s %s %d, %d times" % (*question, count))
            answers = {name: [] for name in found}
            for name in common.rounds(found, count):
                answers[name].append(ask(programs[name], found[name], question))
            result["answers"]["%s %s %d" % question] = {
                name: {key: {"median": common.median(answer[key] for answer in given),
                             "ratio": common.paired_ratio([answer[key] for answer in given],
                                                          [answer[key] for answer in answers[BASE]])}
                       for key in given[0]}
                for name, given in answers.items()}
    return result


def lines_of(result, wanted, key):
    """A line for each question that begins so: what was asked, the median of each target, pymm's ratio."""
    lines = []
    for asked, answers in result["answers"].items():
        if asked.startswith(wanted + " ") and key in answers["pymm"]:
            _, kind, count = asked.split()
            lines.append(["%s, %s" % (kind, "{:,}".format(int(count))),
                          *("%.1f" % answers[name][key]["median"] for name in result["targets"]),
                          "%.2f" % answers["pymm"][key]["ratio"]])
    return lines


def tables(result):
    blocks = []
    for title, wanted, key in (
            ("Make and drop, in batches of 1000: ns of CPU time for an object", "drop", "ns"),
            ("Cycles of two, made with collection off: ns for an object, making", "cycles", "build_ns"),
            ("The same, letting go and collecting", "cycles", "collect_ns"),
            ("The same, all of it", "cycles", "ns"),
            ("A full collection of objects that stay: ns for an object", "live", "ns"),
            ("The longest 100 births while a heap of objects that stay grows, collection on: ms", "pause", "longest_ms"),
            ("The same, ns for an object", "pause", "ns"),
            ("Resident bytes of an object, after a collection", "memory", "collected_bytes")):
        lines = lines_of(result, wanted, key)
        if lines:
            blocks += ["### " + title, common.table(("kind, objects", *result["targets"], "pymm/" + BASE), lines)]
    return blocks


def mean_ratio(wanted, key):
    """For figures.py: the geometric mean of pymm's ratios over the questions that begin so, and the worst."""
    def value(result):
        ratios = {asked: answers["pymm"][key]["ratio"] for asked, answers in result["answers"].items()
                  if asked.startswith(wanted) and key in answers["pymm"]}
        worst = max(ratios, key=ratios.get)
        return common.geometric_mean(ratios.values()), "worst: %s %.2f" % (worst.split()[1], ratios[worst])
    return value


def flatness(result):
    """The cost of an object in the largest heap against that in the smallest."""
    costs = [answers["pymm"]["ns"]["median"] for asked, answers in result["answers"].items() if asked.startswith("live list")]
    return costs[-1] / costs[0], "%.0f ns to %.0f ns" % (costs[0], costs[-1])
