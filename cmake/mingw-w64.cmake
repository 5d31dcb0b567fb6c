# Toolchain: Windows on x86_64, from Linux, by mingw-w64's gcc; tests run under Wine. Debian's packages: script/bootstrap --ports.
# Read first: the preset `windows` in CMakePresets.json.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(triplet x86_64-w64-mingw32)
# Of the two thread models the one that needs no library of its own at run time.
find_program(MINGW_CC NAMES ${triplet}-gcc-win32 ${triplet}-gcc REQUIRED)
set(CMAKE_C_COMPILER ${MINGW_CC})
set(CMAKE_EXE_LINKER_FLAGS_INIT -static) # run-time libraries of the compiler, and its pthreads
set(CMAKE_SHARED_LINKER_FLAGS_INIT -static)
# Not Debian's script /usr/bin/wine: that asks for the 32-bit Wine each time.
find_program(WINE NAMES wine64 wine PATHS /usr/lib/wine NO_CMAKE_FIND_ROOT_PATH)
if(WINE)
    set(CMAKE_CROSSCOMPILING_EMULATOR ${WINE})
endif()
set(CMAKE_FIND_ROOT_PATH /usr/${triplet})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
