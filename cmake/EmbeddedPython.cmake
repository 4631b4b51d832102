# openfc_python: what embeds CPython links to. The archive that Debian's Python brings for programs makes
# it faster than the shared library, which is for any other Python (docs/decisions/0007).
execute_process(
  COMMAND "${Python3_EXECUTABLE}" -c
          "from sysconfig import get_config_var as v; print(v('LIBPL') or '', v('LDVERSION') or '', v('MODLIBS') or '', v('LIBS') or '', sep=';')"
  OUTPUT_VARIABLE openfc_python_config
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
list(POP_FRONT openfc_python_config openfc_python_folder openfc_python_abi)
set(openfc_python_archive "${openfc_python_folder}/libpython${openfc_python_abi}.a")

add_library(openfc_python INTERFACE)
# Where there is another one of position-independent code, this one is for programs.
if(EXISTS "${openfc_python_archive}" AND EXISTS "${openfc_python_folder}/libpython${openfc_python_abi}-pic.a")
  separate_arguments(openfc_python_libraries UNIX_COMMAND "${openfc_python_config}")
  list(REMOVE_DUPLICATES openfc_python_libraries)
  add_library(openfc_python_archive STATIC IMPORTED)
  set_target_properties(openfc_python_archive PROPERTIES IMPORTED_LOCATION "${openfc_python_archive}")
  target_include_directories(openfc_python SYSTEM INTERFACE ${Python3_INCLUDE_DIRS})
  # Whole, since extension modules look for the API in the program.
  target_link_libraries(openfc_python INTERFACE "$<LINK_LIBRARY:WHOLE_ARCHIVE,openfc_python_archive>"
                                                ${openfc_python_libraries} Threads::Threads util)
  target_link_options(openfc_python INTERFACE -no-pie "LINKER:--export-dynamic-symbol=Py*"
                      "LINKER:--export-dynamic-symbol=_Py*")
  message(STATUS "Python: ${openfc_python_archive}")
else()
  target_link_libraries(openfc_python INTERFACE Python3::Python)
  message(STATUS "Python: ${Python3_LIBRARIES}")
endif()
