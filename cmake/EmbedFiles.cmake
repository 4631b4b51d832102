# openfc_embed_files(OUTPUT FUNCTION FOLDER FILE...): writes the files, which lie below FOLDER of this
# folder, or anywhere, into the source OUTPUT, whose FUNCTION gives them (runtime/base/embedded_file.h).
function(openfc_embed_files output function folder)
  cmake_path(ABSOLUTE_PATH folder BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" OUTPUT_VARIABLE root)
  list(TRANSFORM ARGN PREPEND "${root}/" OUTPUT_VARIABLE files)
  add_custom_command(
    OUTPUT ${output}
    COMMAND "${Python3_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/cmake/embed_files.py"
            "${CMAKE_CURRENT_BINARY_DIR}/${output}" ${function} "${root}" ${files}
    DEPENDS "${PROJECT_SOURCE_DIR}/cmake/embed_files.py" ${files}
    COMMENT "Embedding ${folder}: ${output}"
    VERBATIM)
endfunction()
