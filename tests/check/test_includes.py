"""The include rule: a room includes only rooms on lower floors, and of another room only its one header.

Also: conditions on the platform stand in the two lowest rooms alone. The drawing of the floors is in ARCHITECTURE.md.
A header that describes the format of a file, <room>/<thing>_format.h, is open to all and includes nothing but <stdint.h>.
"""
import re
import unittest

import repository

FLOORS = ["base", "os", "heap", "domain", "trace", "hook", "object", "gc"]
PLATFORM_FLOORS = {"base", "os"}
PUBLIC_HEADERS = {"pymm.h", "pymm_trace.h"}
FRONT_PARTS = {("command", "report/report.h"), ("report", "command/command.h")}  # `report` is linked into the command
PUBLIC_PYTHON_ROOMS = {"object", "gc", "python"}  # include/python has the layouts of objects
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
CONDITION = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef|elif)\b(.*)")
FORMAT_HEADER = re.compile(r"\w+/\w+_format\.h")
PLATFORM = re.compile(r"\b(__linux__|__linux|linux|__unix__|__APPLE__|__MACH__|__FreeBSD__|__NetBSD__|__OpenBSD__|__sun|"
                      r"__CYGWIN__|__ANDROID__|__GLIBC__|__MUSL__|_WIN32|_WIN64|_MSC_VER|__MINGW32__|__x86_64__|__i386__|"
                      r"__aarch64__|__arm__|__powerpc64__|__riscv)\b")


def place_of(path):
    """("room", name) for src/<name>/..., ("front", name) for front/<name>/..., else None."""
    parts = path.split("/")
    if len(parts) > 2 and path.endswith((".c", ".h")) and parts[0] in ("src", "front"):
        return ("room" if parts[0] == "src" else "front"), parts[1]
    return None


def included_rooms(target, own):
    """(room, is_its_header) of a quoted include; own files count as the header of `own`."""
    if "/" not in target:
        return own, True
    folder, _, name = target.partition("/")
    return folder, folder == own or name == folder + ".h"


def include_complaint(kind, own, quote, target):
    """Why this include is not allowed, or None."""
    if target in PUBLIC_HEADERS or (target.startswith("python/") and own in PUBLIC_PYTHON_ROOMS):
        return None
    if kind == "front" and (own, target) in FRONT_PARTS:
        return None
    if ".." in target:
        return "includes by a way up: %s" % target
    if own.endswith("_format.h"):
        return None if target == "stdint.h" else "the format of a file needs <stdint.h> alone"
    if FORMAT_HEADER.fullmatch(target) and target.split("/")[0] in FLOORS:
        return None
    room, is_header = included_rooms(target, own)
    if quote == "<":
        return "room %s is included with <>: use quotes" % room if "/" in target and room in FLOORS else None
    if room == own:
        return None
    if room not in FLOORS:
        return "includes %s, which is no room of the core" % target
    if kind == "room" and FLOORS.index(room) >= FLOORS.index(own):
        return "room %s (floor %d) includes room %s (floor %d)" % (own, FLOORS.index(own), room, FLOORS.index(room))
    if not is_header:
        return "includes %s; of another room only %s/%s.h is open" % (target, room, room)
    return None


def check_includes(files):
    complaints = []
    for path, text in sorted(files.items()):
        place = place_of(path)
        if not place:
            continue
        kind, own = place
        if kind == "room" and own not in FLOORS:
            complaints.append("%s:1: room %s has no floor" % (path, own))
            continue
        for number, line in repository.numbered_lines(text):
            match = INCLUDE.match(line)
            complaint = match and include_complaint(kind, path if path.endswith("_format.h") else own, *match.groups())
            if complaint:
                complaints.append("%s:%d: %s" % (path, number, complaint))
    return complaints


def check_platform(files):
    complaints = []
    for path, text in sorted(files.items()):
        place = place_of(path)
        if not place or place[1] in PLATFORM_FLOORS:
            continue
        for number, line in repository.numbered_lines(text):
            match = CONDITION.match(line)
            name = match and PLATFORM.search(match.group(1))
            if name:
                complaints.append("%s:%d: condition on %s outside src/os and src/base" % (path, number, name.group(1)))
    return complaints


