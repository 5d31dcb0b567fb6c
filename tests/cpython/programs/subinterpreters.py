"""Subinterpreters. `concurrent`: many with a GIL of their own, at work in threads at the same time (3.12 and newer).
`shared`: interpreters that share the GIL, created, used and ended one after another (every version)."""
import os
import sys
import threading
import warnings

import probe

warnings.simplefilter("ignore")

WORK = """
import sys
kept = []
for turn in range(%d):
    kept.append({str(number): [number, str(number) * 3, bytes(number)] for number in range(300)})
    del kept[:-5]
    data = bytearray(turn * 1000)
class Node:
    pass
for turn in range(2000):
    node = Node(); node.me = node
import json, collections
json.loads(json.dumps(list(range(5000))))
import os
os.write(%d, b"x")
"""


def module():
    """(create, run, destroy) of whichever private module this version has."""
    if sys.version_info >= (3, 13):
        import _interpreters as found

        def run(interpreter, code):
            problem = found.run_string(interpreter, code)
            if problem is not None:
                raise RuntimeError(problem)
        return lambda: found.create("isolated"), lambda: found.create("legacy"), run, found.destroy
    import _xxsubinterpreters as found
    if sys.version_info >= (3, 12):
        return lambda: found.create(isolated=True), lambda: found.create(isolated=False), found.run_string, found.destroy
    return None, found.create, found.run_string, found.destroy


def concurrent(code):
    """Each thread creates, runs and destroys its own; then those made in one thread are run and destroyed in others."""
    create, _, run, destroy = module()
    problems = []

    def whole_life():
        try:
            interpreter = create()
            run(interpreter, code)
            destroy(interpreter)
        except BaseException as problem:     # noqa: reported by the main thread
            problems.append(repr(problem))

    def run_only(interpreter):
        try:
            run(interpreter, code)
        except BaseException as problem:     # noqa
            problems.append(repr(problem))

    def join(threads):
        for thread in threads:
            thread.start()
        main_work = [str(number) * 2 for number in range(50000)]
        for thread in threads:
            thread.join()
        return main_work

    count = 0
    for _ in range(probe.rounds(3)):
        join([threading.Thread(target=whole_life) for _ in range(6)])
        made = [create() for _ in range(4)]
        join([threading.Thread(target=run_only, args=(one,)) for one in made])
        probe.check("with interpreters alive")
        for one in made:
            destroy(one)
        count += 10
    if problems:
        sys.exit("interpreters: %r" % problems)
    return count


def shared(code):
    if sys.version_info < (3, 8):
        import _testcapi
        for _ in range(probe.rounds(10)):
            if _testcapi.run_in_subinterp(code) != 0:
                sys.exit("run_in_subinterp failed")
        return probe.rounds(10)
    _, create, run, destroy = module()
    for _ in range(probe.rounds(5)):
        pair = [create(), create()]
        for one in pair:
            run(one, code)
        probe.check("with interpreters alive")
        for one in pair:
            destroy(one)
    return 2 * probe.rounds(5)


def main():
    probe.require()
    read, write = os.pipe()
    code = WORK % (probe.rounds(60), write)
    count = {"concurrent": concurrent, "shared": shared}[sys.argv[1]](code)
    os.close(write)
    if os.read(read, 1000) != b"x" * count:
        sys.exit("not every interpreter came to its end")
    probe.finish()


main()
