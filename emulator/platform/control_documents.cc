#include "emulator/platform/control_documents.h"

#include "emulator/events/sample_event.h"
#include "emulator/platform/http_triggers.h"
#include "runtime/process/proc_files.h"
#include "runtime/process/process_tree.h"
#include "runtime/wire/encoding.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <variant>

namespace openfc::emulator {
namespace {

using nlohmann::ordered_json;
using std::chrono::system_clock;

constexpr double kBytesPerMegabyte = 1024.0 * 1024.0;
constexpr double kMicrosPerMilli = 1000.0;

/// Bytes that are no UTF-8 do not stop an answer.
std::string Dump(const ordered_json& document) {
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::int64_t Millis(system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

double Millis(std::chrono::microseconds length) {
  return static_cast<double>(length.count()) / kMicrosPerMilli;
}

double RoundToHundredths(double number) { return std::round(number * 100) / 100; }

ordered_json TimersOf(const FunctionDefinition& function, const NextFiring& next_firing) {
  ordered_json timers = ordered_json::array();
  for (const TimerTrigger& timer : function.timers) {
    const auto next = next_firing ? next_firing(function, timer) : std::nullopt;
    timers.push_back({{"name", timer.name},
                      {"expression", timer.expression},
                      {"next", next ? ordered_json(Millis(*next)) : ordered_json(nullptr)}});
  }
  return timers;
}

std::string_view NameOfState(const LiveInstance& instance) {
  switch (instance.state()) {
    case LiveInstance::State::kStarting:
      return "starting";
    case LiveInstance::State::kReady:
      return instance.in_flight() > 0 ? "busy" : "ready";
    case LiveInstance::State::kFrozen:
      return "frozen";
    case LiveInstance::State::kStopping:
    case LiveInstance::State::kGone:
      break;
  }
  return "stopping";
}

ordered_json DocumentOf(const std::string& function, LiveInstance& instance) {
  // Where a cgroup counts, what processes share is not counted for each of them, as it is here.
  const std::int64_t peak = instance.PeakMemoryBytes();
  const std::int64_t now = ReadTreeMemory(instance.pid()).resident_bytes -
                           ReadProcessMemory(instance.pid()).resident_bytes;
  return {{"id", instance.id()},
          {"function", function},
          {"state", NameOfState(instance)},
          {"inFlight", instance.in_flight()},
          {"memoryBytes", std::clamp(now, std::int64_t{0}, peak)},
          {"peakMemoryBytes", peak},
          {"invocations", instance.invocations()},
          {"startedAt", Millis(instance.started_at())},
          {"pid", instance.pid()}};
}

}  // namespace

std::string FunctionsDocument(const FunctionTable& functions, std::string_view host,
                              const NextFiring& next_firing) {
  ordered_json list = ordered_json::array();
  for (const auto& pool : functions.pools()) {
    const FunctionDefinition& function = pool->function();
    ordered_json url = nullptr;
    if (function.http_trigger) {
      url = std::string("http://").append(host).append(HttpTriggers::PathOf(function));
    }
    list.push_back({{"name", function.name},
                    {"service", function.service_name},
                    {"runtime", function.runtime},
                    {"handler", function.handler},
                    {"memoryMb", function.memory_mb},
                    {"timeoutS", function.timeout.count()},
                    {"concurrency", function.instance_concurrency},
                    {"http", function.http_trigger.has_value()},
                    {"url", std::move(url)},
                    {"timers", TimersOf(function, next_firing)}});
  }
  return Dump({{"functions", std::move(list)}});
}

std::string EventsDocument() {
  ordered_json list = ordered_json::array();
  for (const EventType& type : EventCatalog()) {
    const auto event = MakeSampleEvent(type, {});
    if (!event) continue;
    ordered_json entry = {{"type", type.name}};
    if (type.encoding == EventEncoding::kCbor) {
      entry["base64"] = wire::EncodeBase64(*event);
    } else {
      entry["text"] = *event;
    }
    list.push_back(std::move(entry));
  }
  return Dump({{"events", std::move(list)}});
}

std::string InvocationsDocument(std::uint64_t last, const std::vector<CallRecord>& records) {
  ordered_json list = ordered_json::array();
  for (const CallRecord& record : records) {
    list.push_back({{"seq", record.sequence},
                    {"requestId", record.request_id},
                    {"function", record.function},
                    {"instanceId", record.instance_id},
                    {"startedAt", Millis(record.accepted)},
                    {"durationMs", Millis(record.duration)},
                    {"ok", record.is_ok},
                    {"errorType", record.error_type},
                    {"coldStart", record.was_cold_start},
                    {"kind", NameOf(record.kind)}});
  }
  return Dump({{"last", last}, {"invocations", std::move(list)}});
}

std::string LogDocument(const RequestLogs::Entry& entry) {
  return Dump({{"log", entry.text}, {"truncated", entry.is_cut}});
}

std::string InstancesDocument(const FunctionTable& functions) {
  ordered_json list = ordered_json::array();
  for (const auto& pool : functions.pools()) {
    for (const auto& instance : pool->instances()) {
      if (instance->state() == LiveInstance::State::kGone) continue;
      list.push_back(DocumentOf(pool->function().name, *instance));
    }
  }
  return Dump({{"instances", std::move(list)}});
}

std::string ResultDocument(const CallResult& result, std::string_view request_id) {
  std::string body;
  if (const auto* response = std::get_if<Response>(&result.outcome)) {
    body = response->body;
  } else if (const auto* error = std::get_if<FunctionError>(&result.outcome)) {
    body = error->failure.document;
  } else {
    const auto& refusal = std::get<PlatformError>(result.outcome);
    body = Dump({{"errorMessage", refusal.message}, {"errorType", refusal.code}});
  }
  const bool is_text = wire::IsUtf8(body);
  const auto billed = std::chrono::ceil<std::chrono::milliseconds>(result.duration).count();
  const double peak = static_cast<double>(result.peak_memory_bytes) / kBytesPerMegabyte;
  return Dump({{"requestId", request_id},
               {"ok", result.IsOk()},
               {"result", is_text ? body : wire::EncodeBase64(body)},
               {"resultEncoding", is_text ? "utf-8" : "base64"},
               {"errorType", result.ErrorType()},
               {"durationMs", RoundToHundredths(Millis(result.duration))},
               {"billedDurationMs", billed},
               {"maxMemoryUsedMb", RoundToHundredths(peak)},
               {"instanceId", result.instance_id},
               {"log", result.log}});
}

std::string RequestDocument(std::string_view request_id) {
  return Dump({{"requestId", request_id}});
}

std::string ErrorDocument(std::string_view sentence) { return Dump({{"error", sentence}}); }

}  // namespace openfc::emulator
