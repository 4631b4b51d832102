#include "emulator/report.h"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cmath>
#include <cstdint>

namespace openfc::emulator {
namespace {

using nlohmann::json;

constexpr double kBytesPerMegabyte = 1024.0 * 1024.0;
constexpr int kTimeoutExit = 4;
constexpr int kNotStartedExit = 3;
constexpr int kFailedExit = 1;
constexpr int kSignalExit = 128;
constexpr int kFirstServerError = 500;

double Milliseconds(const RunReport& report) {
  return std::chrono::duration<double, std::milli>(report.duration).count();
}

/// Each begun millisecond.
std::int64_t BilledMilliseconds(const RunReport& report) {
  return std::chrono::ceil<std::chrono::milliseconds>(report.duration).count();
}

double Megabytes(std::int64_t bytes) { return static_cast<double>(bytes) / kBytesPerMegabyte; }

double RoundToHundredths(double number) { return std::round(number * 100) / 100; }

bool IsUtf8(const std::string& text) {
  try {
    (void)json(text).dump();
    return true;
  } catch (const json::exception&) {
    return false;
  }
}

bool HasBody(const RunReport& report) {
  switch (report.ending) {
    case Ending::kResult:
    case Ending::kFunctionFailed:
    case Ending::kTimedOut:
      return true;
    case Ending::kNotStarted:
    case Ending::kInterrupted:
      return false;
  }
  return false;
}

struct Trouble {
  json type;
  json message;
  json fc_type = nullptr;
};

Trouble TroubleOf(const RunReport& report) {
  switch (report.ending) {
    case Ending::kResult:
      if (report.http_status < kFirstServerError) return {};
      return {.type = "HttpStatus",
              .message = fmt::format("the answer has the status {}", report.http_status)};
    case Ending::kNotStarted:
      return {.type = "InstanceStartFailed", .message = report.reason, .fc_type = nullptr};
    case Ending::kInterrupted:
      return {
          .type = "Interrupted", .message = "the invocation was interrupted", .fc_type = nullptr};
    case Ending::kFunctionFailed:
    case Ending::kTimedOut:
      break;
  }
  Trouble trouble{.type = report.error_type, .message = nullptr, .fc_type = report.fc_error_type};
  const auto document = json::parse(report.body, nullptr, /*allow_exceptions=*/false);
  if (document.is_object() && document.contains("errorMessage")) {
    trouble.message = document["errorMessage"];
  }
  return trouble;
}

}  // namespace

std::string FiguresLine(const RunReport& report) {
  const std::string status =
      report.http_status == 0 ? "" : fmt::format("HTTP Status: {}, ", report.http_status);
  return fmt::format(
      "RequestId: {}, {}Duration: {:.2f} ms, Billed Duration: {} ms, Memory Size: {} MB, Max "
      "Memory "
      "Used: {:.2f} MB",
      report.request_id, status, Milliseconds(report), BilledMilliseconds(report), report.memory_mb,
      Megabytes(report.peak_memory_bytes));
}

std::string JsonReport(const RunReport& report) {
  const Trouble trouble = TroubleOf(report);
  const bool is_text = IsUtf8(report.body);
  nlohmann::ordered_json document;
  document["requestId"] = report.request_id;
  document["ok"] = ExitCodeOf(report) == 0;
  document["result"] = nullptr;
  if (HasBody(report)) document["result"] = is_text ? report.body : EncodeBase64(report.body);
  document["resultEncoding"] = is_text ? "utf-8" : "base64";
  document["errorType"] = trouble.type;
  document["errorMessage"] = trouble.message;
  document["fcErrorType"] = trouble.fc_type;
  document["log"] = report.log;
  document["logTruncated"] = report.is_log_cut;
  document["durationMs"] = RoundToHundredths(Milliseconds(report));
  document["billedDurationMs"] = BilledMilliseconds(report);
  document["memorySizeMb"] = report.memory_mb;
  document["maxMemoryUsedMb"] = RoundToHundredths(Megabytes(report.peak_memory_bytes));
  if (report.http_status != 0) document["httpStatus"] = report.http_status;
  return document.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

int ExitCodeOf(const RunReport& report) {
  switch (report.ending) {
    case Ending::kResult:
      return report.http_status < kFirstServerError ? 0 : kFailedExit;
    case Ending::kFunctionFailed:
      return kFailedExit;
    case Ending::kTimedOut:
      return kTimeoutExit;
    case Ending::kNotStarted:
      return kNotStartedExit;
    case Ending::kInterrupted:
      break;
  }
  return kSignalExit + report.signal;
}

std::string EncodeBase64(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string encoded;
  encoded.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      encoded += j <= group.size() ? kAlphabet[bits >> (18 - 6 * j) & 63] : '=';
    }
  }
  return encoded;
}

}  // namespace openfc::emulator
