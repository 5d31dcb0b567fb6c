"""The table of differences: reads differences.txt, says which entry allows a difference, and writes the table as Markdown.

An entry has the fields check (patterns of names), versions (where pymm differs: 3.7 3.10-3.12, all, or with patch releases
3.12.0-3.12.3), pymm (its value, may be left out), follows and why. By hand: `python3 differences.py`
prints the table that docs/conformance.md holds.
"""
import fnmatch
import os
from typing import NamedTuple, Optional, Tuple

HERE = os.path.dirname(os.path.abspath(__file__))
FIELDS = ("check", "versions", "pymm", "follows", "why")


def numbers(version):
    return tuple(map(int, version.split(".")))


class Entry(NamedTuple):
    check: Tuple[str, ...]
    versions: str
    pymm: Optional[str]
    follows: str
    why: str

    def matches(self, name):
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.check)

    def covers(self, version):
        """Does the entry say that pymm differs from this version, "3.11.7"?"""
        number = numbers(version)
        for part in self.versions.split():
            if part == "all":
                return True
            low, high = numbers(part.partition("-")[0]), numbers(part.rpartition("-")[2])
            if low <= number[:len(low)] and number[:len(high)] <= high:
                return True
        return False


def parse(text):
    """Entries are paragraphs of `field: text`; a line that begins with a space goes on; # begins a comment line."""
    entries, fields, field = [], {}, None
    for line in text.splitlines() + [""]:
        if line.startswith("#"):
            continue
        if not line.strip():
            if fields:
                unknown = set(fields) - set(FIELDS)
                absent = {"check", "versions", "follows", "why"} - set(fields)
                if unknown or absent:
                    raise ValueError("entry %r: unknown %s, absent %s" % (fields, sorted(unknown), sorted(absent)))
                entries.append(Entry(tuple(fields["check"].split()), fields["versions"], fields.get("pymm"),
                                     fields["follows"], fields["why"]))
            fields, field = {}, None
        elif line.startswith(" "):
            fields[field] += " " + line.strip()
        else:
            field, _, value = line.partition(":")
            fields[field] = value.strip()
    return entries


def load():
    with open(os.path.join(HERE, "differences.txt")) as file:
        return parse(file.read())


def markdown(entries):
    """The table as docs/conformance.md holds it."""
    lines = ["| checks | differs from | pymm follows | why |", "|---|---|---|---|"]
    for entry in entries:
        checks = ", ".join("`%s`" % pattern for pattern in entry.check)
        lines.append("| %s | %s | %s | %s |" % (checks, entry.versions, entry.follows, entry.why.replace("|", "\\|")))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(load()), end="")
