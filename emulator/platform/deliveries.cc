#include "emulator/platform/deliveries.h"

#include "emulator/request_id.h"
#include "runtime/base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <variant>

namespace openfc::emulator {
namespace {

// No function is called so.
constexpr std::string_view kMark = "-> ";

std::string_view DestinationOf(const Task& letter) {
  const std::string_view name = letter.function;
  return name.substr(kMark.size());
}

AttemptEnd Refused(std::string why) {
  return {.result = AttemptResult::kRefused, .detail = std::move(why)};
}

Status AppendLine(const std::string& path, const std::string& line) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!fd.is_open()) return SystemError("cannot open " + path, errno);
  const std::string text = line + "\n";
  const ssize_t written = ::write(fd.get(), text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size())) return Ok();
  return SystemError("cannot write " + path, written < 0 ? errno : ENOSPC);
}

}  // namespace

Deliveries::Deliveries(const FunctionTable& functions, PlatformLoop& loop, std::string base_folder,
                       CallFunction call_function)
    : functions_(functions),
      loop_(loop),
      base_folder_(std::move(base_folder)),
      call_function_(std::move(call_function)) {}

std::optional<NewTask> Deliveries::LetterAbout(const Task& task, const AsyncConfig& config,
                                               const CallbackFacts& facts) {
  if (!HasEnded(task.state) || task.state == TaskState::kStopped) return std::nullopt;
  const std::string& destination =
      task.state == TaskState::kSucceeded ? config.on_success : config.on_failure;
  if (destination.empty()) return std::nullopt;
  return NewTask{.function = std::string(kMark) + destination,
                 .request_id = MakeRequestId(),
                 .payload = CallbackDocument(task, facts),
                 .trigger = "destination",
                 .headers = task.request_id,
                 .max_age = config.max_age,
                 .max_retries = config.max_retries};
}

bool Deliveries::IsLetter(std::string_view function) { return function.starts_with(kMark); }

void Deliveries::Deliver(const Task& letter, Done done) {
  const auto destination = ReadDestination(std::string(DestinationOf(letter)), base_folder_);
  if (!destination) {
    return done({.result = AttemptResult::kInvalid, .detail = destination.error().message});
  }
  if (const auto* const url = std::get_if<UrlDestination>(&*destination)) {
    PostTo(url->url, letter, std::move(done));
  } else if (const auto* const file = std::get_if<FileDestination>(&*destination)) {
    const Status appended = AppendLine(file->path, letter.payload);
    done(appended ? AttemptEnd() : Refused(appended.error().message));
  } else {
    CallTarget(std::get<FunctionDestination>(*destination), letter, std::move(done));
  }
}

void Deliveries::CallTarget(const FunctionDestination& destination, const Task& letter, Done done) {
  const auto found = Find(functions_, destination);
  if (const auto* const error = std::get_if<PlatformError>(&found)) {
    return done(Refused(error->message));
  }
  Call call{.request_id = MakeRequestId(), .kind = CallKind::kAsync, .body = letter.payload};
  call_function_(*std::get<FunctionPool*>(found), std::move(call),
                 [done = std::move(done)](const std::optional<PlatformError>& error) {
                   done(error ? Refused(error->message) : AttemptEnd());
                 });
}

void Deliveries::PostTo(const std::string& url, const Task& letter, Done done) {
  const std::weak_ptr<bool> is_here = is_here_;
  poster_.Post(url, letter.payload,
               [&loop = loop_, is_here, done = std::move(done)](AttemptEnd end) {
                 loop.Post([is_here, done, end = std::move(end)] {
                   if (!is_here.expired()) done(end);
                 });
               });
}

void Deliveries::Report(const Task& letter) {
  const std::string_view destination = DestinationOf(letter);
  if (letter.state == TaskState::kRetrying) {
    if (letter.attempts > 1) return;
    return LogWarn("destination_failed destination={} request_id={} reason=\"{}\" again=yes",
                   destination, letter.headers, letter.detail);
  }
  if (letter.state == TaskState::kSucceeded) return;
  LogError("destination_given_up destination={} request_id={} attempts={} reason=\"{}\"",
           destination, letter.headers, letter.attempts, letter.detail);
}

}  // namespace openfc::emulator
