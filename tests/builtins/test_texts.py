"""Numbers as text, both ways, against Python's own: repr, bases, int() and float() of texts that are numbers and nearly so.

The program `calculator` answers (test_arithmetic.py has the questions' form and the comparison).
"""
import math
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_arithmetic  # noqa: E402  (found through the line above)

ROUNDS = test_arithmetic.ROUNDS
BASES = {2: bin, 8: oct, 16: hex, 10: str}
NEARLY = ["", " ", "+", "-", "_", "1_", "_1", "1__0", "1_0", "0x", "0x_1", "0x1_", "0b2", "0o8", "08", "00", "0_0", "0_1", " 12\t\n",
          "1 2", "+-1", "--1", "0X1F", "0B1", "0O7", "z", "Z", "1\0", "\0", "10", "-0", "+0", "1.0", ".5", "5.", ".", "e5", "1e", "1e+",
          "1e5", "1E-5", "1_0.0_1e1_0", "1_.0", "1._0", "1e_1", "inf", "-Inf", "INFINITY", "infinit", "nan", "+NaN", "nanny", "0x1p3",
          "1e400", "-1e400", "1e-400", "1e99999999999999999999", "0e99999999999999999999", "0" * 300 + "." + "0" * 400 + "1e401",
          "1" + "0" * 308, "1" + "0" * 309, "9" * 17 + "e291", "1" * 4300, "1" * 4301, "-" + "1" * 4300, "f" * 5000,
          "1_" * 4299 + "1", "2.2250738585072011e-308", "4.9406564584124654e-324", "2.4703282292062327e-324",
          "2.4703282292062328e-324", "1.7976931348623158e308", "1.7976931348623159e308", "9007199254740993", "9007199254740992.9"]


def format_of(value, how):
    code, flags, precision = chr(how & 0xff), how >> 8 & 0xff, how >> 16
    form = ("#" if flags & 4 else "") + ".%d" % precision
    if code in "gG" and flags & 2: # what has no place for ".0" gets an exponent, which % does not know
        text = format(value, form) if code == "g" else format(value, form).upper()
    else:
        text = repr(value) if code == "r" else ("%" + form + code) % value
    if code == "r" and not flags & 2 and text.endswith(".0"):
        text = text[:-1 if flags & 4 else -2]
    elif code == "r" and flags & 4 and "e" in text and "." not in text:
        text = text.replace("e", ".e")
    elif code != "r" and flags & 2 and math.isfinite(value) and "." not in text and "e" not in text.lower():
        text += ".0"
    if flags & 8 and text.startswith("-") and not text.strip("-0.eE+"):
        text = text[1:]
    return "+" + text if flags & 1 and text[0] != "-" else text


class Texts(test_arithmetic.Arithmetic):
    test_integers = test_one_operand = test_long_products_and_quotients = test_powers_with_a_modulus = None
    test_doubles = test_doubles_and_integers = None

    def test_integers_shown(self):
        numbers = [self.integer(14000 if self.random.randrange(50) == 0 else 600) for _ in range(ROUNDS // 4)]
        numbers += [sign * (10 ** power + add) for power in (*range(25), 4299, 4300, 4301) for add in (-1, 0, 1) for sign in (1, -1)]
        self.check({"repr": repr, "str": str}, [(name, (number,)) for number in numbers for name in ("repr", "str")])
        functions = {"to_base": lambda number, base: BASES[base](number)}
        self.check(functions, [("to_base", (number, base)) for number in numbers for base in BASES])

    def test_integers_read(self):
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"
        questions = []
        for _ in range(ROUNDS // 4):
            base = self.random.randrange(2, 37)
            text = "".join(self.random.choice(digits[:base]) for _ in range(self.random.choice((1, 5, 12, 40, 300))))
            if self.random.randrange(4) == 0:
                text = text.upper()[:7] + "_" + text[7:] + self.random.choice(("", " ", "_", "z"))
            questions.append(("int_of", (self.random.choice(("", "-", "+", " ")) + text, base)))
        questions += [("int_of", (text, base)) for text in NEARLY for base in (0, 2, 3, 8, 10, 16, 36, 1, 37, -1)]
        questions += [("int_of", (text.encode(), base)) for text in NEARLY for base in (0, 10, 16)]
        self.check({"int_of": int}, questions)
        self.check({"int": int}, [("int", (text,)) for text in NEARLY] + [("int", (text.encode(),)) for text in NEARLY])

    def test_doubles_shown(self):
        doubles = [self.double() for _ in range(ROUNDS)] + test_arithmetic.DOUBLES
        doubles += [math.ldexp(sign, power) for power in range(-1074, 1024) for sign in (1.0, -1.0)]
        doubles += [math.nextafter(math.ldexp(1.0, power), way) for power in range(-1074, 1024, 7) for way in (0.0, math.inf)]
        doubles += [float("%de%d" % (self.random.randrange(1, 1000), power)) for power in range(-330, 309)]
        doubles += [float(self.random.randrange(1 << self.random.randrange(1, 60))) for _ in range(ROUNDS // 4)]
        self.check({"repr": repr}, [("repr", (double,)) for double in doubles])

    def test_doubles_by_format(self):
        questions = []
        for _ in range(ROUNDS // 2):
            code, flags = self.random.choice("eEfFgGr"), self.random.randrange(16)
            precision = 0 if code == "r" else self.random.choice((0, 1, 2, 6, 17, 40))
            questions.append(("format", (self.double(), ord(code) | flags << 8 | precision << 16)))
        self.check({"format": format_of}, questions)

    def test_doubles_read(self):
        questions = [("float", (text,)) for text in NEARLY] + [("float", (text.encode(),)) for text in NEARLY]
        for _ in range(ROUNDS // 2):
            text = "%.*e" % (self.random.choice((0, 3, 15, 16, 17, 40, 200)), self.double())
            if self.random.randrange(3) == 0:
                at = self.random.randrange(len(text))
                text = text[:at] + self.random.choice("_. e+9") + text[at:]
            questions.append(("float", (text,)))
        self.check({"float": float}, questions)


if __name__ == "__main__":
    unittest.main()
