# How tests are declared; each tests/<room>/CMakeLists.txt uses these three functions and nothing else.
#
#   pymm_add_c_test(NAME SOURCES a.c ... [LIBS ...] [LABEL quick|full] [PRESETS release hostile ...] [TIMEOUT s] [ARGS ...])
#       a cmocka program linked with the core; NAME is the executable's and the test's name
#   pymm_add_program(NAME SOURCES ... [LIBS ...])
#       a program that tests start; no test by itself, no cmocka
#   pymm_add_python_test(NAME FILE [LABEL ...] [PRESETS ...] [TIMEOUT s])
#       a unittest file run by Debian's python3; it finds the build through PYMM_BUILD_DIR
#
# LABEL is quick when not given. PRESETS lists the only presets in which the test runs; all when not given.
# A test that cannot run here exits with 77 and says why on a line.
find_program(PYMM_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(NOT PYMM_PYTHON)
    find_program(PYMM_PYTHON NAMES python3 REQUIRED)
endif()
if(PKG_CONFIG_FOUND)
    pkg_check_modules(CMOCKA QUIET IMPORTED_TARGET cmocka)
endif()
if(NOT CMOCKA_FOUND)
    message(WARNING "pymm: cmocka not found (Debian: libcmocka-dev): the C tests are not built")
endif()

function(pymm_test_properties name label timeout)
    if(NOT label)
        set(label quick)
    endif()
    if(NOT timeout)
        set(timeout 300)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${timeout} SKIP_RETURN_CODE 77
        ENVIRONMENT "PYMM_BUILD_DIR=${PROJECT_BINARY_DIR};PYMM_SOURCE_DIR=${PROJECT_SOURCE_DIR};PYMM_PRESET=${PYMM_PRESET}")
endfunction()

function(pymm_add_program name)
    cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE pymm_core ${arg_LIBS})
endfunction()

function(pymm_add_c_test name)
    cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "SOURCES;LIBS;PRESETS;ARGS" ${ARGN})
    if(NOT CMOCKA_FOUND OR (arg_PRESETS AND NOT PYMM_PRESET IN_LIST arg_PRESETS))
        return()
    endif()
    pymm_add_program(${name} SOURCES ${arg_SOURCES} LIBS ${arg_LIBS} PkgConfig::CMOCKA)
    add_test(NAME ${name} COMMAND ${name} ${arg_ARGS})
    pymm_test_properties(${name} "${arg_LABEL}" "${arg_TIMEOUT}")
endfunction()

function(pymm_add_python_test name file)
    cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "PRESETS" ${ARGN})
    if(arg_PRESETS AND NOT PYMM_PRESET IN_LIST arg_PRESETS)
        return()
    endif()
    get_filename_component(path ${file} ABSOLUTE)
    add_test(NAME ${name} COMMAND ${PYMM_PYTHON} -I -B ${PROJECT_SOURCE_DIR}/tests/run_unittest.py ${path})
    pymm_test_properties(${name} "${arg_LABEL}" "${arg_TIMEOUT}")
endfunction()
