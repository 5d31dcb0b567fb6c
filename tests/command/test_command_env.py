"""pymm env: the lines mean exactly what pymm run sets, however odd the names are. pymm info: what it shows.

Owns: the three formats, read back by a shell and by readers written here from the formats' documentation; the report of info.
Read first: support.py. Does not own: the judgement of interpreters (test_command_programs.py).
"""
import os
import re
import resource
import subprocess
import unittest

import support

ODD_NAMES = ["plain", "a b", "'", "''", '"', "\\", "\\\\", "\\n", "$HOME", "${HOME}", "`id`", "$(id)", "*", "~", "#x", "a;b", "a&b",
             "!x", "%p", "%%", "100%", "ä", "=", "-", "(", "<", "|", "{a,b}", " ", "a\\", "trailing ", "^", "[a]", "@%x:,+"]
CONTROL_NAMES = ["a\nb", "\n", "tab\t", "\r", "\x1b[1m", "\x7f"]


def shown(output):
    """The variables of pymm and the loader in what `env -0` printed."""
    pairs = (os.fsdecode(entry).split("=", 1) for entry in output.split(b"\0") if entry)
    return {name: value for name, value in pairs if name.startswith(("PYMM_", "LD_"))}


def read_docker(text):
    """ENV NAME="VALUE": within the quotes a backslash takes the next character literally, $ would be a variable."""
    found = {}
    for line in text.splitlines():
        match = re.fullmatch(r'ENV (\w+)="((?:[^"\\$]|\\["\\$])*)"', line)
        found[match[1]] = re.sub(r"\\(.)", r"\1", match[2])
    return found


def read_systemd(text):
    """Environment="NAME=VALUE": C escapes within the quotes, %% is a percent sign, $ is nothing special."""
    found = {}
    for line in text.splitlines():
        match = re.fullmatch(r'Environment="(\w+)=((?:[^"\\%]|\\["\\]|%%)*)"', line)
        found[match[1]] = re.sub(r"\\(.)|%(%)", lambda part: part[1] or part[2], match[2])
    return found


class Env(support.CommandTest):
    def by_run(self, *options, **more):
        result = self.pymm("run", *options, "env", "-0", **more)
        self.assertEqual((0, ""), (result.status, result.err))
        found = shown(os.fsencode(result.out))
        found.pop("PYMM_RUN")  # only a process that pymm run became has it
        return found

    def by_shell(self, *options, **more):
        code = 'settings=$("$0" env "$@") && eval "$settings" && exec env -0'
        environment = dict(self.environment, **more.get("environment", {}))
        outputs = [shown(subprocess.run([shell, "-c", code, self.command, *options], env=environment, cwd=self.work,
                                        check=True, stdout=subprocess.PIPE).stdout) for shell in ("dash", "bash")]
        self.assertEqual(outputs[0], outputs[1])
        return outputs[0]

    def test_shell_gives_what_run_sets(self):
        for options in ([], ["--stats"], ["--stats=json"], ["--stats-file=x"], ["--record=y"], ["--"],
                        ["--stats=json", "--stats-file=/a/%p", "--record=z"], ["--format=sh", "--stats"]):
            with self.subTest(options=options):
                self.assertEqual(self.by_run(*[option for option in options if option != "--format=sh"]),
                                 self.by_shell(*options))

    def test_shell_with_variables_set_before(self):
        other = self.compile("int other;", self.work + "/other.so", "-shared", "-fPIC")
        for environment in ({"LD_PRELOAD": other}, {"PYMM_STATS": "json"}, {"LD_PRELOAD": self.library + ":" + other}):
            with self.subTest(environment=environment):
                self.assertEqual(self.by_run("--stats-file=x", environment=environment),
                                 self.by_shell("--stats-file=x", environment=environment))

    def test_odd_names_in_a_shell(self):
        for name in ODD_NAMES + CONTROL_NAMES:
            with self.subTest(name=name):
                found = self.by_shell("--record=" + name)
                self.assertEqual(self.work + "/" + name, found["PYMM_RECORD"])
                self.assertEqual(self.by_run("--record=" + name), found)

    def test_odd_names_in_other_formats(self):
        for name in ODD_NAMES:
            for form, read in (("docker", read_docker), ("systemd", read_systemd)):
                with self.subTest(name=name, form=form):
                    result = self.pymm("env", "--format=" + form, "--stats-file=" + name)
                    self.assertEqual((0, ""), (result.status, result.err))
                    self.assertEqual(self.by_run("--stats-file=" + name), read(result.out))

    def test_anything_special_is_quoted(self):
        """Also what this shell takes literally here: another shell or another directory may not."""
        for name in ("a*b", "a?b", "~", "a b", "[a]", "{a,b}", "ä", "!"):
            with self.subTest(name=name):
                self.assertIn("export PYMM_RECORD='/%s'\n" % name, self.pymm("env", "--record=/" + name).out)

    def test_control_characters_in_other_formats(self):
        for name in CONTROL_NAMES:
            for form in ("docker", "systemd"):
                with self.subTest(name=name, form=form):
                    shown = re.sub(r"[\x00-\x1f\x7f]", "?", name)
                    self.assertRefused(2, "PYMM_RECORD: --format=%s cannot hold the control character in '%s/%s'; use another "
                                       "name" % (form, self.work, shown), "env", "--format=" + form, "--record=" + name)

    def test_exact_lines(self):
        arguments = ["--stats=json", "--stats-file=/a b/%p"]
        self.assertRuns("export LD_PRELOAD=%s\nexport PYMM_STATS=json\nexport PYMM_STATS_FILE='/a b/%%p'\n" % self.library,
                        "env", *arguments)
        self.assertRuns('ENV LD_PRELOAD="%s"\nENV PYMM_STATS="json"\nENV PYMM_STATS_FILE="/a b/%%p"\n' % self.library,
                        "env", "--format=docker", *arguments)
        self.assertRuns('Environment="LD_PRELOAD=%s"\nEnvironment="PYMM_STATS=json"\n'
                        'Environment="PYMM_STATS_FILE=/a b/%%%%p"\n' % self.library, "env", "--format=systemd", *arguments)

    def test_other_systems_do_not_get_the_preload_of_this_one(self):
        other = self.compile("int other;", self.work + "/other.so", "-shared", "-fPIC")
        for form, read in (("docker", read_docker), ("systemd", read_systemd)):
            out = self.pymm("env", "--format=" + form, environment={"LD_PRELOAD": other}).out
            self.assertEqual({"LD_PRELOAD": self.library}, read(out))

    def test_file_of_another_system_is_not_checked(self):
        self.assertIn("/nope/file", self.pymm("env", "--record=/nope/file").out)

    def test_twice_is_once(self):
        code = 'eval "$("$0" env)"; eval "$("$0" env)"; echo "$LD_PRELOAD"'
        done = subprocess.run(["sh", "-c", code, self.command], env=self.environment, stdout=subprocess.PIPE, text=True)
        self.assertEqual(self.library + "\n", done.stdout)


