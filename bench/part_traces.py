"""Part `traces`: record programs through pymm's recorder, play the traces against every allocator, time and memory."""
import json
import os

import common

NAMES = ("json", "text", "graph", "table", "server", "numbers", "syntax")
QUICK_NAMES = ("json", "graph", "syntax")
BACKENDS = ("pymm", "cpython", "mimalloc", "jemalloc", "tcmalloc", "glibc")
QUICK_BACKENDS = ("pymm", "cpython", "mimalloc")
TABLE_BACKENDS = ("pymm", "cpython")  # called with a ctx, as null is; the others as null-plain
EVENTS_AT_MOST = 20000000
LARGE_BYTES = 30 * common.MIB


def record(name, folder):
    """Path and summary of a packed trace, recorded anew when its program or the recorder has changed."""
    program = os.path.join(common.PROGRAMS, "trace_%s.py" % name)
    trace, summary = (os.path.join(folder, name + ending) for ending in (".trace", ".json"))
    sources = [program, common.tool("trace_pack")]
    if os.path.exists(trace) and os.path.exists(summary):
        if all(os.path.getmtime(summary) > os.path.getmtime(source) for source in sources):
            with open(summary, encoding="utf-8") as file:
                return trace, json.load(file)
    os.makedirs(folder, exist_ok=True)
    recording = trace + ".recording"
    common.progress("recording %s" % name)
    try:
        _, text = common.measure({"LD_PRELOAD": common.PRELOAD, "PYMM_RECORD": recording}, common.PYTHON, "-B", program)
        if not os.path.exists(recording):
            raise common.Failed("%s: nothing was recorded" % name)
        packed = common.tool_json("trace_pack", "--max-events", str(EVENTS_AT_MOST), recording, trace)
    finally:
        if os.path.exists(recording):
            os.unlink(recording)
    packed["output"] = text.strip()
    with open(summary, "w", encoding="utf-8") as file:
        json.dump(packed, file)
    return trace, packed


def replay(backend, mode, trace):
    library = ["--lib", common.PRELOAD] if backend == "pymm" else []
    return common.tool_json("replay", "--backend", backend, *library, "--mode", mode, trace)


def null_of(backend):
    return "null" if backend in TABLE_BACKENDS else "null-plain"


def time_trace(trace, backends, count):
    """{backend: median ns per event}, null's own time taken off; and null's."""
    times = {name: [] for name in ("null", "null-plain", *backends)}
    missing = set()
    for name in common.rounds(times, count):
        result = None if name in missing else replay(name, "time", trace)
        if result is None:
            missing.add(name)
        else:
            times[name].append(result["cpu_ns_per_event"])
    medians = {name: common.median(values) for name, values in times.items() if values}
    net = {name: medians[name] - medians[null_of(name)] for name in backends if name in medians}
    return net, {name: medians[name] for name in ("null", "null-plain")}, times


def memory_trace(trace, backends):
    found = {}
    for backend in backends:
        result = replay(backend, "memory", trace)
        if result is not None:
            found[backend] = {key: result[key] for key in ("peak_resident_bytes", "at_peak_resident_bytes", "ratio",
                                                           "ratio_round", "end_resident_bytes")}
    return found


def run(options):
    names = QUICK_NAMES if options.quick else NAMES
    backends = QUICK_BACKENDS if options.quick else BACKENDS
    count = options.repeat or (3 if options.quick else 7)
    result = {"traces": {}, "backends": list(backends), "repetitions": count}
    folder = options.traces or os.path.join(common.CACHE, "traces")
    for name in names:
        trace, summary = record(name, folder)
        with common.one_processor():
            common.progress("time of %s: %d times %d allocators" % (name, count, len(backends) + 2))
            net, null, times = time_trace(trace, backends, count)
            common.progress("memory of %s" % name)
            memory = memory_trace(trace, backends)
        result["traces"][name] = {"summary": summary, "net_ns": net, "null_ns": null, "all_ns": times, "memory": memory}
    result["geometric_mean"] = {
        backend: common.geometric_mean(max(trace["net_ns"][backend], 0.01) / trace["net_ns"]["mimalloc"]
                                       for trace in result["traces"].values())
        for backend in backends
        if all(backend in trace["net_ns"] and "mimalloc" in trace["net_ns"] for trace in result["traces"].values())}
    return result


def large_traces(result):
    return {name: trace for name, trace in result["traces"].items() if trace["summary"]["peak_bytes"] > LARGE_BYTES}


def worst_memory(result, key, large_only):
    """(largest value of pymm's over the traces, the trace's name)"""
    traces = large_traces(result) if large_only else result["traces"]
    return max((trace["memory"]["pymm"][key], name) for name, trace in traces.items())


def tables(result):
    """The section of the document, a list of blocks of text."""
    backends = [name for name in result["backends"] if any(name in t["net_ns"] for t in result["traces"].values())]
    lines = []
    for name, trace in result["traces"].items():
        s = trace["summary"]
        lines.append((name, "%.1f" % (s["events"] / 1e6), "%.1f" % (s["peak_bytes"] / common.MIB), s["peak_blocks"],
                      "%.1f" % (100 * (s["raw"] + s["mem"]) / (s["raw"] + s["mem"] + s["obj"])),
                      "%.3f" % (s["peak_round_bytes"] / s["peak_bytes"])))
    blocks = ["### The traces", common.table(("trace", "events, M", "peak live, MiB", "blocks then", "raw+mem, %",
                                              "rounded to 16"), lines)]
    lines = []
    for name, trace in result["traces"].items():
        base = trace["net_ns"].get("mimalloc")
        lines.append([name, "%.1f / %.1f" % (trace["null_ns"]["null"], trace["null_ns"]["null-plain"])]
                     + ["%.2f (%.2f)" % (trace["net_ns"][b], trace["net_ns"][b] / base if base else 0)
                        for b in backends])
    lines.append(["geometric mean", ""] + ["(%.3f)" % result["geometric_mean"].get(b, 0) for b in backends])
    blocks += ["### Time per event, less null's: ns (ratio to mimalloc's)",
               common.table(["trace", "null"] + backends, lines)]
    for title, key, form in (
            ("Peak resident over peak live bytes as asked for", "ratio", lambda value: "%.3f" % value),
            ("Peak resident over peak live bytes, blocks rounded up to 16", "ratio_round",
             lambda value: "%.3f" % value),
            ("Resident at the end, everything freed, above the start, MiB", "end_resident_bytes",
             lambda value: "%.1f" % (value / common.MIB))):
        lines = [[name] + [form(trace["memory"][b][key]) if b in trace["memory"] else "-" for b in backends]
                 for name, trace in result["traces"].items()]
        blocks += ["### " + title, common.table(["trace"] + backends, lines)]
    return blocks
