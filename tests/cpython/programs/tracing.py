"""tracemalloc stacks on top of pymm and comes off again, many times, with threads at work and blocks that cross the change.
With the argument `started` the interpreter was started with -X tracemalloc."""
import sys
import threading
import tracemalloc

import probe


def work(stop, kept):
    while not stop.is_set():
        kept.append([str(number) * 3 for number in range(50)])
        del kept[:-20]


def cycle(number):
    before = [bytes(number + 600) for number in range(200)]
    tracemalloc.start(1 + number % 5)
    if probe.is_loaded() and probe.domains_of_pymm():
        sys.exit("tracemalloc is on and does not see every domain")
    during = [bytes(number + 600) for number in range(200)]
    del before
    snapshot = tracemalloc.take_snapshot()
    if sum(trace.size for trace in snapshot.traces) < 100000:
        sys.exit("tracemalloc saw too little")
    size, _ = tracemalloc.get_traced_memory()
    if size < 100000:
        sys.exit("tracemalloc counts too little")
    if tracemalloc.get_object_traceback(during[0]) is None:
        sys.exit("an object made under tracemalloc has no traceback")
    probe.expect_owned(id(during[-1]), "object made under tracemalloc")
    tracemalloc.stop()
    return during


def main():
    if sys.argv[1:] == ["started"]:
        if not tracemalloc.is_tracing():
            sys.exit("-X tracemalloc did not start it")
        probe.expect_owned(id(object()), "object made under -X tracemalloc")
        tracemalloc.stop()
    probe.require()
    stop, kept = threading.Event(), []
    threads = [threading.Thread(target=work, args=(stop, [])) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(probe.rounds(20)):
        kept.append(cycle(number))
        del kept[:-3]
    stop.set()
    for thread in threads:
        thread.join()
    del kept
    probe.finish()


main()
