#include "sandbox/api/premierlangage/execute_report.h"

#include "sandbox/api/premierlangage/python_words.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <ctime>

namespace openfc::sandbox {
namespace {

using Json = nlohmann::ordered_json;

Json DocumentOf(const CommandReport& report) {
  Json document{{"command", report.command},
                {"exit_code", report.exit_code},
                {"stdout", report.out},
                {"stderr", report.errors},
                {"time", report.seconds}};
  if (report.has_partial) {
    document["partial_stdout"] = report.partial_out;
    document["partial_stderr"] = report.partial_errors;
  }
  if (report.is_truncated) document["truncated"] = true;
  if (report.is_out_of_memory) document["out_of_memory"] = true;
  return document;
}

}  // namespace

CommandReport UnknownFailureReport(const std::string& command, double seconds) {
  return {.command = command,
          .exit_code = kUnknownFailure,
          .errors = "An unknown error occurred on the sandbox\n",
          .seconds = seconds};
}

CommandReport TimedOutReport(const std::string& command, const std::string& timeout_text) {
  return {.command = command,
          .exit_code = kTimedOut,
          .errors = "Command timed out after " + timeout_text + " seconds\n"};
}

CommandReport ReportOf(const std::string& command, const RunOutcome& outcome,
                       const std::string& timeout_text, double seconds) {
  if (outcome.end == RunEnd::kFailed || outcome.end == RunEnd::kCancelled) {
    return UnknownFailureReport(command, seconds);
  }
  CommandReport report;
  if (outcome.end == RunEnd::kTimedOut) {
    report = TimedOutReport(command, timeout_text);
    report.has_partial = true;
    report.partial_out = Stripped(outcome.output);
    report.partial_errors = Stripped(outcome.errors);
  } else {
    report.command = command;
    report.exit_code = outcome.ShellCode();
    report.out = Stripped(outcome.output);
    report.errors = Stripped(outcome.errors);
  }
  report.seconds = seconds;
  report.is_truncated = outcome.is_output_truncated || outcome.is_errors_truncated;
  report.is_out_of_memory = outcome.end == RunEnd::kOutOfMemory;
  return report;
}

std::string IsoTime(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time - seconds).count();
  const std::time_t clock = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  ::gmtime_r(&clock, &parts);
  std::array<char, 40> date{};
  (void)std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 16> fraction{};
  (void)std::snprintf(fraction.data(), fraction.size(), ".%06d", static_cast<int>(micros));
  return std::string(date.data()) + fraction.data() + "+00:00";
}

std::string RenderReport(const ExecuteReport& report) {
  Json document{{"status", report.status}};
  document["execution"] = Json::array();
  for (const CommandReport& command : report.commands) {
    document["execution"].push_back(DocumentOf(command));
  }
  document["total_time"] = report.total_seconds;
  if (report.environment) {
    document["environment"] = *report.environment;
    document["expire"] = IsoTime(report.expires);
  }
  if (report.result) document["result"] = *report.result;
  if (!report.failure.empty()) document["failure"] = report.failure;
  // What is no UTF-8 is replaced: commands may write anything.
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace openfc::sandbox
