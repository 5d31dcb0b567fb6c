"""Ordinary work under whatever limit the test has set: has to come to its end, or fail as Python does."""
import json
import sys
import threading

import probe


def main():
    probe.require()
    data = {str(number): [number, str(number), None, {"half": number / 2}] for number in range(probe.rounds(20000))}
    text = json.dumps(data)
    if json.loads(text) != data:
        sys.exit("json")
    threads = [threading.Thread(target=lambda: [bytearray(size) for size in range(0, 20000, 10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    big = bytearray(20 << 20)
    big.extend(bytes(10 << 20))
    probe.finish()


main()
