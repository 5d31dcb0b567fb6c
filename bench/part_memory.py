"""Parts `records` and `startup`: what stays resident after most of a million records died; what an empty program costs."""
import json
import os

import common

KEEPS = ("thousandth", "hundredth", "first")


def run_records(options):
    variants = common.variants()
    if options.quick:
        variants = {name: variants[name] for name in ("stock", "pymm")}
    count = 1 if options.quick else 3
    program = os.path.join(common.PROGRAMS, "memory_records.py")
    result = {"runs": count, "keeps": {}}
    for keep in KEEPS:
        common.progress("records, %s kept" % keep)
        runs = {name: [] for name in variants}
        for name in common.rounds(variants, count):
            used, text = common.measure(variants[name], common.PYTHON, "-B", program, keep)
            runs[name].append({**json.loads(text), "cpu_s": used["cpu_s"]})
        keys = ("peak_bytes", "after_bytes", "later_bytes", "cpu_s")
        result["keeps"][keep] = {name: {key: common.median(run[key] for run in found) for key in keys}
                                 for name, found in runs.items()}
    return result


def records_tables(result):
    blocks = []
    titles = {"thousandth": "1 in 1000 kept, at random", "hundredth": "1 in 100 kept, at random",
              "first": "the first 1 % kept"}
    for keep, found in result["keeps"].items():
        lines = [[name] + ["%.1f" % (used[key] / common.MIB) for key in ("peak_bytes", "after_bytes", "later_bytes")]
                 + ["%.2f" % used["cpu_s"]] for name, used in found.items()]
        blocks += ["### Records: " + titles[keep],
                   common.table(("heap", "peak, MiB", "after gc.collect, MiB", "a second later, MiB", "CPU, s"), lines)]
    return blocks


def run_startup(options):
    variants = common.variants()
    if options.quick:
        variants = {name: variants[name] for name in ("stock", "pymm")}
    count = 60 if options.quick else 300
    runs = {name: [] for name in variants}
    common.progress("python3 -c pass, %d times each" % count)
    with common.one_processor():
        for name in common.rounds(variants, count):
            runs[name].append(common.measure(variants[name], common.PYTHON, "-c", "pass")[0])
    result = {"runs": count, "heaps": {}}
    for name, found in runs.items():
        result["heaps"][name] = {key: common.median(run[key] for run in found)
                                 for key in ("wall_s", "cpu_s", "peak_bytes")}
        for key in ("wall", "cpu"):
            result["heaps"][name][key + "_ratio"] = common.paired_ratio([run[key + "_s"] for run in found],
                                                                        [run[key + "_s"] for run in runs["stock"]])
    return result


def startup_tables(result):
    stock = result["heaps"]["stock"]
    lines = [(name, "%.2f" % (used["wall_s"] * 1e3), "%.3f" % used["wall_ratio"], "%.2f" % (used["cpu_s"] * 1e3),
              "%.3f" % used["cpu_ratio"], "%.2f" % (used["peak_bytes"] / common.MIB),
              "%+.2f" % ((used["peak_bytes"] - stock["peak_bytes"]) / common.MIB))
             for name, used in result["heaps"].items()]
    return ["### `python3 -c pass`, medians of %d runs each" % result["runs"],
            common.table(("heap", "wall, ms", "ratio", "CPU, ms", "ratio", "peak, MiB", "above stock"), lines)]