class Repository(unittest.TestCase):
    maxDiff = None

    def test_rooms_include_only_lower_floors(self):
        files = repository.tracked_files()
        self.assertTrue([path for path in files if place_of(path)], "no room was found at all")
        self.assertEqual(check_includes(files), [])

    def test_platform_conditions_stand_in_base_and_os(self):
        self.assertEqual(check_platform(repository.tracked_files()), [])


class SelfTest(unittest.TestCase):
    """Each kind of violation, planted, is found; what is allowed is not."""

    def assert_complaint(self, path, line, words):
        found = check_includes({path: "\n%s\n" % line}) + check_platform({path: "\n%s\n" % line})
        self.assertEqual(len(found), 1, found)
        self.assertIn("%s:2: " % path, found[0])
        self.assertIn(words, found[0])

    def test_higher_floor(self):
        self.assert_complaint("src/heap/a.c", '#include "domain/domain.h"', "floor 3")

    def test_same_floor_numbering_is_strict(self):
        self.assert_complaint("src/base/a.h", '#  include "os/os.h"', "floor 1")

    def test_inner_header_of_another_room(self):
        self.assert_complaint("src/domain/a.c", '#include "heap/internal.h"', "only heap/heap.h is open")
        self.assert_complaint("front/cpython/a.c", '#include "heap/internal.h"', "only heap/heap.h is open")

    def test_front_is_closed_to_the_core_and_to_other_fronts(self):
        self.assert_complaint("src/gc/a.c", '#include "cpython/install.h"', "no room of the core")
        self.assert_complaint("front/command/a.c", '#include "cpython/install.h"', "no room of the core")

    def test_front_of_the_report_shares_one_header_with_the_command(self):
        self.assert_complaint("front/report/a.c", '#include "command/options.h"', "no room of the core")
        self.assert_complaint("front/command/a.c", '#include "report/model.h"', "no room of the core")

    def test_python_headers_are_for_the_rooms_of_objects(self):
        self.assert_complaint("src/heap/a.c", '#include "python/object.h"', "no room of the core")

    def test_formats_of_files_include_nothing(self):
        self.assert_complaint("src/trace/profile_format.h", '#include "trace/trace.h"', "<stdint.h> alone")
        self.assert_complaint("src/trace/profile_format.h", "#include <stdio.h>", "<stdint.h> alone")

    def test_way_up(self):
        self.assert_complaint("src/heap/a.c", '#include "../heap/heap.h"', "way up")

    def test_angle_brackets(self):
        self.assert_complaint("src/heap/a.c", "#include <os/os.h>", "use quotes")

    def test_room_without_floor(self):
        self.assertEqual(check_includes({"src/attic/a.c": ""}), ["src/attic/a.c:1: room attic has no floor"])

    def test_platform(self):
        self.assert_complaint("src/heap/a.c", "#ifdef __linux__", "__linux__")
        self.assert_complaint("front/cpython/a.c", "# if defined(_WIN32) || 0", "_WIN32")

    def test_what_is_allowed(self):
        files = {
            "src/heap/a.c": '#include "heap/internal.h"\n#include "internal.h"\n#include "os/os.h"\n#include <string.h>\n'
                            '#include "pymm.h"\n#include <sys/mman.h>\n#ifdef PYMM_HOSTILE\n',
            "src/object/a.c": '#include "python/object.h"\n',
            "src/os/linux.c": "#ifdef __linux__\n",
            "front/command/a.c": '#include "command.h"\n#include "base/base.h"\n#include "report/report.h"\n',
            "front/report/a.c": '#include "trace/profile_format.h"\n#include "command/command.h"\n',
            "src/trace/profile_format.h": "#include <stdint.h>\n",
            "front/command/b.c": '#include "trace/profile_format.h"\n',
            "tests/unit/a.c": '#include "heap/internal.h"\n',
        }
        self.assertEqual(check_includes(files) + check_platform(files), [])


if __name__ == "__main__":
    unittest.main()
