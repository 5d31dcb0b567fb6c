"""Bad input: each is one clear line on standard error, in the form "pymm: what: why; what to do", and the right status.

Owns: the exact lines for command lines, files and the library. The program is never started then. Read first: support.py.
Does not own: programs that pymm cannot work with (test_command_programs.py).
"""
import os
import shutil
import socket
import subprocess
import unittest

import support


class CommandLine(support.CommandTest):
    def test_usage(self):
        for line, arguments in (
            ("no command given; write pymm run PROG, or see 'pymm --help'", []),
            ("no command given; write pymm run PROG, or see 'pymm --help'", ["--"]),
            ("frob: unknown command; see 'pymm --help'", ["frob"]),
            (": unknown command; see 'pymm --help'", [""]),
            ("two?lines?[1m: unknown command; see 'pymm --help'", ["two\nlines\x1b[1m"]),
            ("--frob: unknown option; see 'pymm --help'", ["--frob"]),
            ("--frob=1: unknown option; see 'pymm --help'", ["--frob=1"]),
            ("-x: unknown option; see 'pymm --help'", ["-x"]),
            ("-y: unknown option; see 'pymm --help'", ["-yz"]),
            ("--help=1: takes no value; write --help", ["--help=1"]),
            ("--version=1: takes no value; write --version", ["--version=1"]),
            ("run: no program given; write pymm run PROG, or see 'pymm run --help'", ["run"]),
            ("run: no program given; write pymm run PROG, or see 'pymm run --help'", ["run", "--"]),
            ("run: no program given; write pymm run PROG, or see 'pymm run --help'", ["run", "--stats"]),
            ("--frob: unknown option; see 'pymm run --help'", ["run", "--frob", "true"]),
            ("--format=sh: unknown option; see 'pymm run --help'", ["run", "--format=sh", "true"]),
            ("--stat: unknown option; see 'pymm run --help'", ["run", "--stat", "true"]),  # of two options
            ("-s: unknown option; see 'pymm run --help'", ["run", "-s", "true"]),
            ("-m: is an option of Python; write pymm run [OPTION]... python3 -m MODULE", ["run", "--profile", "-m", "json.tool"]),
            ("-m: unknown option; see 'pymm env --help'", ["env", "-m"]),
            ("--help=1: takes no value; write --help", ["run", "--help=1", "true"]),
            ("--stats: unknown value 'xml'; write --stats[=text|json]", ["run", "--stats=xml", "true"]),
            ("--stats: unknown value ''; write --stats[=text|json]", ["run", "--stats=", "true"]),
            ("--stats: unknown value 'text|json'; write --stats[=text|json]", ["run", "--stats=text|json", "true"]),
            ("--stats: unknown value 'TEXT'; write --stats[=text|json]", ["run", "--stats=TEXT", "true"]),
            ("--stats: unknown value 'tex'; write --stats[=text|json]", ["run", "--stats=tex", "true"]),
            ("--stats: unknown value 'textual'; write --stats[=text|json]", ["run", "--stats=textual", "true"]),
            ("--record: needs a value; write --record=VALUE", ["run", "--record"]),
            ("--stats-file: needs a value; write --stats-file=VALUE", ["run", "--stats-file"]),
            ("--record: no file name given; write --record=PATH", ["run", "--record=", "true"]),
            ("--frob: unknown option; see 'pymm env --help'", ["env", "--frob"]),
            ("--stats: unknown value 'xml'; write --stats[=text|json]", ["env", "--stats=xml"]),
            ("--format: unknown value 'xml'; write --format=sh|docker|systemd", ["env", "--format=xml"]),
            ("--format: needs a value; write --format=VALUE", ["env", "--format"]),
            ("env: 'true': no argument is taken; to run a program write pymm run", ["env", "true"]),
            ("env: 'true': no argument is taken; to run a program write pymm run", ["env", "--", "true"]),
            ("--frob: unknown option; see 'pymm info --help'", ["info", "--frob"]),
            ("info: 'true': no argument is taken; see 'pymm info --help'", ["info", "true"]),
        ):
            with self.subTest(arguments=arguments):
                self.assertRefused(2, line, *arguments)

    def test_a_profile_named_without_an_equals_sign(self):
        hint = "out.pymm: there is no such program; is it the profile's name? Write --profile=out.pymm PROG"
        self.assertRefused(127, hint, "run", "--profile", "out.pymm", "true")
        self.assertRefused(127, "out.pymm: not found; check the name and PATH", "run", "--profile=x.pymm", "out.pymm", "true")
        self.assertRefused(127, "out.pymm: not found; check the name and PATH", "run", "out.pymm")

    def test_files_that_cannot_be_written(self):
        self.write("plain", "")
        for option in ("stats-file", "record"):
            for name, why in (("/nope/file", "its directory does not exist"), ("plain/file", "Not a directory"),
                              ("/tmp", "it is a directory"), ("sub/", "it is a directory")):
                with self.subTest(option=option, name=name):
                    path = name if name.startswith("/") else "%s/%s" % (self.work, name)
                    self.assertRefused(2, "--%s: cannot write %s: %s; give a file that can be made" % (option, path, why),
                                       "run", "--%s=%s" % (option, name), "echo", "ran")

    def test_file_in_a_directory_without_permission(self):
        os.mkdir(self.work + "/closed", 0o555)
        self.assertRefused(2, "--record: cannot write %s/closed/x: Permission denied; give a file that can be made" % self.work,
                           "run", "--record=closed/x", "true", **support.AS_USER)

    def test_files_that_can_be_written_are_not_made(self):
        self.assertRuns("ran\n", "run", "--record=x", "--stats-file=y", "echo", "ran")
        self.assertRuns("ran\n", "run", "--record=/dev/null", "--stats-file=/nope/%p", "echo", "ran")
        self.assertEqual([], os.listdir(self.work))

    def test_current_directory_removed(self):
        gone = os.path.join(self.work, "gone")
        os.mkdir(gone)
        line = "pymm: --record: the current directory is unknown: No such file or directory; give an absolute path\n"
        done = subprocess.run(["sh", "-c", 'rmdir "$0" && "$1" run --record=x true', gone, self.command], cwd=gone,
                              env=self.environment, stderr=subprocess.PIPE)
        self.assertEqual((2, line), (done.returncode, done.stderr.decode()))


