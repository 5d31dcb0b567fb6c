#!/usr/bin/env python3
"""What a profile costs: rounds of programs with and without it in one process; whole runs for memory; and tracemalloc.

    bench/profile_cost.py [--seconds N] [--processes N] [--pairs N] [--interval BYTES] [NAME...]

Prints a table: CPU time with a profile over without (profile_rounds.py), the mean of several processes and its standard error,
since it differs more from process to process than within one; what the peak of resident memory grew by, the median of whole
runs in turn; and both for stock Python without and with tracemalloc. The build is build/release, or PYMM_BUILD_DIR."""
import argparse
import json
import math
import os
import re
import statistics
import sys
import tempfile

import common

NAMES = ("trees", "records", "churn", "json", "deepcopy", "templates", "xml", "pickle", "sqlite", "asyncio")


def pairs(python, name, without, with_it, count):
    """Runs of both, one after the other; which one is first changes each time."""
    program = os.path.join(common.PROGRAMS, "bench_%s.py" % name)
    runs = {"without": [], "with": []}
    for turn in range(count):
        order = [("without", without), ("with", with_it)]
        for variant, (settings, options) in order if turn % 2 == 0 else reversed(order):
            runs[variant].append(common.measure(settings, python, *options, "-B", program)[0])
    return runs


def combined(parts):
    """Of several processes: the error is the larger of what their ratios differ by and what they themselves say."""
    ratios, count = [part["ratio"] for part in parts], len(parts)
    within = math.sqrt(sum(part["error"] ** 2 for part in parts)) / count
    return {"round_ms": common.median([part["round_ms"] for part in parts]), "ratio": statistics.mean(ratios),
            "error": max(within, statistics.stdev(ratios) / math.sqrt(count))}


def growth_mib(runs):
    return common.median([(b["peak_bytes"] - a["peak_bytes"]) / common.MIB for a, b in zip(runs["without"], runs["with"])])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10, help="of rounds, in each process")
    parser.add_argument("--processes", type=int, default=3, help="that run rounds of each program: two or more")
    parser.add_argument("--pairs", type=int, default=3, help="of whole runs")
    parser.add_argument("--interval", default="512K", help="bytes for each sample; with 1G none is taken, and the countdown is left")
    parser.add_argument("--python", default=common.PYTHON)
    parser.add_argument("names", nargs="*", default=NAMES)
    options = parser.parse_args()
    for name in options.names:
        if name not in NAMES:
            parser.error("no program is called '%s'; there are %s" % (name, ", ".join(NAMES)))
    if not re.fullmatch("[1-9][0-9]*[KMG]?", options.interval):
        parser.error("--interval=%s: no number of bytes; write it as in 512K" % options.interval)
    if options.processes < 2:
        parser.error("--processes=%d: two or more are needed to see how far they differ" % options.processes)
    if not os.path.exists(common.PRELOAD):
        parser.error("there is no %s; build it, or set PYMM_BUILD_DIR" % common.PRELOAD)
    costs, traced_costs = [], []
    print("| program | round, ms | profile: CPU time | profile: peak, MiB | tracemalloc: CPU time | tracemalloc: peak, MiB |\n"
          "|---|--:|--:|--:|--:|--:|")
    with common.one_processor(), tempfile.TemporaryDirectory() as folder:
        plain = {"LD_PRELOAD": common.PRELOAD}
        profiled = dict(plain, PYMM_PROFILE=os.path.join(folder, "%p.pymm"), PYMM_SAMPLE_INTERVAL=options.interval)
        for name in options.names:
            script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "profile_rounds.py")
            parts = [json.loads(common.measure(profiled, options.python, "-B", script, name, str(options.seconds))[1].splitlines()[-1])
                     for _ in range(options.processes)]
            rounds = combined(parts)
            costs.append(rounds)
            runs = pairs(options.python, name, (plain, ()), (profiled, ()), options.pairs)
            traced = pairs(options.python, name, ({}, ()), ({}, ("-X", "tracemalloc")), options.pairs)
            traced_costs.append(common.paired_ratio(*([run["cpu_s"] for run in traced[variant]] for variant in ("with", "without"))))
            print("| %s | %.1f | %.4f ± %.4f | %+.1f | %.2f | %+.1f |" % (name, rounds["round_ms"], rounds["ratio"], rounds["error"],
                                                                          growth_mib(runs), traced_costs[-1], growth_mib(traced)))
            sys.stdout.flush()
    error = math.sqrt(sum(rounds["error"] ** 2 for rounds in costs)) / len(costs)
    print("| geometric mean | | %.4f ± %.4f | | %.2f | |" % (common.geometric_mean(rounds["ratio"] for rounds in costs), error,
                                                             common.geometric_mean(traced_costs)))


if __name__ == "__main__":
    try:
        main()
    except common.Failed as error:
        sys.exit("profile_cost.py: %s" % error)
