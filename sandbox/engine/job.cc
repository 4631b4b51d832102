#include "sandbox/engine/job.h"

#include "sandbox/wire/channel.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <utility>
#include <variant>

namespace openfc::sandbox {
namespace {

constexpr std::size_t kOutputPipe = 0;
constexpr std::size_t kErrorsPipe = 1;
constexpr std::size_t kResultPipe = 2;

Expected<UniqueFd> InputOf(const std::string& input) {
  if (!input.empty()) return MemoryFile(input);
  UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null.is_open()) return SystemError("cannot open /dev/null", errno);
  return null;
}

RunPayload PayloadOf(const RunRequest& request) {
  RunPayload payload;
  if (request.workspace) payload.workspace = request.workspace->path();
  payload.environment = request.environment;
  if (const auto* python = std::get_if<PythonProgram>(&request.program)) {
    payload.arguments = request.arguments;
    payload.code = python->code;
    payload.file_name = python->file_name;
    payload.harness = python->harness;
    payload.harness_input = python->harness_input;
  } else {
    payload.arguments = std::get<CommandProgram>(request.program).words;
  }
  return payload;
}

}  // namespace

Libraries Job::libraries() const {
  const auto* python = std::get_if<PythonProgram>(&request_.program);
  return python != nullptr ? python->libraries : Libraries::kLean;
}

Expected<Job::Departure> Job::Depart(uid_t user) {
  user_ = user;
  const auto* python = std::get_if<PythonProgram>(&request_.program);
  Departure departure{.order = {.kind = OrderKind::kRun,
                                .id = id_,
                                .user = user,
                                .is_python = python != nullptr,
                                .may_fork = python == nullptr || python->may_fork,
                                .rehearses_harness = python != nullptr && python->rehearses_harness,
                                .limits = request_.limits},
                      .descriptors = {}};
  auto payload = MemoryFile(PackPayload(PayloadOf(request_)));
  if (!payload) return payload.error();
  auto input = InputOf(request_.input);
  if (!input) return input.error();
  departure.descriptors.push_back(*std::move(payload));
  departure.descriptors.push_back(*std::move(input));
  const Limits& limits = request_.limits;
  for (const std::size_t pipe : {kOutputPipe, kErrorsPipe, kResultPipe}) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return SystemError("cannot make a pipe", errno);
    captures_.at(pipe).emplace(UniqueFd(ends[0]),
                               pipe == kResultPipe ? limits.result_bytes : limits.output_bytes);
    departure.descriptors.emplace_back(ends[1]);
  }
  return departure;
}

std::vector<int> Job::OpenPipes() const {
  std::vector<int> open;
  for (const auto& capture : captures_) {
    if (capture && capture->fd() >= 0) open.push_back(capture->fd());
  }
  return open;
}

void Job::ReadPipes() {
  const auto tells = [this](OutputStream stream) -> std::function<void(std::string_view)> {
    if (!events_.on_output) return {};
    return [this, stream](std::string_view part) { events_.on_output(stream, part); };
  };
  if (captures_[kOutputPipe]) captures_[kOutputPipe]->Read(tells(OutputStream::kOutput));
  if (captures_[kErrorsPipe]) captures_[kErrorsPipe]->Read(tells(OutputStream::kErrors));
  if (captures_[kResultPipe]) captures_[kResultPipe]->Read({});
}

/// Nobody writes any more: what is there is all that comes. Bounded by a pipe's size.
void Job::Drain() {
  constexpr int kRounds = 8;
  for (int i = 0; i < kRounds && !OpenPipes().empty(); ++i) ReadPipes();
}

void Job::Finish(const Notice& verdict) {
  Drain();
  RunOutcome outcome;
  outcome.end = verdict.end;
  outcome.exit_code = verdict.exit_code;
  outcome.signal = verdict.signal;
  if (verdict.end == RunEnd::kFailed) outcome.failure = verdict.text.data();
  if (captures_[kOutputPipe]) {
    outcome.is_output_truncated = captures_[kOutputPipe]->is_truncated();
    outcome.is_errors_truncated = captures_[kErrorsPipe]->is_truncated();
    outcome.is_result_truncated = captures_[kResultPipe]->is_truncated();
    outcome.output = captures_[kOutputPipe]->TakeText();
    outcome.errors = captures_[kErrorsPipe]->TakeText();
    outcome.result = captures_[kResultPipe]->TakeText();
  }
  outcome.cpu = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::microseconds(verdict.cpu_us));
  outcome.wall = std::chrono::microseconds(verdict.wall_us);
  outcome.cleanup = std::chrono::microseconds(verdict.cleanup_us);
  outcome.peak_memory_bytes = verdict.peak_memory_bytes;
  request_.workspace.reset();  // Who hears of the end may be its last owner.
  events_.on_end(std::move(outcome));
}

}  // namespace openfc::sandbox
