#include "lang/python/loop_drive.h"

#include "lang/python/interpreter/gil.h"
#include "runtime/base/unique_fd.h"

#include <fcntl.h>

#include <chrono>
#include <utility>

namespace openfc::python {

namespace py = pybind11;

namespace {

Deadline After(double seconds) {
  constexpr double kForever = 1e9;
  if (seconds >= kForever) return Deadline::Never();
  return Deadline::After(std::chrono::duration_cast<Deadline::Clock::duration>(
      std::chrono::duration<double>(seconds)));
}

Deadline Passed() { return Deadline(Deadline::Clock::time_point()); }

}  // namespace

LoopDrive::LoopDrive(DrivenDoor& door, std::shared_ptr<LoopInbox> inbox)
    : door_(&door), inbox_(std::move(inbox)) {
  inbox_->RingBy([&door] { door.Wake(); });
}

int LoopDrive::Select(const py::object& seconds) {
  DrivenDoor* const door = Door();
  if (door == nullptr) return kOver;
  const double most = seconds.is_none() ? 1 : seconds.cast<double>();
  bool goes_on = true;
  if (most <= 0) {
    goes_on = door->Drive(Passed());
  } else {
    const Deadline until = seconds.is_none() ? Deadline::Never() : After(most);
    const NoGil others_run;
    goes_on = door->Drive(until);
  }
  return (std::exchange(*is_ready_, false) ? kDescriptor : kNothing) |
         (inbox_->IsRung() ? kInbox : kNothing) | (goes_on ? kNothing : kOver);
}

void LoopDrive::Watch(int descriptor) {
  DrivenDoor* const door = Door();
  if (door == nullptr) return;
  UniqueFd fd(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
  if (!fd.is_open()) {
    PyErr_SetFromErrno(PyExc_OSError);
    throw py::error_already_set();
  }
  door->Watch(std::move(fd), [is_ready = is_ready_] { *is_ready = true; });
}

void LoopDrive::End() {
  if (Door() == nullptr) return;
  door_ = nullptr;
  inbox_->RingBy(nullptr);
}

OutsideLoop::OutsideLoop() {
  const py::module_ events = py::module_::import("asyncio.events");
  loop_ = events.attr("_get_running_loop")();
  events.attr("_set_running_loop")(py::none());
}

OutsideLoop::~OutsideLoop() {
  const Called set =
      CallPython(py::module_::import("asyncio.events").attr("_set_running_loop"), loop_);
  if (set.Raised()) PyErr_Clear();
}

}  // namespace openfc::python
