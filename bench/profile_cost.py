#!/usr/bin/env python3
"""What a profile costs: programs under pymm without and with one, in turn; and stock Python without and with tracemalloc.

    bench/profile_cost.py [--pairs N] [--tracemalloc-pairs N] [NAME...]

Prints a table: CPU time with over without, the median of pairs that ran one after the other, and what the peak of resident
memory grew by. The build is build/release, or PYMM_BUILD_DIR."""
import argparse
import os
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


def ratio(runs, key="cpu_s"):
    return common.median([b[key] / a[key] for a, b in zip(runs["without"], runs["with"])])


def growth_mib(runs):
    return common.median([(b["peak_bytes"] - a["peak_bytes"]) / common.MIB for a, b in zip(runs["without"], runs["with"])])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--tracemalloc-pairs", type=int, default=3)
    parser.add_argument("--python", default=common.PYTHON)
    parser.add_argument("names", nargs="*", default=NAMES)
    options = parser.parse_args()
    ratios, traced_ratios = [], []
    print("| program | profile: CPU time | profile: peak, MiB | tracemalloc: CPU time | tracemalloc: peak, MiB |\n|---|--:|--:|--:|--:|")
    with common.one_processor(), tempfile.TemporaryDirectory() as folder:
        plain = {"LD_PRELOAD": common.PRELOAD}
        profiled = dict(plain, PYMM_PROFILE=os.path.join(folder, "%p.pymm"))
        for name in options.names:
            runs = pairs(options.python, name, (plain, ()), (profiled, ()), options.pairs)
            traced = pairs(options.python, name, ({}, ()), ({}, ("-X", "tracemalloc")), options.tracemalloc_pairs)
            ratios.append(ratio(runs))
            traced_ratios.append(ratio(traced))
            print("| %s | %.3f | %+.1f | %.2f | %+.1f |" % (name, ratios[-1], growth_mib(runs), traced_ratios[-1], growth_mib(traced)))
            sys.stdout.flush()
    print("| geometric mean | %.3f | | %.2f | |" % (common.geometric_mean(ratios), common.geometric_mean(traced_ratios)))


if __name__ == "__main__":
    main()
