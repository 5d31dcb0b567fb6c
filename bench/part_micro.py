"""Parts `threads` and `grow`: two threads against one, and one block that grows to 1 GiB, in C without Python."""
import subprocess

import common

BACKENDS = ("pymm", "mimalloc", "jemalloc", "tcmalloc", "glibc")
QUICK_BACKENDS = ("pymm", "mimalloc", "glibc")


def micro(kind, backend, *arguments):
    library = ["--lib", common.PRELOAD] if backend == "pymm" else []
    return common.tool_json("micro", kind, "--backend", backend, *library, *arguments)


def alone_and_together(rounds):
    """How much more two processes do than one, each with one thread: what the machine itself allows."""
    command = [common.tool("micro"), "threads", "--backend", "pymm", "--lib", common.PRELOAD, "--pattern", "own",
               "--rounds", str(rounds)]

    def run(count):
        started = [subprocess.Popen(command, env=common.clean_environment(), stdout=subprocess.PIPE,
                                    universal_newlines=True) for _ in range(count)]
        texts = [process.communicate()[0] for process in started]
        if any(process.returncode for process in started):
            raise common.Failed("micro threads failed")
        return sum(float(text.split('"pairs_per_second": ')[1].rstrip("}\n")) for text in texts)

    return run(2) / run(1)


def run_threads(options):
    backends = QUICK_BACKENDS if options.quick else BACKENDS
    count = options.repeat or (3 if options.quick else 9)
    rounds = 5000000 if options.quick else 15000000
    result = {"runs": count, "rounds": rounds, "patterns": {}}
    for pattern in ("own", "cross"):
        common.progress("threads, %s: %d times" % (pattern, count))
        speeds = {name: {1: [], 2: []} for name in backends}
        for name in common.rounds(backends, count):
            for threads in (1, 2):
                found = micro("threads", name, "--pattern", pattern, "--threads", str(threads), "--rounds", str(rounds))
                if found is not None:
                    speeds[name][threads].append(found["pairs_per_second"])
        result["patterns"][pattern] = {
            name: {"scaling": common.paired_ratio(speed[2], speed[1]),
                   "scalings": [two / one for one, two in zip(speed[1], speed[2])],
                   "one_per_second": common.median(speed[1]), "two_per_second": common.median(speed[2])}
            for name, speed in speeds.items() if speed[1]}
    result["machine"] = common.median(alone_and_together(rounds) for _ in range(count))
    return result


def threads_tables(result):
    lines = []
    for name in result["patterns"]["own"]:
        line = [name]
        for pattern in ("own", "cross"):
            of = result["patterns"][pattern][name]
            line += ["%.1f" % (of["one_per_second"] / 1e6), "%.1f" % (of["two_per_second"] / 1e6),
                     "%.2f" % of["scaling"]]
        lines.append(line)
    return ["### Two threads against one: millions of malloc and free a second",
            "own: each thread keeps its own blocks; cross: each frees the other's.",
            common.table(("heap", "own, 1", "own, 2", "factor", "cross, 1", "cross, 2", "factor"), lines),
            "Two processes with one thread each do %.2f times what one does: that is what this machine allows."
            % result["machine"]]


def run_grow(options):
    backends = QUICK_BACKENDS if options.quick else BACKENDS
    count = options.repeat or (3 if options.quick else 9)
    common.progress("grow, %d times" % count)
    times = {name: {"grow_ms": [], "free_ms": []} for name in backends}
    with common.one_processor():
        for name in common.rounds(backends, count):
            found = micro("grow", name)
            if found is not None:
                for key in times[name]:
                    times[name][key].append(found[key])
    result = {"runs": count, "heaps": {}}
    for name, of in times.items():
        if of["grow_ms"]:
            result["heaps"][name] = {key: common.median(values) for key, values in of.items()}
            result["heaps"][name]["ratio"] = common.paired_ratio(of["grow_ms"], times["glibc"]["grow_ms"])
    return result


def grow_tables(result):
    lines = [(name, "%.0f" % of["grow_ms"], "%.3f" % of["ratio"], "%.0f" % of["free_ms"])
             for name, of in result["heaps"].items()]
    return ["### One block from 1 KiB to 1 GiB by doubling, every new page touched",
            common.table(("heap", "grow, ms", "to glibc", "free, ms"), lines)]
