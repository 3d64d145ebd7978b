# gateway_add_test(NAME file.cpp... [LIBS target...] [LABELS label...] [TIMEOUT seconds])
# One executable per thing under test, run offscreen, in the C locale, without GLib's event loop.
function(gateway_add_test name)
  cmake_parse_arguments(T "" "TIMEOUT" "LIBS;LABELS" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  add_executable(${name} ${T_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE project_options Qt6::Test ${T_LIBS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}"
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;QT_NO_GLIB=1;SIGNALBOX_BIN=${CMAKE_BINARY_DIR}/bin;SIGNALBOX_SOURCE=${CMAKE_SOURCE_DIR}")
endfunction()
