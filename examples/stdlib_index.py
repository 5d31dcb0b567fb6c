#!/usr/bin/env python3
"""Index the standard library: which functions, classes, imports and names stand where, written through json and sqlite3.

A program of some substance for `script/run` to run on the stock heap and on pymm's: parse every module with ast, keep the
trees, build an index, write it out, read it back, query it, let go of everything. What it prints depends only on the
installed library, never on the allocator, the hash seed or the time. Works on Python 3.7 and newer.

    stdlib_index.py [--limit N] [--report-memory FILE]

--report-memory writes time and memory to FILE at the end, after the data is gone, one "name value" a line.
"""
import argparse
import ast
import gc
import hashlib
import json
import os
import sqlite3
import sys
import sysconfig
import tempfile
import time
import tokenize
import warnings

SKIPPED_FOLDERS = {"__pycache__", "site-packages", "dist-packages", "test", "tests", "idle_test"}

SCHEMA = """
create table module (id integer primary key, name text unique, line_count integer, docstring text);
create table definition (module integer, kind text, name text, line integer, length integer, argument_count integer,
                         base_names text, docstring text);
create table import (module integer, target text, line integer);
create table occurrence (name text, module integer, count integer);
create index definition_by_name on definition (name);
create index occurrence_by_name on occurrence (name);
create index import_by_target on import (target);
"""

QUERIES = [
    ("most imported", "select target, count(distinct module) as n from import group by target order by n desc, target"),
    ("most used names", "select name, sum(count) as n from occurrence group by name order by n desc, name"),
    ("longest functions", "select m.name || '.' || d.name, d.length from definition d join module m on m.id = d.module "
     "where d.kind = 'function' order by d.length desc, 1"),
    ("most subclassed", "select c.name, count(distinct d.rowid) as n from definition d join (select distinct name from "
     "definition where kind = 'class') c on ' ' || d.base_names || ' ' like '% ' || c.name || ' %' "
     "where d.kind = 'class' and d.base_names <> '' group by c.name order by n desc, c.name"),
    ("names defined in most modules", "select name, count(distinct module) as n from definition group by name "
     "order by n desc, name"),
    ("share without docstring", "select m.name, 100 * sum(d.docstring is null) / count(*) as n from definition d "
     "join module m on m.id = d.module group by m.id having count(*) >= 30 order by n desc, m.name"),
]


class Definition:
    """One function or class."""
    __slots__ = ("kind", "name", "line", "length", "arguments", "bases", "docstring")

    def __init__(self, kind, name, line, length, arguments, bases, docstring):
        self.kind, self.name, self.line, self.length = kind, name, line, length
        self.arguments, self.bases, self.docstring = arguments, bases, docstring

    def as_json(self):
        return {name: getattr(self, name) for name in self.__slots__}


