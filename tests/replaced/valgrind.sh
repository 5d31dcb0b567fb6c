#!/bin/sh
# valgrind.sh PROGRAM...: runs a test under memcheck; fails on an error and on memory that nothing refers to any more.
command -v valgrind >/dev/null || { echo "valgrind: not found (Debian: valgrind)"; exit 77; }
export PYMM_TEST_SLOW=1
exec valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite "$@"
