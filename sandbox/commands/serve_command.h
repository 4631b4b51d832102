#pragma once

#include "sandbox/api/premierlangage/premierlangage_dialect.h"
#include "sandbox/commands/engine_setup.h"
#include "sandbox/executor/limits.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace openfc::sandbox {

/// What an operator says of a service.
struct ServeWords {
  EngineWords engine;
  std::string dialect;
  std::string address = "127.0.0.1";
  std::optional<std::uint16_t> port = {};
  std::string api_key_file = {};
  std::vector<std::string> allowed_hosts = {};
  bool allows_cross_origin = false;
  LimitChoice limits = {};                    // Of each run.
  PremierLangageOptions premierlangage = {};  // Counts for that dialect.
};

constexpr const char* kPremierLangage = "premierlangage";

/// The dialects that --serve takes.
std::vector<std::string> DialectNames();

/// Serves until SIGTERM, SIGINT or SIGHUP, then answers what is under way; a second signal cuts
/// that short. What the program exits with: 0, EX_USAGE for a wrong word, EX_CONFIG when the engine
/// does not start.
int RunServe(const ServeWords& words);

}  // namespace openfc::sandbox
