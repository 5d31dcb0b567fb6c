"""The table of targets: what each figure is, where it comes from in the results, and whether it was met."""
import common
import part_collector
import part_traces


class Figure:
    def __init__(self, name, part, title, target, unit, at_least, value):
        self.name = name            # names its note in bench/notes.md
        self.part = part            # which part's result it is read from
        self.title = title
        self.target = target
        self.unit = unit
        self.at_least = at_least    # the target is a lower bound
        self.value = value          # function of the part's result: (number, explanation or "")

    def target_text(self):
        return "%s %s" % (">=" if self.at_least else "<=", self.form(self.target))

    def form(self, value):
        if self.unit == "MiB":
            return "%.1f MiB" % value
        if self.unit == "+MiB":
            return "%+.2f MiB" % value
        return "%.3f" % value

    def is_met(self, value):
        """As it is shown: a figure of 0.9501 against 0.95 is 0.950."""
        shown = float(self.form(value).split()[0])
        return shown >= self.target if self.at_least else shown <= self.target

    def missed_by(self, value):
        if self.unit:
            return self.form(abs(value - self.target)).lstrip("+")
        return "%.1f %%" % (100 * abs(value / self.target - 1))


def records(keep):
    return lambda result: (result["keeps"][keep]["pymm"]["after_bytes"] / common.MIB,
                           "stock: %.0f" % (result["keeps"][keep]["stock"]["after_bytes"] / common.MIB))


def worst_trace(key, large_only, scale=1):
    def value(result):
        worst, name = part_traces.worst_memory(result, key, large_only)
        return worst / scale, "worst: " + name
    return value


def startup_resident(result):
    heaps = result["heaps"]
    return (heaps["pymm"]["peak_bytes"] - heaps["stock"]["peak_bytes"]) / common.MIB, \
        "stock: %.2f" % (heaps["stock"]["peak_bytes"] / common.MIB)


def programs(key):
    return lambda result: (result["summary"]["pymm"][key], "%d programs" % len(result["programs"]))


FIGURES = [
    Figure("time_per_event", "traces", "time per event, less null's, against mimalloc's, geometric mean over traces",
           0.75, "", False, lambda result: (result["geometric_mean"]["pymm"], "%d traces" % len(result["traces"]))),
    Figure("peak_over_live", "traces", "peak resident over peak live bytes, traces over 30 MiB", 1.08, "", False,
           worst_trace("ratio", True)),
    Figure("end_resident", "traces", "resident at the end of a trace that frees everything, above the start",
           4, "MiB", False, worst_trace("end_resident_bytes", False, common.MIB)),
    Figure("records_thousandth", "records", "1 M records, 1 in 1000 kept at random: resident", 45, "MiB", False,
           records("thousandth")),
    Figure("records_hundredth", "records", "1 M records, 1 in 100 kept at random: resident", 200, "MiB", False,
           records("hundredth")),
    Figure("records_first", "records", "1 M records, the first 1 % kept: resident", 13, "MiB", False,
           records("first")),
    Figure("startup_time", "startup", "`python3 -c pass`: time against stock", 1.02, "", False,
           lambda result: (result["heaps"]["pymm"]["wall_ratio"], "CPU: %.3f" % result["heaps"]["pymm"]["cpu_ratio"])),
    Figure("startup_resident", "startup", "`python3 -c pass`: peak resident above stock", 0.5, "+MiB", False,
           startup_resident),
    Figure("programs_time", "programs", "Python programs: CPU time against stock, geometric mean", 0.97, "", False,
           programs("cpu_ratio")),
    Figure("programs_worst", "programs", "Python programs: CPU time against stock, the worst one", 1.02, "", False,
           lambda result: (result["summary"]["pymm"]["worst_ratio"], result["summary"]["pymm"]["worst"])),
    Figure("programs_resident", "programs", "Python programs: peak resident against stock, geometric mean", 1.00, "", False,
           programs("peak_ratio")),
    Figure("threads_own", "threads", "two threads against one, own blocks", 1.9, "", True,
           lambda result: (result["patterns"]["own"]["pymm"]["scaling"], "two processes: %.2f" % result["machine"])),
    Figure("threads_cross", "threads", "two threads against one, each freeing the other's", 1.6, "", True,
           lambda result: (result["patterns"]["cross"]["pymm"]["scaling"], "two processes: %.2f" % result["machine"])),
    Figure("grow", "grow", "one block grown by doubling from 1 KiB to 1 GiB, time against glibc", 1.0, "", False,
           lambda result: (result["heaps"]["pymm"]["ratio"], "")),
    Figure("objects_drop", "collector", "libpymm: making and dropping an object, CPU time against CPython 3.13, geometric mean", 0.7, "", False,
           part_collector.mean_ratio("drop", "ns")),
    Figure("objects_cycles", "collector", "libpymm: garbage in cycles, letting go and collecting, against CPython 3.13", 0.5, "", False,
           part_collector.mean_ratio("cycles", "collect_ns")),
    Figure("objects_live", "collector", "libpymm: a full collection of objects that stay, against CPython 3.13", 0.5, "", False,
           part_collector.mean_ratio("live", "ns")),
    Figure("objects_flat", "collector", "libpymm: cost of an object in a full collection, largest heap against smallest", 1.5, "", False,
           part_collector.flatness),
    Figure("objects_memory", "collector", "libpymm: resident bytes of a small container, against CPython 3.13", 1.0, "", False,
           part_collector.mean_ratio("memory", "collected_bytes")),
]
