# Every package that openfc uses, and where it comes from: all from the system, except Boost (headers
# only, unpacked into the build folder by ./dev: docs/decisions/0002) and, for Python 3.12 and newer,
# pybind11 (a virtual environment of the build: docs/decisions/0004).

find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
if(OPENFC_TESTS)
  find_package(GTest 1.12 REQUIRED)
  include(GoogleTest)
endif()

# Debian 12 ships no usable target for the compiled cpp-httplib.
find_path(OPENFC_HTTPLIB_INCLUDE_DIR httplib.h REQUIRED)
find_library(OPENFC_HTTPLIB_LIBRARY cpp-httplib REQUIRED)
add_library(openfc_httplib INTERFACE)
target_include_directories(openfc_httplib SYSTEM INTERFACE "${OPENFC_HTTPLIB_INCLUDE_DIR}")
target_link_libraries(openfc_httplib INTERFACE "${OPENFC_HTTPLIB_LIBRARY}" Threads::Threads)
# As the library itself was compiled: its classes have other members without them.
target_compile_definitions(
  openfc_httplib INTERFACE CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT
                           CPPHTTPLIB_BROTLI_SUPPORT)

# yaml-cpp 0.7's package sets variables, newer ones a namespaced target.
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

# Boost.Beast and Asio, headers only. Coroutines under clang 14 need 1.81 or newer.
if(NOT OPENFC_BOOST_INCLUDE_DIR)
  find_path(OPENFC_BOOST_SYSTEM_INCLUDE_DIR boost/beast.hpp REQUIRED)
  set(OPENFC_BOOST_INCLUDE_DIR "${OPENFC_BOOST_SYSTEM_INCLUDE_DIR}")
endif()
file(STRINGS "${OPENFC_BOOST_INCLUDE_DIR}/boost/version.hpp" openfc_boost_version
     REGEX "^#define BOOST_VERSION [0-9]+")
string(REGEX REPLACE "[^0-9]" "" openfc_boost_version "${openfc_boost_version}")
if(openfc_boost_version LESS 108100)
  message(FATAL_ERROR "Boost 1.81 or newer is needed, ${OPENFC_BOOST_INCLUDE_DIR} has "
                      "${openfc_boost_version}: ./dev setup unpacks it into the build folder")
endif()
add_library(openfc_beast INTERFACE)
target_include_directories(openfc_beast SYSTEM INTERFACE "${OPENFC_BOOST_INCLUDE_DIR}")
target_compile_definitions(openfc_beast INTERFACE BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(openfc_beast INTERFACE Threads::Threads)

# cctz, which knows time zones (docs/decisions/0008); Debian's has no CMake package.
find_path(OPENFC_CCTZ_INCLUDE_DIR cctz/time_zone.h REQUIRED)
find_library(OPENFC_CCTZ_LIBRARY cctz REQUIRED)
add_library(openfc_cctz INTERFACE)
target_include_directories(openfc_cctz SYSTEM INTERFACE "${OPENFC_CCTZ_INCLUDE_DIR}")
target_link_libraries(openfc_cctz INTERFACE "${OPENFC_CCTZ_LIBRARY}")

# libcrypto alone, for digests (docs/decisions/0009).
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)

# SQLite, which keeps the asynchronous invocations (docs/decisions/0010).
find_package(SQLite3 3.40 REQUIRED)

# libarchive, which reads and writes archives: its headers alone, since it is loaded when it is needed
# (docs/decisions/0011).
find_path(OPENFC_ARCHIVE_INCLUDE_DIR archive.h REQUIRED)
add_library(openfc_archive INTERFACE)
target_include_directories(openfc_archive SYSTEM INTERFACE "${OPENFC_ARCHIVE_INCLUDE_DIR}")
target_link_libraries(openfc_archive INTERFACE ${CMAKE_DL_LIBS})

# libseccomp, which builds the filters of untrusted code (docs/decisions/0013); Debian's has no CMake
# package.
find_path(OPENFC_SECCOMP_INCLUDE_DIR seccomp.h REQUIRED)
find_library(OPENFC_SECCOMP_LIBRARY seccomp REQUIRED)
add_library(openfc_seccomp INTERFACE)
target_include_directories(openfc_seccomp SYSTEM INTERFACE "${OPENFC_SECCOMP_INCLUDE_DIR}")
target_link_libraries(openfc_seccomp INTERFACE "${OPENFC_SECCOMP_LIBRARY}")

# The Python to embed, and the pybind11 that goes with it.
if(OPENFC_PYTHON)
  set(Python3_EXECUTABLE "${OPENFC_PYTHON}")
endif()
find_package(Python3 3.8 REQUIRED COMPONENTS Interpreter Development.Embed)
include(EmbeddedPython)
set(PYTHON_EXECUTABLE "${Python3_EXECUTABLE}")
set(Python_EXECUTABLE "${Python3_EXECUTABLE}")
find_package(pybind11 2.10 REQUIRED)
if(Python3_VERSION VERSION_GREATER_EQUAL 3.12 AND pybind11_VERSION VERSION_LESS 2.13)
  message(FATAL_ERROR "Python ${Python3_VERSION} needs pybind11 2.13 or newer, found ${pybind11_VERSION}: "
                      "./dev build --python ${Python3_VERSION} sets one up")
endif()
