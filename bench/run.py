"""The driver of script/bench: runs the parts, keeps their results, prints tables and writes the document."""
import argparse
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (its folder is not on the path of an isolated interpreter)
import part_collector  # noqa: E402
import part_memory  # noqa: E402
import part_micro  # noqa: E402
import part_programs  # noqa: E402
import part_traces  # noqa: E402
import report  # noqa: E402

PARTS = {
    "traces": part_traces.run,
    "records": part_memory.run_records,
    "startup": part_memory.run_startup,
    "programs": part_programs.run,
    "threads": part_micro.run_threads,
    "grow": part_micro.run_grow,
    "collector": part_collector.run,
}


def parse_arguments():
    parser = argparse.ArgumentParser(prog="bench", description="Measure pymm beside stock CPython and its peers.")
    parser.add_argument("--quick", action="store_true", help="a subset in five minutes; docs/performance.md stays")
    parser.add_argument("--only", action="append", choices=sorted(PARTS), metavar="NAME",
                        help="one part (may be repeated): " + " ".join(PARTS))
    parser.add_argument("--repeat", type=int, metavar="N", help="repetitions instead of the part's own number")
    parser.add_argument("--traces", metavar="DIR", help="keep packed traces in DIR instead of build/bench/traces")
    parser.add_argument("--python313", metavar="PATH", help="a CPython 3.13 to compare with its own mimalloc")
    parser.add_argument("--report", action="store_true", help="measure nothing, write the document again")
    return parser.parse_args()


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def save(path, results):
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
    os.replace(path + ".new", path)


def show(name, results):
    _, title, make_tables = next(section for section in report.SECTIONS if section[0] == name)
    common.say("\n== %s" % title)
    for block in make_tables(results[name]):
        common.say(block + "\n")


def main():
    options = parse_arguments()
    os.makedirs(common.CACHE, exist_ok=True)
    path = os.path.join(common.CACHE, "quick.json" if options.quick else "results.json")
    results = {} if options.quick and not options.only else load(path)
    busy = os.getloadavg()[0]
    if busy > 0.5 and not options.report:
        common.progress("the load of this machine is %.1f: figures of time will say so" % busy)
    for name in [] if options.report else options.only or PARTS:
        start = time.time()
        try:
            results[name] = PARTS[name](options)
        except common.Failed as error:
            sys.exit("bench: %s: %s" % (name, error))
        results[name]["date"] = time.strftime("%Y-%m-%d", time.gmtime())
        results[name].update({"took_s": round(time.time() - start, 1), "load_before": busy})
        save(path, results)
        show(name, results)
    text = report.document(results, options.quick)
    target = os.path.join(common.ROOT, "docs", "performance.md")
    if options.quick:
        target = os.path.join(common.CACHE, "quick.md")
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)
    common.say("== Targets\n" + report.targets_table(report.verdicts(results)))
    common.say("\nwritten: %s, %s" % (os.path.relpath(path, common.ROOT), os.path.relpath(target, common.ROOT)))


if __name__ == "__main__":
    main()
