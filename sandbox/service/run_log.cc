#include "sandbox/service/run_log.h"

#include "runtime/base/whole_write.h"

#include <nlohmann/json.hpp>
#include <poll.h>
#include <spdlog/fmt/chrono.h>

namespace openfc::sandbox {
namespace {

std::string Rfc3339(std::chrono::system_clock::time_point now) {
  const auto whole = std::chrono::floor<std::chrono::milliseconds>(now);
  const auto second = std::chrono::floor<std::chrono::seconds>(whole);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(second)),
                     (whole - second).count());
}

}  // namespace

std::string LogLineOf(const RunRecord& record, std::chrono::system_clock::time_point now) {
  const RunOutcome& outcome = *record.outcome;
  nlohmann::ordered_json document{{"time", Rfc3339(now)},
                                  {"event", "run"},
                                  {"id", record.id},
                                  {"dialect", record.dialect},
                                  {"profile", record.level->profile},
                                  {"verdict", NameOf(outcome.end)},
                                  {"exit_code", outcome.exit_code},
                                  {"signal", outcome.signal},
                                  {"total_ms", record.total.count()},
                                  {"wall_us", outcome.wall.count()},
                                  {"cpu_ms", outcome.cpu.count()},
                                  {"cleanup_us", outcome.cleanup.count()},
                                  {"peak_memory_bytes", outcome.peak_memory_bytes}};
  if (!outcome.failure.empty()) document["failure"] = outcome.failure;
  return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

void RunLog::Write(const std::string& line) {
  // A pipe that says so takes as much as PIPE_BUF without waiting, which is more than a line has.
  pollfd room{.fd = fd_, .events = POLLOUT, .revents = 0};
  const bool has_room = ::poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0;
  if (!has_room || WriteWhole(fd_, line) != 0) dropped_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace openfc::sandbox
