#pragma once

#include "lang/python/python_handler.h"
#include "runtime/client/interrupt.h"
#include "runtime/config/runtime_config.h"
#include "runtime/dispatch/dispatcher.h"
#include "runtime/page/shared_page.h"

#include <cstddef>

namespace openfc::bootstrap {

/// This process among those that serve one socket.
struct HttpPlace {
  std::size_t index = 0;
  std::size_t count = 1;
};

/// What an instance that is an HTTP server works with; all must outlive the call.
struct HttpSurroundings {
  const RuntimeConfig& config;
  SharedPage& page;
  Interrupt& interrupt;  // Triggered: stop accepting, finish, return.
  python::TemplateHandler& handler;
};

/// Serves until the end, in the calling thread and the server's, and gives the exit code.
int ServeHttp(const HttpSurroundings& surroundings, Dispatcher& dispatcher, HttpPlace place = {});

}  // namespace openfc::bootstrap
