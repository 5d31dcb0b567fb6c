# The command `pymm`, from front/command and front/report.
# Owns: the libraries that it needs and what happens without them. Read first: docs/dependencies.md.
file(GLOB command_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/front/command/*.c)
file(GLOB report_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/front/report/*.c)
find_package(PkgConfig QUIET) # the tests use it too
if(NOT has_preload)
    return()
endif()
# libelf tells which interpreter a program is, jansson writes JSON, protobuf-c and zlib the files of pprof.
set(command_libraries libelf jansson libprotobuf-c zlib)
set(command_packages "libelf-dev, libjansson-dev, libprotobuf-c-dev, protobuf-c-compiler, zlib1g-dev")
set(PYMM_COMMAND_FOUND FALSE)
if(PKG_CONFIG_FOUND)
    pkg_check_modules(PYMM_COMMAND QUIET IMPORTED_TARGET ${command_libraries})
endif()
find_program(PYMM_PROTOC_C protoc-c)
if(NOT PYMM_COMMAND_FOUND OR NOT PYMM_PROTOC_C)
    message(WARNING "pymm: of ${command_libraries} and protoc-c one is missing (Debian: ${command_packages}): "
        "the command pymm is not built")
    return()
endif()
set(pprof_source ${PROJECT_BINARY_DIR}/report/pprof.pb-c.c)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/report)
add_custom_command(OUTPUT ${pprof_source} ${PROJECT_BINARY_DIR}/report/pprof.pb-c.h
    COMMAND ${PYMM_PROTOC_C} --c_out=${PROJECT_BINARY_DIR}/report --proto_path=${PROJECT_SOURCE_DIR}/front/report pprof.proto
    DEPENDS ${PROJECT_SOURCE_DIR}/front/report/pprof.proto VERBATIM)
set_source_files_properties(${pprof_source} PROPERTIES COMPILE_OPTIONS -w)

# The page, through npm; without npm a page that is empty.
find_program(PYMM_NPM npm)
find_program(PYMM_NODE NAMES node nodejs)
file(GLOB page_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/front/report/page/*)
set(page_source ${PROJECT_BINARY_DIR}/report/page.c)
add_custom_command(OUTPUT ${page_source}
    COMMAND ${CMAKE_COMMAND} -DPAGE=${PROJECT_SOURCE_DIR}/front/report/page -DWORK=${PROJECT_BINARY_DIR}/report/page
        -DOUTPUT=${page_source} -DNPM=${PYMM_NPM} -DNODE=${PYMM_NODE} -P ${PROJECT_SOURCE_DIR}/cmake/ReportPage.cmake
    DEPENDS ${page_sources} ${PROJECT_SOURCE_DIR}/cmake/ReportPage.cmake COMMENT "Building the page of pymm report" VERBATIM)

# Both parts, without main: the tests of the report link this.
list(REMOVE_ITEM command_sources ${PROJECT_SOURCE_DIR}/front/command/main.c)
add_library(pymm_command OBJECT ${command_sources} ${report_sources} ${pprof_source} ${page_source})
target_include_directories(pymm_command PUBLIC ${PROJECT_SOURCE_DIR}/front PRIVATE ${PROJECT_BINARY_DIR}/report)
target_link_libraries(pymm_command PUBLIC pymm_flags PkgConfig::PYMM_COMMAND m)
add_executable(pymm ${PROJECT_SOURCE_DIR}/front/command/main.c)
target_link_libraries(pymm PRIVATE pymm_command)
install(TARGETS pymm RUNTIME DESTINATION bin)
