"""What the parts of the benchmark share: where things are, a clean environment, timing programs, averages, tables."""
import contextlib
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("PYMM_BUILD_DIR", os.path.join(ROOT, "build", "release"))
CACHE = os.path.join(ROOT, "build", "bench")
PROGRAMS = os.path.join(ROOT, "bench", "programs")
PRELOAD = os.path.join(BUILD, "libpymm-cpython.so")
PYTHON = "/usr/bin/python3"
LIBRARY_FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
                   "/usr/local/lib")
PEER_LIBRARIES = {"mimalloc": "libmimalloc.so.2.0", "jemalloc": "libjemalloc.so.2",
                  "tcmalloc": "libtcmalloc_minimal.so.4"}
MIB = 1 << 20


class Failed(Exception):
    """A benchmark could not be run; the message is for the person."""


def tool(name):
    return os.path.join(BUILD, name)


def peer_library(name):
    """Path of a peer's library, or None where it is not installed."""
    for folder in LIBRARY_FOLDERS:
        path = os.path.join(folder, PEER_LIBRARIES[name])
        if os.path.exists(path):
            return path
    return None


def clean_environment():
    """Nothing of the caller's that Python or an allocator listens to; the order of sets is the same each time."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    kept["PYTHONHASHSEED"] = "0"
    return kept


def variants():
    """{name: settings} of the ways to run a Python program; those of peers that are installed."""
    found = {"stock": {}, "pymm": {"LD_PRELOAD": PRELOAD}}
    for name in ("mimalloc", "jemalloc"):
        library = peer_library(name)
        if library:
            found[name] = {"LD_PRELOAD": library, "PYTHONMALLOC": "malloc"}
    return found


def measure(settings, *command):
    """Run a program with additional settings in a clean environment: (what it used, its standard output)."""
    with tempfile.NamedTemporaryFile(prefix="pymm-bench-", suffix=".json") as result:
        assignments = ["%s=%s" % item for item in settings.items()]
        run = subprocess.run([tool("measure"), result.name, *assignments, "--", *command], env=clean_environment(),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, check=False)
        text = result.read().decode()
    used = json.loads(text) if text else {"status": run.returncode}
    if used["status"] != 0:
        raise Failed("%s ended with %d:\n%s" % (" ".join(command), used["status"], run.stderr[-2000:]))
    used["cpu_s"] = used["user_s"] + used["system_s"]
    return used, run.stdout


def tool_json(name, *arguments):
    """What one of bench's own programs prints, a JSON object; None where the library it wants is not installed."""
    run = subprocess.run([tool(name), *arguments], env=clean_environment(), stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, universal_newlines=True, check=False)
    if run.returncode == 3:
        return None
    if run.returncode != 0:
        raise Failed("%s %s ended with %d: %s" % (name, " ".join(arguments), run.returncode, run.stderr.strip()))
    return json.loads(run.stdout)


@contextlib.contextmanager
def one_processor():
    """Keep what is started inside on one processor, the last: the first one has most of the system's own work."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def rounds(names, count):
    """The names in turn, `count` times, every second time backwards: none always follows the same one."""
    names = list(names)
    for number in range(count):
        yield from names if number % 2 == 0 else reversed(names)


def median(values):
    return statistics.median(values)


def geometric_mean(values):
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def paired_ratio(values, base):
    """Median of the ratios of runs that stood side by side: slow drifts of the machine cancel out."""
    return median(value / other for value, other in zip(values, base))


def say(text=""):
    print(text, flush=True)


def progress(text):
    print("  .. %s" % text, file=sys.stderr, flush=True)


def table(head, lines):
    """A table in Markdown that can be read as it stands; the first column is text, the others are numbers."""
    cells = [list(map(str, line)) for line in [head, *lines]]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]

    def row(line):
        return "| " + " | ".join(text.ljust(width) if column == 0 else text.rjust(width)
                                 for column, (text, width) in enumerate(zip(line, widths))) + " |"

    rules = ["-" * (width + 1) + ("-" if column == 0 else ":") for column, width in enumerate(widths)]
    return "\n".join([row(cells[0]), "|" + "|".join(rules) + "|", *map(row, cells[1:])])
