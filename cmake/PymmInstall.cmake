# What `cmake --install` puts where, and how other projects find libpymm there: pkg-config and find_package.
# Every path in the installed files is relative to them, so that a tree may be moved, and installed under any --prefix.
# Owns: destinations. Does not own: targets (CMakeLists.txt). Tested by tests/install.
include(CMakePackageConfigHelpers)
set(python_include_dir ${CMAKE_INSTALL_INCLUDEDIR}/pymm/python)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pymm)
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

file(GLOB public_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/*.h)
install(FILES ${public_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${python_headers} DESTINATION ${python_include_dir})

install(TARGETS pymm_shared pymm_static EXPORT pymm-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT pymm-targets NAMESPACE pymm:: DESTINATION ${package_dir})
set_target_properties(pymm_shared PROPERTIES EXPORT_NAME pymm)
set_target_properties(pymm_static PROPERTIES EXPORT_NAME static)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/pymmConfig.cmake.in ${PROJECT_BINARY_DIR}/pymmConfig.cmake
    INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pymmConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pymmConfig.cmake ${PROJECT_BINARY_DIR}/pymmConfigVersion.cmake
    DESTINATION ${package_dir})

# From the folder of pymm.pc up to the prefix.
file(RELATIVE_PATH up_to_prefix /prefix/${pkgconfig_dir} /prefix)
string(REGEX REPLACE "/$" "" up_to_prefix ${up_to_prefix})
configure_file(${PROJECT_SOURCE_DIR}/cmake/pymm.pc.in ${PROJECT_BINARY_DIR}/pymm.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pymm.pc DESTINATION ${pkgconfig_dir})

file(GLOB man_pages_1 CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/man/*.1)
file(GLOB man_pages_3 CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/man/*.3)
file(GLOB man_pages_7 CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/man/*.7)
install(FILES ${man_pages_1} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${man_pages_3} DESTINATION ${CMAKE_INSTALL_MANDIR}/man3)
install(FILES ${man_pages_7} DESTINATION ${CMAKE_INSTALL_MANDIR}/man7)
