"""Trace: a source indexer: parses modules of the standard library with ast, keeps trees for a while, pickles an index."""
import ast
import collections
import pathlib
import pickle
import sys


class Finder(ast.NodeVisitor):
    def __init__(self, index, module):
        self.index = index
        self.path = [module]

    def visit_ClassDef(self, node):
        self.path.append(node.name)
        self.index[node.name].append((".".join(self.path), node.lineno, ast.get_docstring(node)))
        self.generic_visit(node)
        self.path.pop()

    visit_FunctionDef = visit_ClassDef

    def visit_Name(self, node):
        self.index[node.id].append((self.path[-1], node.lineno, None))


def main(scale=1.0):
    folder = pathlib.Path(ast.__file__).parent
    files = sorted(folder.glob("*.py")) + sorted((folder / "email").glob("*.py")) + sorted((folder / "asyncio").glob("*.py"))
    index = collections.defaultdict(list)
    kept = collections.deque(maxlen=24)
    parsed = lines = 0
    for file in files[: int(110 * scale)]:
        text = file.read_text(encoding="utf-8")
        tree = ast.parse(text)
        Finder(index, file.stem).visit(tree)
        kept.append(tree)
        parsed += 1
        lines += text.count("\n")
        if parsed % 10 == 0:
            ast.unparse(kept[0])
            compile(kept[-1], file.name, "exec")
    frozen = pickle.dumps(dict(index))
    kept.clear()
    thawed = pickle.loads(frozen)
    print(parsed, lines > 1000, len(thawed), len(frozen) > 1000)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
