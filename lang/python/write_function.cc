#include "lang/python/write_function.h"

#include "lang/python/interpreter/gil.h"
#include "runtime/base/whole_write.h"

#include <cerrno>
#include <string_view>

namespace openfc::python {

namespace py = pybind11;

namespace {

int WriteWithoutGil(int fd, std::string_view bytes) {
  const NoGil others_run;
  return WriteWhole(fd, bytes);
}

}  // namespace

py::cpp_function MakeWriteFunction() {
  return {[](int fd, const py::bytes& bytes) {
    errno = WriteWithoutGil(fd, {PyBytes_AS_STRING(bytes.ptr()),
                                 static_cast<std::size_t>(PyBytes_GET_SIZE(bytes.ptr()))});
    if (errno == 0) return;
    PyErr_SetFromErrno(PyExc_OSError);
    throw py::error_already_set();
  }};
}

}  // namespace openfc::python