class Info(support.CommandTest):
    def rows(self, **options):
        result = self.pymm("info", **options)
        self.assertEqual((0, ""), (result.status, result.err))
        head = result.out.split("\n\n")[0]
        return {line[:22].strip(): line[22:] for line in head.splitlines()}, result.out

    def test_system(self):
        rows, _ = self.rows()
        self.assertEqual(self.pymm("--version").out, "pymm %s\n" % rows["pymm"])
        self.assertEqual(self.library, rows["library"])
        self.assertEqual("%d bytes" % resource.getpagesize(), rows["page"])
        if os.path.exists("/sys/kernel/mm/transparent_hugepage/enabled"):
            self.assertIn("[%s]" % rows["huge pages"], open("/sys/kernel/mm/transparent_hugepage/enabled").read())
        self.assertEqual(open("/proc/sys/vm/overcommit_memory").read().strip(), rows["overcommit"][0])

    def test_limits(self):
        def limit():
            # Large enough for a sanitizer's shadow memory.
            resource.setrlimit(resource.RLIMIT_DATA, (1 << 60, 1 << 60))
        rows, _ = self.rows(preexec_fn=limit)
        self.assertEqual("%d bytes" % (1 << 60), rows["limit, data"])
        self.assertEqual("unlimited", rows["limit, address space"])

    def test_settings(self):
        _, out = self.rows(environment={"PYMM_STATS": "json", "PYMM_RECORD": "", "PYMM_FROB": "1"})
        for row in (r"PYMM_STATS +json +print", r"PYMM_RECORD +\(empty\) +record", r"PYMM_STATS_FILE +\(not set\) +write",
                    r"PYMM_DISABLE +\(not set\) ", r"PYMM_RUN +\(not set\) ",
                    r"PYMM_FROB +1 +not a setting of pymm's: it is ignored\n"):
            self.assertRegex(out, row)

    def test_settings_stand_in_columns(self):
        _, out = self.rows()
        rows = re.findall(r"^  (PYMM_\w+)( +)\(not set\)( +)\S", out, re.M)
        self.assertGreater(len(rows), 8)
        self.assertEqual(1, len({len(name + blanks) for name, blanks, _ in rows}), out)

    def test_no_python_in_path(self):
        for path in (self.work, "/nope", ""):
            self.assertTrue(self.rows(environment={"PATH": path})[1].endswith(" with them:\n  none\n"), path)

    def test_each_interpreter_once(self):
        os.symlink(support.PYTHON, self.work + "/python3")
        os.symlink(support.PYTHON, self.work + "/python")
        out = self.rows(environment={"PATH": self.work + ":/usr/bin:/bin:/usr/bin"})[1]
        self.assertEqual(1, len(re.findall(r"/python[\d.]* +\d\S+ +yes\n", out)), out)

    def test_nothing_is_run(self):
        self.write("python3", "#!/bin/sh\necho started >started\n")
        out = self.rows(environment={"PATH": self.work})[1]
        self.assertIn("%s/python3" % self.work, out)
        self.assertIn("not known: a script; each Python that it starts gets pymm\n", out)
        self.assertEqual(["python3"], os.listdir(self.work))


class ManPages(support.CommandTest):
    def test_the_pages_have_every_option_of_the_help(self):
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "man")
        for command in ("run", "env", "info", "report"):
            result = self.pymm(command, "--help")
            with open(os.path.join(folder, "pymm-%s.1" % command)) as file:
                page = file.read().replace("\\-", "-")
            options = set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", result.out, re.M))
            self.assertIn("--help", options)
            for option in options:
                self.assertRegex(page, re.escape(option) + r"(?![a-z-])", "pymm-%s.1" % command)


if __name__ == "__main__":
    unittest.main()
