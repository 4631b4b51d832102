# openfc_embed_files(OUTPUT FUNCTION FOLDER FILE...): writes the files, which lie below FOLDER of this
# folder, into the source OUTPUT, whose FUNCTION gives them (emulator/embedded_file.h).
function(openfc_embed_files output function folder)
  set(root "${CMAKE_CURRENT_SOURCE_DIR}/${folder}")
  list(TRANSFORM ARGN PREPEND "${root}/" OUTPUT_VARIABLE files)
  add_custom_command(
    OUTPUT ${output}
    COMMAND "${Python3_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/cmake/embed_files.py"
            "${CMAKE_CURRENT_BINARY_DIR}/${output}" ${function} "${root}" ${files}
    DEPENDS "${PROJECT_SOURCE_DIR}/cmake/embed_files.py" ${files}
    COMMENT "Embedding ${folder}: ${output}"
    VERBATIM)
endfunction()
