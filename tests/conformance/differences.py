"""The table of differences: reads differences.txt, says which entry allows a difference, and writes the table as Markdown.

An entry has the fields check (patterns of names), versions (where pymm differs: 3.7 3.10-3.12, all, or 3.12? for a version
whose patch releases are not alike), pymm (its value, may be left out), follows and why. By hand: `python3 differences.py`
prints the table that docs/conformance.md holds.
"""
import fnmatch
import os
from typing import NamedTuple, Optional, Tuple

HERE = os.path.dirname(os.path.abspath(__file__))
FIELDS = ("check", "versions", "pymm", "follows", "why")


class Entry(NamedTuple):
    check: Tuple[str, ...]
    versions: str
    pymm: Optional[str]
    follows: str
    why: str

    def matches(self, name):
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.check)

    def covers(self, minor):
        """What the entry says of this version, "3.11": differs ("must"), may differ ("may"), or nothing (None)."""
        number = int(minor.split(".")[1])
        for part in self.versions.split():
            low, _, high = part.rstrip("?").partition("-")
            if part == "all" or int(low.split(".")[1]) <= number <= int((high or low).split(".")[1]):
                return "may" if part.endswith("?") else "must"
        return None


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
