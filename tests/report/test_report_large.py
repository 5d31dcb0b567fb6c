"""A profile of 1 GiB is read with memory for what is alive at one time. It comes through a pipe, so that it needs no disk."""
import os
import struct
import subprocess
import unittest

from profile_writer import FREE, MAIN, MS, SAMPLE, Writer
from support import COMMAND, ReportTest

MOST_BYTES = 128 << 20


class Large(ReportTest):
    def test_one_gibibyte(self):
        writer = Writer()
        for index in range(1000):
            writer.stack([MAIN, ("f%d" % (index % 100), "/a.py", index), ("g%d" % index, "/b.py", index)])
        thread = writer.thread(4321)
        stacks = len(writer.numbers[4])
        samples = [struct.pack("<IHHqQQdIIHHI", 56, SAMPLE, 56, (index + 1) * 1000, 0x1000 + index * 64, 100, 1.0, 1 + index % stacks,
                               thread, 2, 0, 0) for index in range(100000)]
        frees = [struct.pack("<IHHQQII", 32, FREE, 32, 200 * MS, 0x1000 + index * 64, thread, 0) for index in range(100000)]
        block = b"".join(samples + frees)
        process = subprocess.Popen([COMMAND, "report", "--format=json", "-o", "/dev/null", "/dev/stdin"], stdin=subprocess.PIPE,
                                   env=self.environment)
        process.stdin.write(writer.bytes(zeros=0))
        for _ in range((1 << 30) // len(block) + 1):
            process.stdin.write(block)
        process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        self.assertEqual(status, 0)
        self.assertLess(usage.ru_maxrss * 1024, MOST_BYTES)


if __name__ == "__main__":
    unittest.main()
