#include "runtime/config/http_config.h"

#include <array>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace openfc {
namespace {

Error Invalid(std::string_view name, const std::string& value, const std::string& rule) {
  return Error{ErrorCode::kInvalidArgument,
               std::string(name) + " is '" + value + "', but must be " + rule};
}

/// Nothing when the variable is not set.
Expected<std::optional<long>> NumberFrom(const Environment& environment, std::string_view name,
                                         long lowest, long highest) {
  const auto text = Find(environment, name);
  if (!text) return std::optional<long>();
  const auto number = FindNumber(environment, name);
  if (number && *number >= lowest && *number <= highest) return number;
  return Invalid(
      name, *text,
      "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
}

Expected<std::optional<std::uint16_t>> PortFrom(const Environment& environment,
                                                std::string_view name) {
  const auto number = NumberFrom(environment, name, 0, std::numeric_limits<std::uint16_t>::max());
  if (!number) return number.error();
  if (!*number) return std::optional<std::uint16_t>();
  return std::optional<std::uint16_t>(static_cast<std::uint16_t>(**number));
}

/// The first that is set counts, and no other is looked at.
Status ReadPorts(const Environment& environment, HttpConfig& config) {
  for (const char* name : {"FC_CUSTOM_LISTEN_PORT", "FC_SERVER_PORT", "PORT"}) {
    const auto port = PortFrom(environment, name);
    if (!port) return port.error();
    if (!*port) continue;
    config.port = **port;
    break;
  }
  const auto metrics = PortFrom(environment, "OPENFC_METRICS_PORT");
  if (!metrics) return metrics.error();
  config.metrics_port = *metrics;
  return Ok();
}

/// The choice of that name, where the variable is set.
template <typename Choice, std::size_t kCount>
Status ReadChoice(const Environment& environment, std::string_view variable,
                  const std::array<std::pair<std::string_view, Choice>, kCount>& names,
                  const std::string& rule, Choice& choice) {
  const auto text = Find(environment, variable);
  if (!text) return Ok();
  for (const auto& [name, named] : names) {
    if (*text != name) continue;
    choice = named;
    return Ok();
  }
  return Invalid(variable, *text, rule);
}

Status ReadInterface(const Environment& environment, HttpConfig& config) {
  constexpr auto kNames = std::to_array<std::pair<std::string_view, InterfaceChoice>>(
      {{"event", InterfaceChoice::kEvent},
       {"wsgi", InterfaceChoice::kWsgi},
       {"asgi", InterfaceChoice::kAsgi}});
  return ReadChoice(environment, "OPENFC_INTERFACE", kNames, "event, wsgi or asgi",
                    config.interface);
}

Status ReadEventLoop(const Environment& environment, HttpConfig& config) {
  constexpr auto kNames = std::to_array<std::pair<std::string_view, EventLoopChoice>>(
      {{"auto", EventLoopChoice::kAuto},
       {"asyncio", EventLoopChoice::kAsyncio},
       {"uvloop", EventLoopChoice::kUvloop}});
  return ReadChoice(environment, "OPENFC_EVENT_LOOP", kNames, "auto, asyncio or uvloop",
                    config.event_loop);
}

/// Here alone an empty variable is not an absent one: it switches the health path off.
Status ReadHealthPath(const Environment& environment, HttpConfig& config) {
  const auto found = environment.find("OPENFC_HEALTH_PATH");
  if (found == environment.end()) return Ok();
  const std::string& path = found->second;
  if (!path.empty() && (path.front() != '/' || path.find('?') != std::string::npos)) {
    return Invalid("OPENFC_HEALTH_PATH", path, "empty, or a path that begins with / and has no ?");
  }
  config.health_path = path;
  config.is_health_path_set = true;
  return Ok();
}

Status ReadNumbers(const Environment& environment, HttpConfig& config) {
  constexpr long kLowestStatus = 400;
  constexpr long kHighestStatus = 599;
  const auto status = NumberFrom(environment, "OPENFC_ERROR_STATUS", kLowestStatus, kHighestStatus);
  if (!status) return status.error();
  config.error_status = static_cast<int>(status->value_or(config.error_status));
  constexpr long kMostBody = 1L << 40;
  const auto body = NumberFrom(environment, "OPENFC_MAX_BODY_BYTES", 1, kMostBody);
  if (!body) return body.error();
  if (*body) config.max_body_bytes = static_cast<std::size_t>(**body);
  return Ok();
}

}  // namespace

Expected<HttpConfig> HttpConfig::From(const Environment& environment) {
  HttpConfig config;
  for (const auto& read : {ReadPorts, ReadInterface, ReadEventLoop, ReadHealthPath, ReadNumbers}) {
    if (const Status done = read(environment, config); !done) return done.error();
  }
  config.initializer = Find(environment, "FC_INITIALIZER_HANDLER").value_or("");
  config.pre_stop = Find(environment, "OPENFC_PRE_STOP_HANDLER").value_or("");
  config.pre_freeze = Find(environment, "OPENFC_PRE_FREEZE_HANDLER").value_or("");
  return config;
}

}  // namespace openfc
