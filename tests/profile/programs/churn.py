"""Allocates and frees for as many rounds as it is told, in functions whose names say what they hold; ends in one of several ways."""
import os
import sys
import threading

kept = []


def keeps(count):
    kept.append([bytearray(900) for _ in range(count)])


def passes(count):
    for i in range(count):
        bytearray(100 + i % 3000)


def work(rounds, is_piling=False):
    for turn in range(rounds):
        keeps(3)
        passes(3 if is_piling else 60)
        if not is_piling and turn % 50 == 49:
            del kept[::2]


def main():
    rounds, way = int(sys.argv[1]), sys.argv[2]
    if way == "threads":
        threads = [threading.Thread(target=work, args=(rounds,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return
    if way == "threads-in-turn":
        for _ in range(4):
            thread = threading.Thread(target=work, args=(rounds,))
            thread.start()
            thread.join()
        return
    work(rounds, way == "pile")
    if way == "pile":
        os._exit(0 if len(kept) == rounds else 1)
    if way == "fork":
        pids = []
        for number in range(3):
            pid = os.fork()
            if pid == 0:
                work(rounds)
                sys.exit(0)
            pids.append(pid)
        os._exit(max(os.waitpid(pid, 0)[1] for pid in pids))
    if way == "exec":
        os.execv(sys.executable, [sys.executable, "-B", sys.argv[0], str(rounds), "end"])
    if way == "spawn":
        import subprocess
        for number in range(2):
            subprocess.check_call([sys.executable, "-B", sys.argv[0], str(rounds), "end"])
        work(rounds)


main()