class Files(support.CommandTest):
    def test_not_found(self):
        long_name, long_path = "x" * 5000, "./" + "x/" * 3000
        self.write("plain", "")
        for line, program in (
            ("nosuch: not found; check the name and PATH", "nosuch"),
            ("./nosuch: not found; check the name", "./nosuch"),
            ("/nope/nosuch: not found; check the name", "/nope/nosuch"),
            ("plain/nosuch: not found; check the name", "plain/nosuch"),
            ("run: the name of the program is empty; write pymm run PROG", ""),
            ("-c: not found; check the name and PATH", "-c"),
            ("nosuch.py: not found; check the name and PATH", "nosuch.py"),
            ("./nosuch.py: not found; check the name", "./nosuch.py"),
            ("new?line: not found; check the name and PATH", "new\nline"),
            (long_name + ": not found; check the name and PATH", long_name),
        ):
            with self.subTest(program=program):
                self.assertRefused(127, line, "run", "--", program)
        self.assertRefused(126, long_path + ": cannot be executed: File name too long; check the file", "run", long_path)

    def test_cannot_be_executed(self):
        self.write("plain", "#!/bin/sh\n", 0o644)
        self.write("binary", "\x01\x00\x02")
        self.write("truncated", "\x7fELF\x02\x01\x01")
        self.write("empty-line", "#!\necho ran\n")
        os.mkdir(self.work + "/folder")
        os.mkdir(self.work + "/folder.py")
        os.mkfifo(self.work + "/pipe", 0o755)
        os.symlink("loop", self.work + "/loop")
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(self.work + "/socket")
        os.chmod(self.work + "/socket", 0o755)
        for line, program in (
            ("./plain: permission denied; check that it may be executed: ls -lL", "./plain"),
            ("plain: permission denied; check that it may be executed: ls -lL", "plain"),
            ("./pipe: permission denied; check that it may be executed: ls -lL", "./pipe"),
            ("./socket: permission denied; check that it may be executed: ls -lL", "./socket"),
            ("/dev/null: permission denied; check that it may be executed: ls -lL", "/dev/null"),
            ("./folder: is a directory; give a program", "./folder"),
            ("folder.py: is a directory; give a program", "folder.py"),
            ("/: is a directory; give a program", "/"),
            ("./loop: cannot be executed: Too many levels of symbolic links; check the file", "./loop"),
            ("./binary: cannot be executed: Exec format error; check that it is a program for this system", "./binary"),
            ("./truncated: cannot be executed: Exec format error; it is damaged or no program", "./truncated"),
            ("./empty-line: its first line names no interpreter; correct the line", "./empty-line"),
        ):
            with self.subTest(program=program):
                self.assertRefused(126, line, "run", program, environment={"PATH": self.work + ":/usr/bin:/bin"})

    def test_object_file(self):
        self.compile("int x;", self.work + "/object", "-c")
        os.chmod(self.work + "/object", 0o755)
        self.assertRefused(126, "./object: cannot be executed: Exec format error; it is damaged or no program", "run", "./object")

    def test_python_file_that_cannot_be_read(self):
        self.write("closed.py", "", 0)
        self.assertRefused(126, "closed.py: permission denied; check that it may be read: ls -lL", "run", "closed.py",
                           **support.AS_USER)

    def test_environment_too_large(self):
        """The kernel takes no string over 128 KiB: an LD_PRELOAD just below it has no room for our library."""
        other = self.compile("int other;", self.work + "/other.so", "-shared", "-fPIC")
        self.assertRefused(126, "/usr/bin/true: cannot be executed: Argument list too long; give fewer arguments or a smaller "
                           "environment", "run", "/usr/bin/true",
                           environment={"LD_PRELOAD": ":".join([other] * (131050 // (len(other) + 1)))})

    def test_no_python3(self):
        self.write("hello.py", "")
        empty = {"PATH": self.work}
        self.assertRefused(127, "hello.py: python3 to run it is not in PATH; install it, or name one: pymm run "
                           "/path/to/python3 hello.py", "run", "hello.py", environment=empty)
        self.write("python3", "", 0o644)
        self.assertRefused(126, "hello.py: python3 to run it is not executable in PATH; install it, or name one: pymm run "
                           "/path/to/python3 hello.py", "run", "hello.py", environment=empty)

    def test_interpreter_of_a_script(self):
        self.write("plain", "", 0o644)
        name = self.work + "/script"
        for status, first, why in (
            (127, "#!/nope", "its interpreter /nope: not found; check the name"),
            (127, "#!/usr/bin/python3\r", "its interpreter /usr/bin/python3?: not found; check the name"),
            (127, "#!nosuch", "its interpreter nosuch: not found; check the name"),
            (127, "#!/usr/bin/env nosuch", "its interpreter nosuch: not found; check the name and PATH"),
            (127, "#!/usr/bin/env python3\r", "its interpreter python3?: not found; check the name and PATH"),
            (127, "#!/usr/bin/env -S nosuch -u", "its interpreter nosuch: not found; check the name and PATH"),
            (126, "#!" + self.work, "its interpreter %s: is a directory; give a program" % self.work),
            (126, "#!%s/plain" % self.work,
             "its interpreter %s/plain: permission denied; check that it may be executed: ls -lL" % self.work),
            (126, "#!" + name, "too many scripts that are each other's interpreter; correct its first line"),
        ):
            with self.subTest(first=first):
                self.write("script", first + "\necho ran\n")
                self.assertRefused(status, "%s: %s" % (name, why), "run", name)


class Library(support.CommandTest):
    def assertAllRefuse(self, line, **options):
        """run and env say it and do nothing; info says it after its report."""
        self.assertRefused(125, line, "run", "echo", "ran", **options)
        self.assertRefused(125, line, "env", **options)
        result = self.pymm("info", **options)
        self.assertEqual((125, "pymm: %s\n" % line), (result.status, result.err))
        self.assertIn("library               none that can be used\n", result.out)
        self.assertIn("Pythons in PATH", result.out)

    def test_missing(self):
        os.remove(self.library)
        self.assertAllRefuse("%s: %s is neither beside the command nor in ../lib/pymm or ../lib; build or install pymm again"
                             % (self.bin, support.LIBRARY))

    def test_unreadable(self):
        os.chmod(self.library, 0)
        self.assertAllRefuse("%s: the library cannot be read: Permission denied; correct that or install pymm again" % self.library,
                             **support.AS_USER)

    def test_directory(self):
        os.remove(self.library)
        os.mkdir(self.library)
        self.assertAllRefuse("%s: the library cannot be read: Is a directory; correct that or install pymm again" % self.library)

    def test_link_to_itself(self):
        os.remove(self.library)
        os.symlink(support.LIBRARY, self.library)
        self.assertAllRefuse("%s: the library cannot be read: Too many levels of symbolic links; correct that or install pymm again"
                             % self.library)

    def test_not_a_library(self):
        for content in (b"", b"text\n", b"#!/bin/sh\n", b"\x7fELF", open(self.library, "rb").read(40)):
            with self.subTest(content=content):
                with open(self.library, "wb") as file:
                    file.write(content)
                self.assertAllRefuse("%s: this is not a shared library; build or install pymm again" % self.library)

    def test_other_machine(self):
        with open(self.library, "r+b") as file:
            file.seek(18)
            file.write(b"\xf7\x00")  # EM_BPF: nobody's processor
        self.assertAllRefuse("%s: the library is for another kind of machine than the command; build or install pymm again"
                             % self.library)

    def test_place_that_the_variable_cannot_hold(self):
        for character in ":", " ", "$":
            with self.subTest(character=character):
                folder = os.path.join(self.folder, "a%sb" % character)
                shutil.copytree(self.bin, folder)
                line = "%s/%s: LD_PRELOAD cannot hold a path with '%s'; move pymm to another directory"
                self.assertAllRefuse(line % (folder, support.LIBRARY, character), command=folder + "/pymm")

    def test_other_odd_places_work(self):
        for name in ("ä", "a'b", 'a"b', "a;b", "a*b", "a\\b", "a\nb", "-a"):
            with self.subTest(name=name):
                folder = os.path.join(self.folder, name)
                shutil.copytree(self.bin, folder)
                self.assertRuns("%s/%s\n" % (folder, support.LIBRARY), "run", "sh", "-c", 'printf "%s\\n" "$LD_PRELOAD"; '
                                'grep -q libpymm /proc/self/maps || echo not loaded', command=folder + "/pymm")


class Output(support.CommandTest):
    def assertWriteFails(self, why, *arguments, **options):
        done = subprocess.run([self.command, *arguments], env=self.environment, stderr=subprocess.PIPE, **options)
        line = "pymm: standard output: cannot be written: %s; the output is not complete\n" % why
        self.assertEqual((125, line), (done.returncode, done.stderr.decode()))

    def test_output_that_cannot_be_written(self):
        for arguments in (["--help"], ["--version"], ["run", "--help"], ["env", "--help"], ["info", "--help"], ["env"], ["info"]):
            with self.subTest(arguments=arguments), open("/dev/full", "w") as full:
                self.assertWriteFails("No space left on device", *arguments, stdout=full)
                self.assertWriteFails("Bad file descriptor", *arguments, preexec_fn=lambda: os.close(1))

    def test_help(self):
        for arguments in (["--help"], ["run", "--help"], ["env", "--help"], ["info", "--help"], ["run", "--help", "nosuch"],
                          ["run", "--stats", "--help"]):
            with self.subTest(arguments=arguments):
                result = self.pymm(*arguments)
                self.assertEqual((0, ""), (result.status, result.err))
                self.assertTrue(result.out.startswith("Usage: pymm "))
                self.assertLessEqual(max(map(len, result.out.splitlines())), 120)

    def test_help_names_each_option_and_variable(self):
        for command in "run", "env":
            text = self.pymm(command, "--help").out
            for word in ("--stats[=text|json]", "(PYMM_STATS)", "--stats-file=PATH", "(PYMM_STATS_FILE)", "--record=PATH",
                         "(PYMM_RECORD)"):
                self.assertIn(word, text)

    def test_version(self):
        self.assertRegex(self.pymm("--version").out, r"\Apymm \d+\.\d+\.\d+\n\Z")


if __name__ == "__main__":
    unittest.main()
