"""pymm run: the program becomes the process; nothing of it is changed but what was asked for.

Owns: exit statuses, signals, streams, arguments, environment, .py files, scripts. Read first: support.py.
Does not own: what is refused (test_command_refusals.py, test_command_programs.py).
"""
import json
import os
import shutil
import signal
import subprocess
import unittest

import support

SHOW_ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"


class Passing(support.CommandTest):
    def test_exit_statuses_pass(self):
        for status in range(256):
            with self.subTest(status=status):
                self.assertEqual(status, self.pymm("run", "sh", "-c", "exit %d" % status).status)

    def test_death_by_signal_passes(self):
        for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGUSR1,
                       signal.SIGALRM):
            with self.subTest(signal=number):
                self.assertEqual(-number, self.pymm("run", "sh", "-c", "kill -%d $$" % number).status)

    def start(self, *arguments):
        process = subprocess.Popen([self.command, "run", *arguments], env=self.environment, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.assertEqual(b"ready\n", process.stdout.readline())
        return process

    def test_signal_from_outside_kills_the_program(self):
        process = self.start("sh", "-c", "echo ready; exec sleep 60")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(-signal.SIGTERM, process.wait(30))

    def test_signal_from_outside_is_handled_by_the_program(self):
        process = self.start("bash", "-c", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(7, process.wait(30))

    def test_the_process_stays_the_same(self):
        process = self.start(support.PYTHON, "-c", "print('ready', flush=True); import os; print(os.getpid())")
        self.assertEqual(process.pid, int(process.stdout.read()))
        self.assertEqual(0, process.wait(30))

    def test_streams_pass(self):
        data = bytes(range(256)) * 1000
        result = subprocess.run([self.command, "run", "sh", "-c", "cat; echo error >&2; exit 3"], env=self.environment,
                                input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((3, data, b"error\n"), (result.returncode, result.stdout, result.stderr))

    def test_process_state_is_unchanged(self):
        """Signal masks, open descriptors, directory, umask and limits: as without pymm."""
        code = ("import os, resource; print(sorted(os.listdir('/proc/self/fd')), os.getcwd(), oct(os.umask(0)),"
                "[line for line in open('/proc/self/status') if line.startswith('Sig') and line[3] != 'Q'],"
                "resource.getrlimit(resource.RLIMIT_STACK), os.getpgid(0), os.getsid(0), os.nice(0))")
        def before():
            os.umask(0o027)
            signal.signal(signal.SIGUSR2, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        options = dict(env=self.environment, cwd=self.work, stdout=subprocess.PIPE, preexec_fn=before)
        without = subprocess.run([support.PYTHON, "-c", code], **options)
        under = subprocess.run([self.command, "run", support.PYTHON, "-c", code], **options)
        self.assertIn(b"0o27", without.stdout)
        self.assertEqual(without.stdout, under.stdout)

    def test_closed_streams(self):
        """A program that is started with closed streams gets them closed, not files of pymm's."""
        for number in (0, 1, 2):
            code = "readlink /proc/$$/fd/%d && exit 1; exit 0" % number
            status = subprocess.run([self.command, "run", "bash", "-c", code], env=self.environment,
                                    preexec_fn=lambda: os.close(number), close_fds=False).returncode
            self.assertEqual(0, status, "descriptor %d" % number)

    def test_arguments_pass(self):
        arguments = ["", " ", "a b", "--", "--stats", "-x", "'\"\\$`", "\n", "*", "ä", "=", "--help"]
        result = self.pymm("run", support.PYTHON, "-c", "import sys; print(ascii(sys.argv[1:]))", *arguments)
        self.assertEqual(ascii(arguments) + "\n", result.out)

    def test_many_arguments(self):
        arguments = ["x"] * 60000
        self.assertRuns("60000\n", "run", "sh", "-c", "echo $#", "sh", *arguments)
        self.write("count.py", "import sys; print(len(sys.argv))")
        self.assertRuns("60001\n", "run", "count.py", *arguments)

    def test_name_of_the_program_is_as_typed(self):
        self.assertRuns("sh\n", "run", "sh", "-c", "tr '\\0' '\\n' </proc/$$/cmdline | head -n 1")

    def test_first_word_that_is_no_option_ends_the_options(self):
        self.assertRuns("--stats --frob\n", "run", "echo", "--stats", "--frob")

    def test_two_dashes_end_the_options(self):
        self.write("--odd", "#!/bin/sh\necho odd $*\n")
        self.assertRuns("odd 1\n", "run", "--", "--odd", "1", environment={"PATH": self.work + ":/usr/bin:/bin"})
        self.assertRuns("--\n", "run", "echo", "--")

    def test_shortened_option(self):
        self.assertIn('"PYMM_RECORD"', self.pymm("run", "--rec=x", support.PYTHON, "-c", SHOW_ENVIRONMENT).out)


class Environment(support.CommandTest):
    def shown(self, *options, **more):
        result = self.pymm("run", *options, support.PYTHON, "-c", SHOW_ENVIRONMENT, **more)
        self.assertEqual((0, ""), (result.status, result.err))
        return json.loads(result.out)

    def test_only_what_was_asked_for_changes(self):
        before = dict(self.environment, ODD="a\nb 'c'", EMPTY="")
        after = self.shown(environment={"ODD": before["ODD"], "EMPTY": ""})
        self.assertTrue(after.pop("PYMM_RUN").isdigit())
        self.assertEqual(self.library, after.pop("LD_PRELOAD"))
        after.pop("LC_CTYPE", None)  # Python's own, in the C locale
        before.pop("LC_CTYPE", None)
        self.assertEqual(before, after)

    def test_library_is_in_the_process_and_its_children(self):
        code = "grep -c %s /proc/self/maps" % support.LIBRARY
        self.assertGreater(int(self.pymm("run", "sh", "-c", code).out), 0)

    def test_run_variable_is_the_pid(self):
        for before in ({}, {"PYMM_RUN": "1"}):
            self.assertRuns("same\n", "run", "sh", "-c", '[ "$PYMM_RUN" = $$ ] && echo same', environment=before)

    def test_options_set_their_twins(self):
        after = self.shown("--stats=json", "--stats-file=s %p", "--record=/r'%p")
        self.assertEqual("json", after["PYMM_STATS"])
        self.assertEqual(self.work + "/s %p", after["PYMM_STATS_FILE"])
        self.assertEqual("/r'%p", after["PYMM_RECORD"])

    def test_value_not_given(self):
        self.assertEqual("text", self.shown("--stats")["PYMM_STATS"])

    def test_last_option_counts(self):
        self.assertEqual("text", self.shown("--stats=json", "--stats")["PYMM_STATS"])

    def test_option_wins_over_the_variable(self):
        self.assertEqual("json", self.shown("--stats=json", environment={"PYMM_STATS": "text"})["PYMM_STATS"])

    def test_variable_stays_without_the_option(self):
        self.assertEqual("text", self.shown(environment={"PYMM_STATS": "text"})["PYMM_STATS"])

    def test_file_turns_statistics_on(self):
        for before, after in ((None, "text"), ("", "text"), ("0", "text"), ("1", "text"), ("json", "json")):
            with self.subTest(before=before):
                environment = {} if before is None else {"PYMM_STATS": before}
                self.assertEqual(after, self.shown("--stats-file=x", environment=environment)["PYMM_STATS"])
        self.assertEqual("json", self.shown("--stats-file=x", "--stats=json")["PYMM_STATS"])

    def other_library(self, name):
        return self.compile("int other;", os.path.join(self.work, name), "-shared", "-fPIC")

    def test_existing_preload_is_kept_after_ours(self):
        one, two = self.other_library("one.so"), self.other_library("two.so")
        for before in ("%s:%s" % (one, two), "%s %s" % (one, two), ":%s: %s:" % (one, two)):
            after = self.shown(environment={"LD_PRELOAD": before})["LD_PRELOAD"]
            self.assertEqual("%s:%s:%s" % (self.library, one, two), after)
        self.assertEqual(self.library, self.shown(environment={"LD_PRELOAD": ""})["LD_PRELOAD"])

    def test_no_second_pymm_is_preloaded(self):
        one, other = self.other_library("one.so"), self.other_library(support.LIBRARY)
        after = self.shown(environment={"LD_PRELOAD": "%s:%s" % (other, one)})["LD_PRELOAD"]
        self.assertEqual("%s:%s" % (self.library, one), after)

    def test_run_within_run(self):
        result = self.pymm("run", self.command, "run", "--stats", "sh", "-c", 'echo "$LD_PRELOAD $PYMM_STATS"; '
                           '[ "$PYMM_RUN" = $$ ] && echo same')
        self.assertEqual("%s text\nsame\n" % self.library, result.out)

    def test_installed_places(self):
        for place in ("lib/pymm", "lib"):
            with self.subTest(place=place):
                root = os.path.join(self.folder, "root-" + place.replace("/", "-"))
                os.makedirs(os.path.join(root, "bin"))
                os.makedirs(os.path.join(root, place))
                command = shutil.copy(self.command, os.path.join(root, "bin"))
                library = shutil.copy(self.library, os.path.join(root, place))
                self.assertRuns(library + "\n", "run", "sh", "-c", "echo $LD_PRELOAD", command=command)

    def test_command_through_a_link(self):
        link = os.path.join(self.work, "link")
        os.symlink(self.command, link)
        self.assertRuns(self.library + "\n", "run", "sh", "-c", "echo $LD_PRELOAD", command=link)


class PythonFiles(support.CommandTest):
    def setUp(self):
        super().setUp()
        self.write("hello.py", "import sys; print(sys.argv); sys.exit(len(sys.argv))", 0o644)

    def test_runs_under_python3(self):
        result = self.pymm("run", "hello.py", "a b", "--stats")
        self.assertEqual((3, "['hello.py', 'a b', '--stats']\n", ""), (result.status, result.out, result.err))

    def test_path(self):
        path = os.path.join(self.work, "hello.py")
        self.assertEqual("['%s']\n" % path, self.pymm("run", path, cwd="/").out)

    def test_name_with_a_dash_is_no_option(self):
        self.write("-c.py", "print('ran')", 0o644)
        self.assertRuns("ran\n", "run", "--", "-c.py")

    def test_odd_names(self):
        for name in ("a b.py", "ä.py", "'.py", "$HOME.py", "new\nline.py", "=.py", ".py"):
            with self.subTest(name=name):
                self.write(name, "print('ran')", 0o644)
                self.assertRuns("ran\n", "run", name)

    def test_found_in_path_when_not_here(self):
        path = {"PATH": self.work + ":/usr/bin:/bin"}
        self.write("installed.py", "import sys; print(sys.argv)")
        self.assertRuns("['%s/installed.py']\n" % self.work, "run", "installed.py", cwd="/", environment=path)

    def test_python3_is_the_first_in_path(self):
        self.write("python3", "#!/bin/sh\necho mine $*\n")
        self.assertRuns("mine hello.py 1\n", "run", "hello.py", "1", environment={"PATH": self.work + ":/usr/bin:/bin"})


class Scripts(support.CommandTest):
    def test_interpreter_of_its_own(self):
        for line in ("#!/usr/bin/python3", "#! /usr/bin/python3 -B ", "#!/usr/bin/env python3", "#!\t/usr/bin/env\tpython3",
                     "#!/usr/bin/env -S python3 -B", "#!/usr/bin/env -S A=1 python3", "#!/usr/bin/env -vS python3",
                     "#!/usr/bin/env --split-string=python3 -B"):
            with self.subTest(line=line):
                self.write("script", line + "\nprint('ran')\n")
                self.assertEqual((0, "ran\n"), (lambda result: (result.status, result.out))(self.pymm("run", "./script")))

    def test_without_first_line_goes_to_the_shell(self):
        self.write("script", "echo ran $0 $1\n")
        self.assertRuns("ran ./script 1\n", "run", "./script", "1")

    def test_empty_file_goes_to_the_shell(self):
        self.write("script", "")
        self.assertRuns("", "run", "./script")

    def test_shell_wrapper_as_of_pyenv(self):
        self.write("python3", '#!/usr/bin/env bash\nexec /usr/bin/python3 "$@"\n')
        self.assertRuns("1\n", "run", "python3", "-c", "print(1)", environment={"PATH": self.work + ":/usr/bin:/bin"})

    def test_interpreter_that_is_a_script(self):
        self.write("one", "#!/bin/sh\necho one $2 \n")
        self.write("two", "#!%s/one\n" % self.work)
        self.assertRuns("one\n", "run", "./two")

    def test_as_many_scripts_as_the_kernel_follows(self):
        name = "/bin/echo"
        for number in range(6):
            name = self.write("script%d" % number, "#!%s\n" % name)
        last = self.work + "/script4"
        direct = subprocess.run([last, "x"], stdout=subprocess.PIPE, text=True)
        self.assertRuns(direct.stdout, "run", last, "x")
        self.assertRaises(OSError, subprocess.run, [name])
        self.assertRefused(126, "%s/script0: too many scripts that are each other's interpreter; correct its first line"
                           % self.work, "run", name)

    def test_path_is_searched_as_a_shell_does(self):
        os.mkdir(os.path.join(self.work, "tool"))  # a directory of that name is passed over
        os.mkdir(os.path.join(self.work, "later"))
        self.write("later/tool", "#!/bin/sh\necho later\n")
        self.write("here", "#!/bin/sh\necho here\n")
        self.assertRuns("later\n", "run", "tool", environment={"PATH": "%s:later:/usr/bin:/bin" % self.work})
        self.assertRuns("here\n", "run", "here", environment={"PATH": "/nope::/usr/bin:/bin"})
        self.assertRuns("here\n", "run", "here", environment={"PATH": "/usr/bin:/bin:"})
        os.chmod(os.path.join(self.work, "here"), 0o644)
        self.write("later/here", "#!/bin/sh\necho later\n")
        self.assertRuns("later\n", "run", "here", environment={"PATH": "%s:later:/usr/bin:/bin" % self.work})

    def test_path_not_set(self):
        del self.environment["PATH"]
        self.assertRuns("ran\n", "run", "echo", "ran")


if __name__ == "__main__":
    unittest.main()