class Module:
    """What the index keeps of one source file."""

    def __init__(self, name, source, tree):
        self.name = name
        self.line_count = source.count("\n") + 1
        self.docstring = ast.get_docstring(tree)
        self.definitions, self.imports, self.occurrences = [], [], {}
        for node in ast.walk(tree):
            self.add(node)

    def add(self, node):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.definitions.append(definition_of(node))
        elif isinstance(node, ast.Import):
            self.imports.extend((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            self.imports.append(("." * node.level + (node.module or ""), node.lineno))
        elif isinstance(node, ast.Name):
            self.occurrences.setdefault(node.id, []).append((node.lineno, node.col_offset))
        elif isinstance(node, ast.Attribute):
            self.occurrences.setdefault(node.attr, []).append((node.lineno, node.col_offset))

    def as_json(self):
        return {"name": self.name, "line_count": self.line_count, "docstring": self.docstring,
                "definitions": [definition.as_json() for definition in self.definitions],
                "imports": self.imports, "occurrences": self.occurrences}


def definition_of(node):
    last_line = max(getattr(inner, "lineno", 0) for inner in ast.walk(node))
    if isinstance(node, ast.ClassDef):
        bases = [base.id if isinstance(base, ast.Name) else base.attr for base in node.bases
                 if isinstance(base, (ast.Name, ast.Attribute))]
        kind, arguments = "class", []
    else:
        bases, kind = [], "function"
        arguments = [argument.arg for argument in node.args.args + node.args.kwonlyargs]
    return Definition(kind, node.name, node.lineno, last_line - node.lineno + 1, arguments, bases,
                      ast.get_docstring(node))


def source_paths(limit):
    """(module name, path) of every module, in the order of their names."""
    root = sysconfig.get_path("stdlib")
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS and "-" not in name)
        for file in files:
            if file.endswith(".py"):
                path = os.path.join(folder, file)
                found.append((os.path.relpath(path, root)[:-3].replace(os.sep, "."), path))
    found.sort()
    return found[:limit]


def parse_all(paths):
    """Parse every module; all trees live at once, as a tool that follows names between modules needs them."""
    parsed, unparsable = [], []
    for name, path in paths:
        try:
            with tokenize.open(path) as file:
                source = file.read()
            parsed.append((name, source, ast.parse(source, name)))
        except (SyntaxError, UnicodeDecodeError, ValueError, RecursionError):
            unparsable.append(name)
    return parsed, unparsable


def through_json(modules, folder):
    """Write the index as JSON, read it back, and return what was read and a digest of the text."""
    path = os.path.join(folder, "index.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump([module.as_json() for module in modules], file, sort_keys=True)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return json.loads(text), hashlib.sha256(text.encode("utf-8")).hexdigest()


def into_database(index, folder):
    database = sqlite3.connect(os.path.join(folder, "index.sqlite"))
    database.execute("pragma synchronous = off")
    database.executescript(SCHEMA)
    for number, module in enumerate(index):
        database.execute("insert into module values (?, ?, ?, ?)",
                         (number, module["name"], module["line_count"], module["docstring"]))
        database.executemany("insert into definition values (?, ?, ?, ?, ?, ?, ?, ?)", [
            (number, entry["kind"], entry["name"], entry["line"], entry["length"], len(entry["arguments"]),
             " ".join(entry["bases"]), entry["docstring"]) for entry in module["definitions"]])
        database.executemany("insert into import values (?, ?, ?)",
                             [(number, target, line) for target, line in module["imports"]])
        database.executemany("insert into occurrence values (?, ?, ?)",
                             [(name, number, len(places)) for name, places in sorted(module["occurrences"].items())])
    database.commit()
    return database


def words_of(index):
    """Which docstrings use which word: an inverted index in plain dictionaries, sets and lists."""
    words = {}
    for module in index:
        for entry in module["definitions"]:
            for word in (entry["docstring"] or "").lower().split():
                word = word.strip(".,:;()[]{}'\"`*<>=!?-")
                if word.isalpha():
                    words.setdefault(word, set()).add(module["name"] + "." + entry["name"])
    return words


def work(limit, folder):
    """The whole job. Everything it builds is unreachable when it returns; the result is the report alone."""
    report = []
    paths = source_paths(limit)
    parsed, unparsable = parse_all(paths)
    modules = [Module(name, source, tree) for name, source, tree in parsed]
    del parsed
    index, digest = through_json(modules, folder)
    del modules
    report.append("modules %d, unparsable %d, lines %d" % (
        len(index), len(unparsable), sum(module["line_count"] for module in index)))
    report.extend("unparsable: %s" % name for name in unparsable)
    database = into_database(index, folder)
    for table in ("definition", "import", "occurrence"):
        report.append("%ss %d" % (table, database.execute("select count(*) from " + table).fetchone()[0]))
    words = words_of(index)
    common = sorted(words.items(), key=lambda item: (-len(item[1]), item[0]))
    report.append("words in docstrings %d, in most of them: %s" % (
        len(words), " ".join("%s=%d" % (word, len(places)) for word, places in common[20:28])))
    for title, query in QUERIES:
        rows = database.execute(query).fetchall()
        report.append("%s: %s" % (title, ", ".join("%s %s" % row for row in rows[:6])))
    database.close()
    report.append("index sha256 %s" % digest)
    return "\n".join(report)


def memory_now():
    """{'VmRSS': bytes, 'VmHWM': bytes} of this process."""
    with open("/proc/self/status") as status:
        fields = (line.split() for line in status if line.startswith(("VmRSS:", "VmHWM:")))
        return {field[0].rstrip(":"): int(field[1]) * 1024 for field in fields}


def main():
    parser = argparse.ArgumentParser(description="Index the standard library with ast, json and sqlite3.")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N modules")
    parser.add_argument("--report-memory", metavar="FILE", help="write time and memory there at the end")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="stdlib-index-") as folder:
        print(work(options.limit, folder))
    gc.collect()
    if options.report_memory:
        seconds = time.perf_counter() - start
        memory = memory_now()
        with open(options.report_memory, "w") as file:
            file.write("seconds %.3f\npeak_bytes %d\nfinal_bytes %d\n" % (seconds, memory["VmHWM"], memory["VmRSS"]))


if __name__ == "__main__":
    sys.exit(main())
