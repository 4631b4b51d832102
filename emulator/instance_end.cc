#include "emulator/instance_end.h"

#include <nlohmann/json.hpp>

#include <string_view>

namespace openfc::emulator {
namespace {

constexpr std::string_view kLoaderSays = "rloader: ";

/// The signal that ended the runtime, or its init; rloader tells of the former as a shell does.
int SignalOf(const ChildEnd& end) {
  constexpr int kShellSignal = 128;
  if (end.signal != 0) return end.signal;
  return end.exit_code > kShellSignal ? end.exit_code - kShellSignal : 0;
}

}  // namespace

Failure FailureOfEnd(const ChildEnd& end, const wire::ProcessEnd& known, bool was_out_of_memory,
                     std::int64_t memory_mb) {
  if (was_out_of_memory) return wire::OutOfMemory(known, memory_mb);
  const int signal = SignalOf(end);
  return signal != 0 ? wire::ProcessKilled(known, signal)
                     : wire::ProcessExited(known, end.exit_code);
}

std::string ReasonOfEarlyEnd(const ChildEnd& end, const std::string& last) {
  if (last.starts_with(kLoaderSays)) return last.substr(kLoaderSays.size());
  const int signal = SignalOf(end);
  return "the runtime ended before it asked for an invocation: " +
         (signal != 0 ? wire::KillCause(signal) : wire::ExitCause(end.exit_code));
}

std::string MessageOf(const std::string& document) {
  const auto parsed = nlohmann::json::parse(document, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return document;
  const auto message = parsed.find("errorMessage");
  return message != parsed.end() && message->is_string() ? message->get<std::string>() : document;
}

}  // namespace openfc::emulator
