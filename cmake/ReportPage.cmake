# Builds the page of `pymm report --format=html` into a file in C: cmake -DPAGE=... -DWORK=... -DOUTPUT=... -DNPM=... -DNODE=... -P
# Owns: what happens without npm or without its packages: one line, and a page that is empty. Read first: front/report/page/build.mjs.
function(write_empty reason)
    message("pymm: ${reason}: `pymm report --format=html` will not work; all else will")
    file(WRITE ${OUTPUT} "#include \"report/page.h\"\nconst unsigned char report_page_head[] = {0}, report_page_tail[] = {0};\n"
        "const size_t report_page_head_bytes = 0, report_page_tail_bytes = 0;\n")
endfunction()

if(NOT NPM OR NOT NODE)
    write_empty("node or npm is not here (Debian: nodejs, npm)")
    return()
endif()
# In a copy, so that no package is ever installed among the sources.
file(COPY ${PAGE}/ DESTINATION ${WORK} PATTERN node_modules EXCLUDE)
# Scripts of packages are not run: none of those used here needs its own.
execute_process(COMMAND ${NPM} ci --ignore-scripts --omit=dev --no-audit --no-fund --prefer-offline WORKING_DIRECTORY ${WORK}
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0)
    file(WRITE ${WORK}/npm.log "${output}")
    write_empty("npm could not install the page's packages (${WORK}/npm.log)")
    return()
endif()
execute_process(COMMAND ${NODE} build.mjs ${OUTPUT} WORKING_DIRECTORY ${WORK} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "pymm: the page could not be built")
endif()
