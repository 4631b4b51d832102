#include "runtime/invoke/call_handler.h"

#include "runtime/base/log.h"

#include <exception>
#include <string>

namespace openfc {

void CallHandler(Handler& handler, Invocation&& invocation, Reply reply) noexcept {
  const std::string request_id = invocation.request_id;
  try {
    handler.Handle(std::move(invocation), std::move(reply));
  } catch (const std::exception& exception) {
    LogError("handler_threw request_id={} what=\"{}\"", request_id, exception.what());
  } catch (...) {
    LogError("handler_threw request_id={} what=\"not an exception\"", request_id);
  }
}

}  // namespace openfc
