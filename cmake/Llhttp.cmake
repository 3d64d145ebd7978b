# llhttp 8.1, the HTTP/1.1 parser of Node: what tst_head_reader holds our own reader of heads against (decisions/0121),
# as Debian's package node-llhttp ships it: three C sources and one header.
find_path(LLHTTP_INCLUDE llhttp.h PATHS /usr/share/include/llhttp REQUIRED NO_DEFAULT_PATH)
find_path(LLHTTP_SOURCES llhttp.c PATHS /usr/share/llhttp REQUIRED NO_DEFAULT_PATH)
add_library(llhttp STATIC ${LLHTTP_SOURCES}/llhttp.c ${LLHTTP_SOURCES}/http.c ${LLHTTP_SOURCES}/api.c)
target_include_directories(llhttp SYSTEM PUBLIC ${LLHTTP_INCLUDE})
set_target_properties(llhttp PROPERTIES AUTOMOC OFF)
