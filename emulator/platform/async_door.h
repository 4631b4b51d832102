#pragma once

#include "emulator/function_definition.h"
#include "emulator/platform/call.h"
#include "runtime/http/request.h"
#include "runtime/http/responder.h"

#include <functional>
#include <optional>
#include <string>

namespace openfc::emulator {

class FunctionPool;

/// Takes the calls that are not to be waited for; what becomes of them is told nobody here.
class AsyncSink {
 public:
  using Told = std::function<void(std::optional<PlatformError>)>;

  /// Calls `told` with nothing once it was taken, durably; with the reason when it was not. Later,
  /// on the platform's thread: what comes at once is taken together. `task_id` may be empty.
  virtual void Take(FunctionPool& pool, Call call, std::string task_id, Told told) = 0;

 protected:
  ~AsyncSink() = default;
};

/// Calls that a client does not wait for, by whatever way they came: 202 once they are taken.
class AsyncDoor {
 public:
  /// The sink outlives it, and may be null: such calls are refused then.
  AsyncDoor(AsyncSink* sink, PlatformLimits limits) : sink_(sink), limits_(limits) {}

  /// `request` is where the headers are from, a task id among them.
  void Serve(FunctionPool& pool, Call call, const http::Request& request, http::Responder responder,
             bool is_fc3) const;

 private:
  AsyncSink* sink_;
  PlatformLimits limits_;
};

}  // namespace openfc::emulator
