"""Random strings: libpymm does with them what Python's str does.

unicode_driver, a program of libpymm, is told thousands of operations on its standard input; the model is the str of the Python
that runs this. PYMM_SEED chooses others; the seed is part of each message. Owns: what str does with contents, and the tables of
Unicode as far as this Python's version knows the characters.
"""
import os
import random
import subprocess
import time
import unicodedata
import unittest

DRIVER = os.path.join(os.environ["PYMM_BUILD_DIR"], "unicode_driver")
SEED = int(os.environ.get("PYMM_SEED", time.time_ns() % 1000000))
ROUNDS = 4000
ALPHABETS = ["ab", "abc ", "a\n\r\x0b\x1c\x1e\x1f\u2028 ", "a\xe9\xff", "a\u03b1\u4e2d", "\U0001f600a\xe9\u03b1", "\ud800\udc80\udcffa\xe9", " \t\u3000\xa0x"]
HANDLERS = ["-", "strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass", "xmlcharrefreplace"]
CODECS = ["utf-8", "ascii", "latin-1"]


def shown(value):
    """An argument or a result in the driver's form."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return "x" + value.encode("utf-8", "surrogatepass").hex()
    if isinstance(value, bytes):
        return "x" + value.hex()
    if isinstance(value, (list, tuple)):
        return " ".join(map(shown, value))
    return str(int(value))


class Case:
    """An operation, and what Python says."""

    def __init__(self, name, arguments, model):
        self.line = " ".join([name] + [a if a in HANDLERS + CODECS else shown(a) for a in arguments])
        try:
            self.expected = shown(model())
        except Exception as error:
            self.expected = "error " + type(error).__name__


def answers(cases):
    text = "".join(case.line + "\n" for case in cases)
    done = subprocess.run([DRIVER], input=text.encode(), stdout=subprocess.PIPE, timeout=250)
    assert done.returncode == 0, "unicode_driver ended with %d" % done.returncode
    return [line.strip() for line in done.stdout.decode().split("\n")[:-1]]


class Model(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)

    def text(self, longest, alphabet=None):
        alphabet = alphabet or self.random.choice(ALPHABETS)
        return "".join(self.random.choice(alphabet) for _ in range(self.random.randrange(longest + 1)))

    def place(self):
        return self.random.choice([0, 0, 1, -1, -3, 5, 40, -40, 2 ** 62, self.random.randrange(-30, 30)])

    def check(self, cases):
        got = answers(cases)
        self.assertEqual(len(got), len(cases))
        for case, answer in zip(cases, got):
            self.assertEqual(answer, case.expected, "seed %d: %s" % (SEED, case.line))

    def test_search(self):
        cases = []
        for _ in range(ROUNDS):
            alphabet = self.random.choice(ALPHABETS)
            text, part = self.text(60, alphabet), self.text(4, alphabet)
            start, end = self.place(), self.random.choice([2 ** 62, self.place()])
            for name in ("find", "rfind", "count", "startswith", "endswith"):
                cases.append(Case(name, [text, part, start, end], lambda: getattr(text, name)(part, start, end)))
            cases.append(Case("contains", [text, part], lambda: part in text))
            cases.append(Case("compare", [text, part], lambda: (text > part) - (text < part)))
            cases.append(Case("concat", [text, part], lambda: text + part))
        self.check(cases)

    def test_long_periodic_parts(self):
        """Those that the search compares at length, and that it finds at last, or nearly."""
        cases = []
        for _ in range(1500):
            unit = self.text(3, self.random.choice(["ab", "a", "\u03b1\u03b2"])) or "a"
            part = unit * self.random.randrange(1, 9) + self.text(3, "ab\u03b1")
            most = len(part)
            text = "".join(self.random.choice([part[:self.random.randrange(most + 1)], part[self.random.randrange(most):], unit * 9, "ba"])
                           for _ in range(self.random.randrange(40)))
            for name in ("find", "rfind", "count"):
                cases.append(Case(name, [text, part, 0, 2 ** 62], lambda: getattr(text, name)(part)))
            cases.append(Case("replace", [text, part, "<>", -1], lambda: text.replace(part, "<>")))
        self.check(cases)

    def test_no_text_is_quadratic(self):
        many = 1000000
        text, part = "a" * many, "a" * (many // 2) + "b"
        tail = "b" + "a" * (many // 2)
        self.check([Case("find", [text, part, 0, many], lambda: -1), Case("rfind", [text, tail, 0, many], lambda: -1),
                    Case("count", [(part[1:-1] + "c") * 3, part, 0, 2 ** 62], lambda: 0)])

    def test_change(self):
        cases = []
        for _ in range(ROUNDS):
            alphabet = self.random.choice(ALPHABETS)
            text, part, put, most = self.text(40, alphabet), self.text(3, alphabet), self.text(3), self.random.choice([-1, -1, 0, 1, 2, 9])
            cases.append(Case("replace", [text, part, put, most], lambda: text.replace(part, put, most)))
            separator = self.random.choice([None, part])
            cases.append(Case("split", [text, separator, most], lambda: text.split(separator, most)))
            cases.append(Case("rsplit", [text, separator, most], lambda: text.rsplit(separator, most)))
            cases.append(Case("splitlines", [text, most == 0], lambda: text.splitlines(most == 0)))
            cases.append(Case("partition", [text, part], lambda: text.partition(part)))
            cases.append(Case("rpartition", [text, part], lambda: text.rpartition(part)))
            cases.append(Case("join", [part, text], lambda: part.join(text)))
            cases.append(Case("repr", [text], lambda: repr(text)))
            cases.append(Case("ascii", [text], lambda: ascii(text)))
        self.check(cases)

    def test_decode(self):
        """Bytes of good texts, of which some are changed, left out or put in."""
        cases = []
        for _ in range(ROUNDS):
            data = bytearray(self.text(12).encode("utf-8", "surrogatepass"))
            for _ in range(self.random.randrange(3)):
                place = self.random.randrange(len(data) + 1)
                data[place:place + self.random.randrange(2)] = bytes(self.random.choice([0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5,
                                                                                        0xff, 0xa0, 0x9f, 0x8f, 0x90, 0x41])
                                                                     for _ in range(self.random.randrange(3)))
            for codec in CODECS:
                handler = self.random.choice(HANDLERS)
                cases.append(Case("decode", [bytes(data), codec, handler],
                                  lambda: bytes(data).decode(codec, "strict" if handler == "-" else handler)))
        self.check(cases)

    def test_encode(self):
        cases = []
        for _ in range(ROUNDS):
            text, codec, handler = self.text(12), self.random.choice(CODECS), self.random.choice(HANDLERS)
            cases.append(Case("encode", [text, codec, handler], lambda: text.encode(codec, "strict" if handler == "-" else handler)))
        self.check(cases)

    def test_tables(self):
        """Every character that this Python's Unicode has: later versions of Unicode say the same of it."""
        known = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]
        self.assertGreater(len(known), 200000)
        cases = [Case("repr", [text], lambda: repr(text))
                 for text in ("".join(known[start:start + 4096]) for start in range(0, len(known), 4096))]
        for character in known[::7]:
            for text in (character, "a" + character):
                cases.append(Case("isidentifier", [text], lambda: text.isidentifier()))
        self.check(cases)


if __name__ == "__main__":
    unittest.main()
