"""Writes docs/performance.md from the results and from the notes kept by hand in bench/notes.md."""
import os
import platform
import re
import subprocess

import common
import part_collector
import part_memory
import part_micro
import part_programs
import part_traces
from figures import FIGURES

SECTIONS = [
    ("traces", "Traces", part_traces.tables),
    ("records", "Records", part_memory.records_tables),
    ("startup", "Start", part_memory.startup_tables),
    ("programs", "Python programs", part_programs.tables),
    ("threads", "Threads", part_micro.threads_tables),
    ("grow", "One large block", part_micro.grow_tables),
    ("collector", "Objects and their collection", part_collector.tables),
]


def first_line(command):
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
                             check=False)
    except OSError:
        return ""
    return run.stdout.strip().split("\n")[0] if run.returncode == 0 else ""


def package_version(*names):
    for name in names:
        version = first_line(["dpkg-query", "-W", "-f=${Version}", name])
        if version:
            return version
    return "not installed"


def cpu_model():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        found = re.search(r"^model name\s*:\s*(.*)$", file.read(), re.M)
    return found.group(1) if found else platform.machine()


def memory_total():
    with open("/proc/meminfo", encoding="ascii") as file:
        return "%.0f GiB" % (int(file.readline().split()[1]) / (1 << 20))


def huge_pages():
    try:
        with open("/sys/kernel/mm/transparent_hugepage/enabled", encoding="ascii") as file:
            return re.search(r"\[(\w+)\]", file.read()).group(1)
    except OSError:
        return "none"


def machine():
    return [
        ("processor", "%s, %d used" % (cpu_model(), len(os.sched_getaffinity(0)))),
        ("memory", memory_total()),
        ("kernel", platform.release()),
        ("huge pages", huge_pages()),
        ("page", "%d bytes" % os.sysconf("SC_PAGESIZE")),
        ("pymm", first_line(["git", "-c", "safe.directory=*", "-C", common.ROOT, "describe", "--always", "--dirty"])),
        ("compiler", first_line(["cc", "--version"])),
        ("python3", package_version("python3.11", "python3")),
        ("libpython", package_version("libpython3.11")),
        ("glibc", package_version("libc6")),
        ("mimalloc", package_version("libmimalloc2.0")),
        ("jemalloc", package_version("libjemalloc2")),
        ("tcmalloc", package_version("libtcmalloc-minimal4")),
    ]


def read_notes():
    """{heading: text} of bench/notes.md; headings are names of figures and of parts."""
    notes = {}
    with open(os.path.join(common.ROOT, "bench", "notes.md"), encoding="utf-8") as file:
        for part in re.split(r"^## ", file.read(), flags=re.M)[1:]:
            head, _, text = part.partition("\n")
            notes[head.strip()] = text.strip()
    return notes


def verdicts(results):
    """[(figure, value, explanation, is_met)] of the figures whose part has been run."""
    found = []
    for figure in FIGURES:
        if figure.part in results:
            value, explanation = figure.value(results[figure.part])
            found.append((figure, value, explanation, figure.is_met(value)))
    return found


def targets_table(found):
    lines = [(figure.title, figure.target_text(), figure.form(value), "met" if is_met else "missed", explanation)
             for figure, value, explanation, is_met in found]
    return common.table(("figure", "target", "measured", "", "of it"), lines)


def misses(found, notes):
    lines = []
    for figure, value, _, is_met in found:
        if not is_met:
            note = notes.get(figure.name, "not examined yet.")
            lines.append("- **%s**: missed by %s; limited by: %s" % (figure.title, figure.missed_by(value), note))
    return lines


def dates(results):
    """When each part was measured, and the load of the machine just before."""
    return ", ".join("%s %s (load %.1f)" % (name, results[name]["date"], results[name]["load_before"])
                     for name, _, _ in SECTIONS if name in results)


def document(results, is_quick):
    notes, found = read_notes(), verdicts(results)
    quick = ["These are figures of `script/bench --quick`: few programs, few runs.", ""] if is_quick else []
    blocks = ["# Performance", "", *quick, notes.get("introduction", ""), "",
              "## Targets and figures", "", targets_table(found), ""]
    missed = misses(found, notes)
    if missed:
        blocks += ["What was missed, by how much, and what limits it:", "", *missed, ""]
    blocks += ["## Machine and versions", "", common.table(("what", "which"), machine()), "",
               "Measured: %s." % dates(results), ""]
    for name, title, make_tables in SECTIONS:
        if name in results:
            blocks += ["## " + title, ""]
            if name in notes:
                blocks += [notes[name], ""]
            for block in make_tables(results[name]):
                blocks += [block, ""]
    return "\n".join(blocks).rstrip() + "\n"
