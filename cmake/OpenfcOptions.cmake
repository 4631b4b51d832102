# What every target of ours is compiled with, as one INTERFACE target: no directory-wide flags.

add_library(openfc_options INTERFACE)
target_compile_features(openfc_options INTERFACE cxx_std_20)
target_include_directories(openfc_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_definitions(openfc_options INTERFACE OPENFC_VERSION="${PROJECT_VERSION}")
target_compile_options(
  openfc_options
  INTERFACE
    -Wall
    -Wextra
    -Wpedantic
    -Wconversion
    -Wshadow
    -Wswitch-enum
    -Wnon-virtual-dtor
    $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
    # Of sources compiled as one it thinks that they are a header.
    $<$<AND:$<BOOL:${CMAKE_UNITY_BUILD}>,$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>
    $<$<BOOL:${OPENFC_WERROR}>:-Werror>)

if(OPENFC_SANITIZE)
  target_compile_options(openfc_options INTERFACE -fsanitize=${OPENFC_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=all)
  target_link_options(openfc_options INTERFACE -fsanitize=${OPENFC_SANITIZE})
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
