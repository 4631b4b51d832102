#include "sandbox/zygote/waiting_child.h"

#include "runtime/base/deadline.h"
#include "sandbox/wire/channel.h"
#include "sandbox/zygote/processor_time.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

namespace openfc::sandbox {
namespace {

/// The descriptors of an entry that were opened after the fork, in the order in which they travel.
std::array<int*, 5> LaterDescriptors(Entry& entry) {
  auto& [input, output, errors, result] = entry.descriptors;
  return {&entry.workspace, &input, &output, &errors, &result};
}

bool IsReadableWithin(int fd, std::chrono::seconds patience) {
  pollfd waited{fd, POLLIN, 0};
  const Deadline deadline = Deadline::After(patience);
  int count = 0;
  while ((count = ::poll(&waited, 1, deadline.PollTimeout())) < 0 && errno == EINTR) {
  }
  return count > 0;
}

}  // namespace

WaitingChild::~WaitingChild() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Expected<Entered> WaitingChild::Become(const RunLetter& letter, int payload,
                                       std::chrono::seconds patience) {
  std::vector<int> travelling{payload};
  RunLetter sent = letter;
  for (const int* fd : LaterDescriptors(sent.entry)) {
    if (*fd >= 0) travelling.push_back(*fd);
  }
  const auto processor_before = ProcessorTimeOf(pid_);
  if (Status told = SendMessage(link_.get(), sent, travelling); !told) return told.error();
  if (!IsReadableWithin(link_.get(), patience)) {
    return Error{ErrorCode::kUnavailable, "a run's process does not come to its entry"};
  }
  const auto report = ReadReport(link_.get());
  if (!report) return Error{ErrorCode::kUnavailable, "a run's process was killed at its entry"};
  return Entered{
      .pid = std::exchange(pid_, -1), .report = *report, .processor_before = processor_before};
}

Expected<ReceivedRun> ReceiveRun(int link) {
  ReceivedRun run;
  auto descriptors = ReceiveMessage(link, run.letter);
  if (!descriptors) return descriptors.error();
  auto next = descriptors->begin();
  if (next == descriptors->end()) return Error{ErrorCode::kProtocol, "a run without a payload"};
  auto payload = ReadPayload((next++)->get());
  if (!payload) return payload.error();
  run.payload = *std::move(payload);
  for (int* fd : LaterDescriptors(run.letter.entry)) {
    if (*fd < 0) continue;
    if (next == descriptors->end()) return Error{ErrorCode::kProtocol, "a descriptor is missing"};
    *fd = (next++)->get();
  }
  run.descriptors = *std::move(descriptors);
  return run;
}

bool HasRun(int link) { return IsReadableWithin(link, std::chrono::seconds(0)); }

}  // namespace openfc::sandbox
