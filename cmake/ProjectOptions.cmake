# One INTERFACE target carries warnings, hardening and the Qt definitions; every target of ours links it.
add_library(project_options INTERFACE)
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Woverloaded-virtual -Wnon-virtual-dtor -Wcast-qual -Wformat=2 -Wundef
  -fstack-protector-strong)
target_compile_definitions(project_options INTERFACE
  QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_KEYWORDS QT_NO_FOREACH
  QT_DISABLE_DEPRECATED_BEFORE=0x060400
  SIGNALBOX_VERSION="${PROJECT_VERSION}")
if(CMAKE_BUILD_TYPE MATCHES "Release|RelWithDebInfo" AND NOT SIGNALBOX_SANITIZE)
  target_compile_definitions(project_options INTERFACE _FORTIFY_SOURCE=2)
endif()
if(SIGNALBOX_SANITIZE STREQUAL "address")
  target_compile_options(project_options INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
  target_link_options(project_options INTERFACE -fsanitize=address,undefined)
elseif(SIGNALBOX_SANITIZE STREQUAL "fuzzer") # tests/fuzz links the programs with -fsanitize=fuzzer
  target_compile_options(project_options INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(project_options INTERFACE -fsanitize=address,undefined)
elseif(SIGNALBOX_SANITIZE STREQUAL "thread")
  target_compile_options(project_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(project_options INTERFACE -fsanitize=thread)
endif()
