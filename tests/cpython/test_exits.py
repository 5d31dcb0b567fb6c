"""Every way a Python process ends, with the status and the output it has on stock: sys.exit, an exception, os._exit, signals, a
crash with faulthandler's stacks, Py_AtExit, closed streams."""
import concurrent.futures
import re
import signal
import unittest

from harness import BARE, IS_SLOW_BUILD, RUN, STOCK, Case, per_interpreter

# Some memory of every kind is alive, and a thread has been there, when the process ends.
PROLOGUE = ("import os, sys, signal, threading\n"
            "kept = [bytes(n) for n in range(3000)] + [bytearray(1 << 20)]\n"
            "thread = threading.Thread(target=lambda: [str(n) for n in range(5000)]); thread.start(); thread.join()\n")


def comparable(text):
    """stderr without what differs from run to run: addresses, thread identities, process ids."""
    return re.sub(r"0x[0-9a-f]+|\b\d{4,}\b", "N", text)


@per_interpreter
class Exits(Case):
    def same(self, code, expected=None, modes=(BARE, RUN), **options):
        stock = self.start(["-c", PROLOGUE + code], STOCK, **options)
        if expected is not None:
            self.assertEqual(stock.code, expected, stock)
        for mode in modes:
            result = self.start(["-c", PROLOGUE + code], mode, **options)
            self.assertEqual((result.code, result.out, comparable(result.err)),
                             (stock.code, stock.out, comparable(stock.err)), "stock %s\n%s: %s" % (stock, mode, result))

    @unittest.skipIf(IS_SLOW_BUILD, "slabs of two slots are given to other blocks at once, and what CPython reads after it freed it with them")
    def test_threads_that_start_at_the_end(self):
        """Python may take itself down before they have looked at their own state: more processes than processors bring that about."""
        def code(mode):
            return self.start(["-c", "import _thread; _thread.start_new_thread(int, ()); print()"], mode).code
        for mode in (STOCK, BARE):
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                codes = list(pool.map(code, [mode] * 100))
            if mode == STOCK and any(codes):
                self.skipTest("it dies on stock too: %s" % codes)
            self.assertEqual(codes, [0] * len(codes), mode)

    def test_normal_ends(self):
        self.same("", 0)
        self.same("print('text'); sys.exit(3)", 3)
        self.same("sys.exit('a message')", 1)
        self.same("sys.exit(None)", 0)
        self.same("raise SystemExit(200)", 200)
        self.same("os._exit(5)", 5)
        self.same("def f(): raise ValueError('text')\nf()", 1)
        self.same("raise KeyboardInterrupt")

    def test_signals(self):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGHUP, signal.SIGUSR1):
            self.same("sys.stdout.flush(); os.kill(os.getpid(), %d)" % number, -number)
        self.same("os.abort()", -6)
        self.same("import time; threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start(); time.sleep(5)")

    def test_signal_handlers(self):
        """Handlers in Python allocate at any moment."""
        self.same("count = 0\n"
                  "def handler(*_):\n    global count; count += 1; [bytes(n) for n in range(100)]\n"
                  "signal.signal(signal.SIGALRM, handler); signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
                  "while count < 100: [str(n) for n in range(1000)]\n"
                  "signal.setitimer(signal.ITIMER_REAL, 0); print('ok')", 0)

    def test_faulthandler(self):
        """The stacks that faulthandler prints from a signal handler."""
        for crash in ("faulthandler._sigsegv()", "faulthandler._sigabrt()", "faulthandler._read_null()",
                      "os.kill(os.getpid(), signal.SIGBUS)"):
            self.same("import faulthandler; faulthandler.enable()\ndef f(): %s\nf()" % crash, modes=(BARE,))
        self.same("import faulthandler; faulthandler.dump_traceback(); faulthandler.dump_traceback_later(0.1)\n"
                  "import time; time.sleep(0.4); print('ok')", 0, modes=(BARE,))

    def test_stack_overflow(self):
        """The C stack ends in a signal as on stock, not in the heap's own code with a lock held."""
        self.same("import faulthandler, resource; faulthandler.enable(); faulthandler._stack_overflow()", -11, modes=(BARE,))
        self.same("def f(n): return f(n + 1)\ntry: f(0)\nexcept RecursionError: print('RecursionError')", 0)

    def test_fatal_error(self):
        self.same("import faulthandler; faulthandler._fatal_error_c_thread() if sys.version_info >= (3, 9) "
                  "else faulthandler._fatal_error(b'text')", -6, modes=(BARE,))

    def test_last_moments(self):
        """atexit, objects freed by finalization, and Py_AtExit when the interpreter is gone."""
        self.program("atexit_work.py", out="ok\natexit\nPy_AtExit\n")

    def test_thread_still_running(self):
        self.same("import time\nthreading.Thread(target=lambda: (time.sleep(0.3), print('last'))).start()", 0)
        self.same("import time\nthreading.Thread(target=time.sleep, args=(20,), daemon=True).start()", 0)
        self.same("import time\nthreading.Thread(target=time.sleep, args=(20,)).start(); os._exit(4)", 4)

    def test_exit_from_a_thread(self):
        self.same("thread = threading.Thread(target=lambda: os._exit(9)); thread.start(); thread.join()", 9)

    def test_exception_in_del_and_atexit(self):
        self.same("import atexit; atexit.register(lambda: 1 / 0); print('ok')", modes=(BARE,))

    def test_streams_closed(self):
        self.same("os.close(1); os.close(2); os.close(0); sys.exit(6)")

    def test_forked_child_dies(self):
        self.same("pid = os.fork()\n"
                  "if pid == 0: os.kill(os.getpid(), 9)\n"
                  "print(os.waitpid(pid, 0)[1])", 0)


if __name__ == "__main__":
    unittest.main()
