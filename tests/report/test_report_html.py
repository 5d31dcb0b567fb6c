"""The page of `pymm report --format=html`, in headless Chromium: browser.mjs does what a user does.

Skipped where Chromium (Debian: chromium), node or npm is missing. PYMM_TEST_SCREENSHOTS names a folder for pictures of each check.
"""
import json
import os
import unittest

import node_packages
import profile_writer
from profile_writer import CACHE, MAIN, MS, Writer
from support import ReportTest


class Page(ReportTest):
    @classmethod
    def setUpClass(cls):
        node_packages.install("chromium", "node", "npm")

    def check(self, names, *arguments):
        status, out, err = self.report("--format=html", "-o", "page.html", *arguments)
        if "built without npm" in err:
            self.skipTest("the command was built without npm")
        self.assertEqual((status, out, err), (0, "", ""))
        pictures = os.environ.get("PYMM_TEST_SCREENSHOTS")
        status, out = node_packages.run("browser.mjs", names, self.path("page.html"), *([pictures] if pictures else []),
                                        home=self.folder)
        self.assertEqual(status, 0, out)
        return out

    def test_small_profile(self):
        self.write("p", profile_writer.small())
        self.check("load,suspects,narrow,zoom,search,inverted,threads,moment,sort,keyboard,themes", "p")

    def test_what_is_html_stays_text(self):
        evil = "<script>alert(1)</script>"
        with open(self.path("evil.py"), "w") as file:
            file.write("\n</pre><script>alert(5)</script>\n")
        writer = Writer()
        writer.info(profile_writer.COMMAND, ("python3\0%s\0" % evil).encode())
        writer.info(profile_writer.NOTE, b"</script><script>alert(2)</script><!--")
        writer.thread(77, b"<b>thread</b>")
        writer.sample(MS, 1, 100, [MAIN, (evil, self.path("evil.py"), 2)], thread=77)
        writer.sample(MS, 2, 90, [(evil, "<img src=x onerror=alert(3)>.py", 2)])
        writer.end(2 * MS)
        self.check("escaped", self.write("p", writer))

    def test_source_lines(self):
        with open(self.path("work.py"), "w") as file:
            file.write("# one\ndef work():\n    data = bytes(100)  # the line\n    return data\n\nlast\nnot shown\n")
        writer = Writer()
        writer.sample(MS, 1, 100, [("work", self.path("work.py"), 3)])
        self.check("source", self.write("p", writer))

    def test_resident_memory(self):
        self.check("resident", self.write("a", profile_writer.accounts()))

    def test_base(self):
        self.write("p", profile_writer.small())
        old = Writer()
        old.thread(77, b"worker")
        old.sample(MS, 0x1, 1000000, [MAIN, CACHE], thread=77)
        old.sample(MS, 0x2, 500000, [MAIN, ("gone", "/app/gone.py", 1)], thread=4321)
        self.write("old", old)
        self.check("base", "--base=old", "p")

    def test_differences_that_may_be_chance_are_left_out(self):
        for name, counts in (("old", (10, 10, 14)), ("new", (14, 40, 10))):
            writer = Writer(flags=0, interval=512 << 10)
            for site, count in zip(("few", "many", "fewer"), counts):
                for index in range(count):
                    writer.sample(MS, len(site) << 32 | index, 100, [MAIN, (site, site + ".py", 1)], weight=5243.4)
            writer.end(2 * MS)
            self.write(name, writer)
        self.check("chance", "--base=old", "new")

    def test_nothing_recorded(self):
        self.check("empty", self.write("p", Writer()))

    def test_hundred_thousand_sites(self):
        writer = Writer()
        for index in range(100000):
            frames = [MAIN] + [("g%d" % (index // 10**level), "/app/g%d.py" % level, level + 1) for level in (4, 3, 2, 1)]
            writer.sample(index * MS // 10, 0x1000 + index, 100 + index % 977, frames + [("f%d" % index, "/app/f.py", index + 1)])
        writer.end(11000 * MS)
        print(self.check("large", self.write("p", writer)))

    def test_deep_recursion(self):
        writer = Writer()
        writer.sample(MS, 1, 100, [("f%d" % (index % 3), "/deep.py", 3 + index % 3) for index in range(10000)])
        self.check("deep", self.write("p", writer))


class Lines(ReportTest):
    """Which files are read for source lines, without a browser."""

    def page(self, frame):
        writer = Writer()
        writer.sample(MS, 1, 100, [frame])
        status, out, err = self.report("--format=html", "-o", "page.html", self.write("p", writer))
        if "built without npm" in err:
            self.skipTest("the command was built without npm")
        self.assertEqual((status, err), (0, ""))
        with open(self.path("page.html")) as file:
            return file.read()

    def test_no_other_file_than_python_source_is_read(self):
        with open(self.path("secret.txt"), "w") as file:
            file.write("a secret line\n")
        self.assertNotIn("a secret line", self.page(("f", self.path("secret.txt"), 1)))

    def test_a_pipe_and_a_line_beyond_the_end(self):
        os.mkfifo(self.path("pipe.py"))
        self.page(("f", self.path("pipe.py"), 1))
        with open(self.path("short.py"), "w") as file:
            file.write("x\n")
        self.assertIn('"text":[]', self.page(("f", self.path("short.py"), 4000000000)))

    def test_nothing_is_asked_of_a_network(self):
        page = self.page(MAIN)
        self.assertIn("default-src 'none'", page)
        self.assertNotRegex(page, r'<(link|script|img)[^>]*(src|href)=')


class History(ReportTest):
    """What the page knows of each moment, without a browser: what each stack held then adds up to what was live."""

    def assertHistory(self, writer, part):
        status, out, err = self.report("--format=html", "-o", "page.html", self.write("p", writer))
        if "built without npm" in err:
            self.skipTest("the command was built without npm")
        with open(self.path("page.html")) as file:
            page = file.read()
        data = json.loads(page.split('id="profile">')[1].split("</script>")[0])
        history, moments = data["history"], data["moments"]
        held = {}
        self.assertEqual(len(history["starts"]), len(moments["seconds"]) + 1)
        for moment, live in enumerate(moments["live_bytes"]):
            for at in range(history["starts"][moment], history["starts"][moment + 1]):
                held[history["tally"][at]] = history["bytes"][at]
            self.assertLessEqual(abs(sum(held.values()) - live), data["totals"]["peak"]["bytes"] * part, moment)
        return data

    def test_moments_that_were_merged(self):
        writer = Writer()
        for step in range(4000):
            writer.sample(step * 700 * MS, 0x1000 + step, 1000 + step, [MAIN, ("f%d" % (step % 7), "f.py", 1)])
            if step >= 50 + step % 30:
                writer.free(step * 700 * MS, 0x1000 + step - 50 - step % 30)
        data = self.assertHistory(writer, 1 / 200)
        self.assertGreater(len(data["moments"]["seconds"]), 100)

    def test_small_changes_that_were_left_out(self):
        writer = Writer()
        for step in range(3000):
            writer.sample(step * MS, 0x1000 + step, 10 + (step % 10) ** 6, [MAIN, ("f%d" % (step % 500), "f.py", 1)])
        self.assertHistory(writer, 1 / 200)


if __name__ == "__main__":
    unittest.main()
