#include "lang/python/coroutine.h"

#include "lang/python/interpreter/gil.h"
#include "lang/python/this_process.h"

#include <chrono>
#include <memory>
#include <utility>

namespace openfc::python {

namespace py = pybind11;

namespace {

/// A Reply in the hands of Python: whatever becomes of it happens without the GIL.
class KeptReply {
 public:
  explicit KeptReply(Reply reply)
      : reply_(std::make_unique<OfThisProcess<Reply>>(std::move(reply))) {}
  KeptReply(KeptReply&&) noexcept = default;
  KeptReply& operator=(KeptReply&&) = delete;
  KeptReply(const KeptReply&) = delete;
  KeptReply& operator=(const KeptReply&) = delete;

  ~KeptReply() {
    if (Open() == nullptr) return;
    const NoGil others_run;
    reply_.reset();
  }

  void Send(Outcome outcome) {
    Reply* const reply = Open();
    if (reply == nullptr) return;
    const NoGil others_run;
    std::move(*reply).Send(std::move(outcome));
  }

 private:
  /// Null where there is nothing to be answered, or not by this process.
  Reply* Open() const {
    Reply* const reply = reply_ ? reply_->Get() : nullptr;
    return reply != nullptr && reply->is_open() ? reply : nullptr;
  }

  std::unique_ptr<OfThisProcess<Reply>> reply_;
};

}  // namespace

bool IsCoroutine(const py::object& result) {
  if (PyCoro_CheckExact(result.ptr())) return true;
  const PyAsyncMethods* methods = Py_TYPE(result.ptr())->tp_as_async;
  if (methods == nullptr || methods->am_await == nullptr) return false;
  return py::isinstance(result, py::module_::import("_collections_abc").attr("Coroutine"));
}

bool IsGenerator(const py::object& result) {
  return PyGen_CheckExact(result.ptr()) || PyAsyncGen_CheckExact(result.ptr());
}

py::object MonotonicSeconds(const Deadline& deadline) {
  if (deadline.IsNever()) return py::none();
  const std::chrono::duration<double> seconds = deadline.when().time_since_epoch();
  return py::float_(seconds.count());
}

py::cpp_function AnswerLater(Reply reply,
                             std::function<Outcome(CoroutineEnd, const py::object&)> conclude) {
  return {[kept = KeptReply(std::move(reply)), conclude = std::move(conclude)](
              int end, const py::object& value) mutable {
    kept.Send(conclude(static_cast<CoroutineEnd>(end), value));
  }};
}

}  // namespace openfc::python
