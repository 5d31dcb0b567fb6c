"""What of CPython's own tests is run, and what may fail.

Owns the list of modules, the three allowed failures by name, the fast modules of the quick tier and the known hangs of stock.
Does not own running and comparing (regrtest.py).
"""

# Under the names of the newest version that has them; where a version calls one otherwise, see OTHER_NAMES.
MODULES = """
test_gc test_weakref test_weakset test_capi test_tracemalloc test_sys test_cmd_line test_threading test_thread test_fork1
test_faulthandler test_descr test_exceptions test_io test_pickle test_json test_list test_dict test_set test_unicode test_bytes
test_memoryview test_array test_concurrent_futures test_multiprocessing_fork test_asyncio test_subprocess test_sqlite3
test_xml_etree test_interpreters test_finalization test_generators
""".split()

# Versions up to 3.10 keep sqlite3's tests in test_sqlite, 3.13 renamed test_unicode, up to 3.12 the low-level interpreters have
# their own, 3.7 to 3.11 multiprocessing's are the same.
OTHER_NAMES = {"test_sqlite3": ("test_sqlite",), "test_unicode": ("test_str",), "test_interpreters": ("test__xxsubinterpreters",)}

# Under five seconds on stock (3.11) and no long waits: these are in the quick tier. test_sys and test_cmd_line hold the allowed
# failures.
FAST = """
test_gc test_weakref test_weakset test_capi test_tracemalloc test_sys test_cmd_line test_thread test_descr
test_exceptions test_pickle test_json test_list test_dict test_set test_unicode test_bytes test_memoryview test_array
test_sqlite3 test_xml_etree test_finalization test_generators
""".split()

# A complete replacement of the object allocator makes exactly these fail, in every version from 3.7 on: pymalloc's
# statistics and block count are empty, and the allocator has no name (PYTHONMALLOC unset).
ALLOWED = {
    "test.test_sys.SysModuleTest.test_debugmallocstats",
    "test.test_sys.SysModuleTest.test_getallocatedblocks",
    "test.test_cmd_line.CmdLineTest.test_pythonmalloc",
}
# 3.14 has a test more of the statistics (PYTHONMALLOCSTATS set, PYTHONMALLOC unset), and one that it skips by itself wherever
# LD_PRELOAD is set.
ALLOWED_SINCE_3_14 = {
    "test.test_cmd_line.CmdLineTest.test_python_malloc_stats",
    "test.test_subprocess.POSIXProcessTestCase.test_vfork_used_when_expected",
}


def allowed(version):
    return ALLOWED | ALLOWED_SINCE_3_14 if version >= (3, 14) else ALLOWED


# Stock itself hangs: 3.11.7 deadlocks when a subinterpreter made in a thread that has ended is destroyed.
STOCK_HANGS = {((3, 11, 7), "test_interpreters"), ((3, 11, 7), "test__xxsubinterpreters")}
STOCK_HANG_SECONDS = 60

# Single cases in which stock hangs, most times on a loaded machine: left out on both sides, the rest of the module is run.
STOCK_HANGING_CASES = {((3, 12, 1), "test_threading"): ("test_print_exception_gh_102056",),
                       ((3, 13, 0), "test_threading"): ("test_print_exception_gh_102056",)}

MODULE_SECONDS = 400
