"""Runs one Python program on the stock heap and under `pymm run`, and shows both side by side.

Owns the measuring for script/run: each run reports its own time and memory (--report-memory) in the same way. Fails when
the two runs do not print the same, or when one of them fails.
usage: compare.py PYMM PYTHON PROGRAM [ARGS...]
"""
import os
import subprocess
import sys
import sysconfig
import tempfile


def clean_environment():
    """The environment without anything that would make one run differ from the other."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "PYMM_")) and name != "LD_PRELOAD"}


def read_sources():
    """Bring the library's sources into memory, so that the first run does not pay for the disk."""
    for folder, _, files in os.walk(sysconfig.get_path("stdlib")):
        for name in files:
            if name.endswith(".py"):
                with open(os.path.join(folder, name), "rb") as file:
                    file.read()


def run(title, command, folder):
    """(output, {'seconds': .., 'peak_bytes': .., 'final_bytes': ..}) of one run."""
    report = os.path.join(folder, title + ".memory")
    print("== %s: %s" % (title, " ".join(command)), flush=True)
    done = subprocess.run(command + ["--report-memory", report], env=clean_environment(), stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit("run: on %s the program ended with %d" % (title, done.returncode))
    with open(report) as file:
        fields = dict(line.split() for line in file)
    return done.stdout, {name: float(value) for name, value in fields.items()}


def table(stock, pymm):
    """The lines of the comparison."""
    rows = [("time", "seconds", 1, "%.2f s"), ("peak resident", "peak_bytes", 1 << 20, "%.1f MiB"),
            ("final resident", "final_bytes", 1 << 20, "%.1f MiB")]
    yield "%-16s %14s %14s %10s" % ("", "stock", "pymm", "pymm/stock")
    for title, key, unit, form in rows:
        yield "%-16s %14s %14s %10.2f" % (title, form % (stock[key] / unit), form % (pymm[key] / unit),
                                          pymm[key] / stock[key])


def main(arguments):
    if len(arguments) < 3:
        sys.exit("usage: compare.py PYMM PYTHON PROGRAM [ARGS...]")
    pymm, program = arguments[0], arguments[1:]
    read_sources()
    with tempfile.TemporaryDirectory(prefix="pymm-run-") as folder:
        statistics = os.path.join(folder, "statistics")
        stock_output, stock = run("stock", program, folder)
        pymm_output, ours = run("pymm", [pymm, "run", "--stats", "--stats-file=" + statistics, "--"] + program, folder)
        if not os.path.exists(statistics):
            sys.exit("run: pymm left no statistics: it was not at work in the second run")
        with open(statistics) as file:
            text = file.read()
    print("\n== what the program prints")
    sys.stdout.flush()
    sys.stdout.buffer.write(stock_output)
    if stock_output != pymm_output:
        print("\n== what it prints under pymm")
        sys.stdout.flush()
        sys.stdout.buffer.write(pymm_output)
        sys.exit("run: the two outputs differ")
    print("\n== both print the same; side by side")
    print("\n".join(table(stock, ours)))
    print("\n== pymm's statistics")
    print(text, end="")


if __name__ == "__main__":
    main(sys.argv[1:])
