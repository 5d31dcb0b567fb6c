"""Part `programs`: Python programs on the stock heap and on pymm's in turn; and, fewer times, on the peers'."""
import glob
import os
import subprocess

import common

QUICK_NAMES = ("json", "trees", "churn", "nbody", "records", "templates")


def names_of(options):
    found = sorted(os.path.basename(path)[6:-3] for path in glob.glob(os.path.join(common.PROGRAMS, "bench_*.py")))
    return [name for name in found if not options.quick or name in QUICK_NAMES]


def run_program(python, name, variants, count):
    """{variant: [runs]}; all must print the same."""
    program = os.path.join(common.PROGRAMS, "bench_%s.py" % name)
    runs, outputs = {variant: [] for variant in variants}, {}
    for variant in common.rounds(variants, count):
        used, text = common.measure(variants[variant], python, "-B", program)
        runs[variant].append(used)
        outputs.setdefault(text, variant)
    if len(outputs) != 1:
        raise common.Failed("%s prints different things: %r" % (name, outputs))
    return runs


def compare(runs, base="stock"):
    """What each variant used, and its ratios to the base's run beside it."""
    result = {}
    for variant, used in runs.items():
        of = {key: [run[key] for run in used] for key in ("cpu_s", "wall_s", "peak_bytes")}
        beside = {key: [run[key] for run in runs[base]] for key in of}
        result[variant] = {key: common.median(values) for key, values in of.items()}
        result[variant].update({"all_" + key: values for key, values in of.items()})
        result[variant].update({key.split("_")[0] + "_ratio": common.paired_ratio(of[key], beside[key]) for key in of})
    return result


def summary(programs):
    variants = {variant for program in programs.values() for variant in program} - {"stock"}
    result = {}
    for variant in sorted(variants):
        of = {name: program[variant] for name, program in programs.items() if variant in program}
        worst = max(of, key=lambda name: of[name]["cpu_ratio"])
        result[variant] = {key: common.geometric_mean(program[key] for program in of.values())
                           for key in ("cpu_ratio", "wall_ratio", "peak_ratio")}
        result[variant].update({"worst": worst, "worst_ratio": of[worst]["cpu_ratio"]})
    return result


def run_all(options, python, pair_count, peer_count, peers):
    variants = common.variants()
    pair = {name: variants[name] for name in ("stock", "pymm")}
    programs = {}
    with common.one_processor():
        for name in names_of(options):
            common.progress("program %s, %d pairs" % (name, pair_count))
            programs[name] = compare(run_program(python, name, pair, pair_count))
            if peers and peer_count:
                runs = run_program(python, name, {"stock": {}, **peers}, peer_count)
                programs[name].update({key: value for key, value in compare(runs).items() if key != "stock"})
    return {"python": version_of(python), "pairs": pair_count, "peer_pairs": peer_count if peers else 0,
            "programs": programs, "summary": summary(programs)}


def version_of(python):
    run = subprocess.run([python, "-IBc", "import sys; print(sys.version.split()[0])"], env=common.clean_environment(),
                         stdout=subprocess.PIPE, universal_newlines=True, check=True)
    return run.stdout.strip()


def find_313(options):
    """An interpreter with mimalloc inside, to be compared as well: --python313, or pyenv's."""
    if options.python313:
        return options.python313
    folder = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    return max(glob.glob(os.path.join(folder, "versions", "3.13*", "bin", "python3.13")), default=None)


def run(options):
    count = options.repeat or (3 if options.quick else 7)
    peers = {name: settings for name, settings in common.variants().items() if name not in ("stock", "pymm")}
    peer_count = min(3, count)
    result = run_all(options, common.PYTHON, count, 0 if options.quick else peer_count, peers)
    newer = None if options.quick else find_313(options)
    if newer:
        inside = {"its own mimalloc": {"PYTHONMALLOC": "mimalloc"}}
        result["newer"] = run_all(options, newer, peer_count, peer_count, inside)
    return result


def one_table(result):
    variants = sorted({variant for program in result["programs"].values() for variant in program} - {"stock", "pymm"})
    lines = []
    for name, program in result["programs"].items():
        ours = program["pymm"]
        line = [name, "%.2f" % program["stock"]["cpu_s"], "%.3f" % ours["cpu_ratio"], "%.3f" % ours["wall_ratio"],
                "%.3f" % ours["peak_ratio"], "%.1f" % (program["stock"]["peak_bytes"] / common.MIB)]
        for variant in variants:
            other = program.get(variant)
            line.append("%.3f / %.3f" % (other["cpu_ratio"], other["peak_ratio"]) if other else "-")
        lines.append(line)
    of = result["summary"]
    ours = ["%.3f" % of["pymm"][key] for key in ("cpu_ratio", "wall_ratio", "peak_ratio")]
    line = ["geometric mean", "", *ours, ""]
    lines.append(line + ["%.3f / %.3f" % (of[v]["cpu_ratio"], of[v]["peak_ratio"]) for v in variants])
    head = ["program", "stock CPU, s", "pymm CPU", "wall", "peak", "stock peak, MiB"]
    head += [variant + " CPU / peak" for variant in variants]
    return common.table(head, lines)


def tables(result):
    blocks = ["### CPython %s: CPU time (user + system), wall time, peak resident against stock" % result["python"],
              one_table(result)]
    if "newer" in result:
        blocks += ["### CPython %s, %d pairs" % (result["newer"]["python"], result["newer"]["pairs"]),
                   one_table(result["newer"])]
    return blocks
