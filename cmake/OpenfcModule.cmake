# The one helper with which a folder declares itself, and its twins for programs and tests.

# Where ./dev builds, some sources of a folder are compiled as one (CMAKE_UNITY_BUILD), which takes half
# the time. ALONE, an argument of each, names those that give a name of their own to something that
# another source of the folder has, too, and are compiled alone.
function(openfc_compile_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# Those of the sources that the build itself writes are no part of others: nobody asks clang-tidy about
# them.
function(openfc_compile_written_alone)
  foreach(source ${ARGN})
    if(NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${source}")
      openfc_compile_alone("${source}")
    endif()
  endforeach()
endfunction()

# openfc_module(NAME SOURCES a.cc ... [ALONE a.cc ...] [PUBLIC lib ...] [PRIVATE lib ...])
#
# One folder, one static library: openfc_NAME, with the alias openfc::NAME. PUBLIC names what the
# folder's headers include, PRIVATE what only its sources do. A folder of headers alone says no
# SOURCES.
function(openfc_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;ALONE;PUBLIC;PRIVATE")
  openfc_compile_alone(${arg_ALONE})
  openfc_compile_written_alone(${arg_SOURCES})
  if(arg_SOURCES)
    add_library(openfc_${name} STATIC ${arg_SOURCES})
    target_link_libraries(openfc_${name} PUBLIC openfc_options ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  else()
    add_library(openfc_${name} INTERFACE)
    target_link_libraries(openfc_${name} INTERFACE openfc_options ${arg_PUBLIC})
  endif()
  add_library(openfc::${name} ALIAS openfc_${name})
endfunction()

# openfc_program(NAME SOURCES main.cc ... DEPENDS lib ...): an executable in bin/.
function(openfc_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE openfc_options ${arg_DEPENDS})
endfunction()

# A test's own code is compiled in half the time when nobody optimises it; what it tests is.
set(OPENFC_TEST_OPTIONS -O0 -g1)

# openfc_test(NAME SOURCES a_test.cc ... [ALONE a_test.cc ...] DEPENDS lib ... [PROGRAMS target ...] [LABELS label ...])
#
# A GoogleTest executable in tests/, each of its cases a test of CTest. PROGRAMS are built before it
# and run by it, wherever they lie (tests/fakes/programs.h): it belongs to the target program_tests and
# has the label programs. All others belong to unit_tests, with the label unit, and to thread_tests
# unless they have the label one_thread, which says that what they test has no more. Neither sort are
# those labelled tools: what they test is not shipped.
function(openfc_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;ALONE;DEPENDS;PROGRAMS;LABELS")
  openfc_compile_alone(${arg_ALONE})
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  target_link_libraries(${name} PRIVATE openfc_options ${arg_DEPENDS} GTest::gmock_main)
  target_compile_options(${name} PRIVATE ${OPENFC_TEST_OPTIONS})
  target_compile_definitions(${name} PRIVATE OPENFC_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(arg_PROGRAMS)
    add_dependencies(${name} ${arg_PROGRAMS})
  endif()
  if(arg_PROGRAMS AND NOT tools IN_LIST arg_LABELS)
    list(APPEND arg_LABELS programs)
    add_dependencies(program_tests ${name})
  elseif(NOT tools IN_LIST arg_LABELS)
    list(APPEND arg_LABELS unit)
    add_dependencies(unit_tests ${name})
    if(NOT one_thread IN_LIST arg_LABELS)
      add_dependencies(thread_tests ${name})
    endif()
  endif()
  # One word of all of them, which -L and -LE find as well: a list does not survive the way to CTest.
  list(JOIN arg_LABELS "+" label)
  # Values are not printed into names: those of structs are addresses, other ones in every process.
  gtest_discover_tests(
    ${name}
    NO_PRETTY_VALUES
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 120
    PROPERTIES TIMEOUT 300 LABELS ${label})
endfunction()
