#pragma once

#include "runtime/base/error.h"
#include "runtime/config/environment.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace openfc {

/// How the function is to be called (OPENFC_INTERFACE, --interface).
enum class InterfaceChoice { kFoundOut, kEvent, kWsgi, kAsgi };

/// Where coroutines of the function run (OPENFC_EVENT_LOOP).
enum class EventLoopChoice { kAuto, kAsyncio, kUvloop };

/// What an instance reads of its environment in the HTTP mode; rloader's flags have been written
/// there.
struct HttpConfig {
  std::uint16_t port = 9000;  // FC_CUSTOM_LISTEN_PORT, FC_SERVER_PORT or PORT; 0: any that is free.
  std::optional<std::uint16_t> metrics_port;               // OPENFC_METRICS_PORT
  InterfaceChoice interface = InterfaceChoice::kFoundOut;  // OPENFC_INTERFACE
  EventLoopChoice event_loop = EventLoopChoice::kAuto;     // OPENFC_EVENT_LOOP
  int error_status = 404;                                  // OPENFC_ERROR_STATUS
  std::string health_path = "/healthz";                    // OPENFC_HEALTH_PATH; empty: off.
  bool is_health_path_set = false;                         // Not by default.
  std::size_t max_body_bytes = 32UL * 1024 * 1024;         // OPENFC_MAX_BODY_BYTES
  std::string initializer;                                 // FC_INITIALIZER_HANDLER
  std::string pre_stop;                                    // OPENFC_PRE_STOP_HANDLER
  std::string pre_freeze;                                  // OPENFC_PRE_FREEZE_HANDLER

  /// kInvalidArgument with a sentence that names the variable.
  static Expected<HttpConfig> From(const Environment& environment);
};

}  // namespace openfc
