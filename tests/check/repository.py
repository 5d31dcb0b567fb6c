"""The repository's files, for the checks: which are tracked, what is in them, and planted ones for the self-tests.

A check is a function from a dictionary {path: text} to a list of complaints, "path:line: what". Read ARCHITECTURE.md for
the rules themselves.
"""
import os
import subprocess

ROOT = os.environ.get("PYMM_SOURCE_DIR") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def tracked_paths():
    """Relative paths of all tracked files; of all files but build/ where there is no git repository."""
    listing = subprocess.run(["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z"], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
    if listing.returncode == 0 and listing.stdout:
        return sorted(listing.stdout.decode().rstrip("\0").split("\0"))
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in (".git", "build", "__pycache__")]
        found.extend(os.path.relpath(os.path.join(folder, name), ROOT) for name in files)
    return sorted(found)


def tracked_files():
    """{path: text} of all tracked files that are text."""
    files = {}
    for path in tracked_paths():
        try:
            with open(os.path.join(ROOT, path), encoding="utf-8") as file:
                files[path] = file.read()
        except (FileNotFoundError, UnicodeDecodeError, IsADirectoryError):
            continue
    return files


def numbered_lines(text):
    return enumerate(text.splitlines(), 1)
