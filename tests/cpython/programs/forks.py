"""fork with live threads (with and without the GIL): each child allocates, starts threads, forks again and checks its heap."""
import os
import sys
import threading
import warnings

import probe

warnings.simplefilter("ignore")     # 3.12 and newer warn about fork with threads


def churn(stop):
    kept = []
    while not stop.is_set():
        kept.append({str(number): [number] * 5 for number in range(50)})
        del kept[:-20]


def raw_churn(stop):
    malloc, _, realloc, free = probe.allocator_functions(probe.RAW)
    while not stop.is_set():
        blocks = [malloc(size) for size in range(0, 3000, 37)]
        for block in [realloc(block, 500) for block in blocks]:
            free(block)


def child(inherited, depth):
    """Everything a program may do after fork; the status tells how it went. No lock of a dead thread may hang it."""
    try:
        if len(inherited) != 1000 or inherited[-1] != {"number": 999}:
            return 3
        del inherited[::2]
        kept = [str(number) * 10 for number in range(20000)]
        malloc, _, _, free = probe.allocator_functions(probe.RAW)
        for block in [malloc(size) for size in range(2000)]:
            free(block)
        threads = [threading.Thread(target=lambda: kept.append(bytearray(100000))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(kept) != 20004:
            return 4
        probe.require()
        probe.check("in a child")
        return fork_and_wait([dict(one) for one in inherited] * 2, depth - 1) if depth else 0
    except BaseException as problem:     # noqa: a child must never return into the parent's code
        os.write(2, ("child: %r\n" % problem).encode())
        return 5


def fork_and_wait(inherited, depth):
    pid = os.fork()
    if pid == 0:
        os._exit(child(inherited, depth))
    status = os.waitpid(pid, 0)[1]
    return 0 if status == 0 else 6 if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def main():
    probe.require()
    stop = threading.Event()
    threads = [threading.Thread(target=churn, args=(stop,)) for _ in range(2)]
    threads += [threading.Thread(target=raw_churn, args=(stop,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    results = []
    for number in range(probe.rounds(25)):
        results.append(fork_and_wait([{"number": index} for index in range(1000)], 2 if number % 5 == 0 else 0))
    # Many children at once, and one that leaves through the whole of finalization.
    pids = []
    for number in range(6):
        pid = os.fork()
        if pid == 0:
            os._exit(child([{"number": index} for index in range(1000)], 0))
        pids.append(pid)
    results += [os.waitpid(pid, 0)[1] for pid in pids]
    stop.set()
    for thread in threads:
        thread.join()
    if any(results):
        sys.exit("children: %r" % results)
    pid = os.fork()
    if pid == 0:
        [object() for _ in range(1000)]
        sys.exit(0)
    if os.waitpid(pid, 0)[1] != 0:
        sys.exit("a child that ends by sys.exit failed")
    probe.finish()


main()
