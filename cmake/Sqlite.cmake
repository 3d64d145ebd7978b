# SQLite::SQLite3, which writes the record on a connection that QtSql opened: only right where Qt's driver runs on the same
# library. Looked at here, and again by the program (store/statement.cpp) where it runs.
find_package(SQLite3 REQUIRED)
get_target_property(_core Qt6::Core LOCATION)
get_filename_component(_library_directory ${_core} DIRECTORY)
find_file(QT_SQLITE_DRIVER libqsqlite.so PATHS ${_library_directory}/qt6/plugins/sqldrivers
  ${Qt6_DIR}/../../../plugins/sqldrivers ${Qt6_DIR}/../../qt6/plugins/sqldrivers NO_DEFAULT_PATH)
if(NOT QT_SQLITE_DRIVER)
  message(FATAL_ERROR "Qt's SQLite driver is missing (Debian: libqt6sql6-sqlite)")
endif()
file(STRINGS ${QT_SQLITE_DRIVER} _needed REGEX "^libsqlite3\\.so" LIMIT_COUNT 1)
if(NOT _needed)
  message(FATAL_ERROR "${QT_SQLITE_DRIVER} does not use the system's libsqlite3, and the record is written through both")
endif()
