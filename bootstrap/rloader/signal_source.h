#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <sys/types.h>

#include <memory>
#include <vector>

namespace openfc::bootstrap {

/// A signal that came to rloader.
struct ReceivedSignal {
  int number = 0;
  pid_t sender = 0;  // 0: the kernel, or a process outside of our pid namespace.
};

/// What rloader does about a signal (fc-runtime-api.md, section 9).
enum class SignalMeaning { kStop, kForward, kNothing };
SignalMeaning MeaningOf(int signal);

/// Whether a request to stop counts: not from the function's own processes. PID 1 obeys only what
/// comes from outside of its namespace; anybody else ignores its living descendants, best effort:
/// a sender that has ended cannot be told from a stranger.
bool IsObeyed(const ReceivedSignal& signal);

/// Blocks every signal that can wait: all but those of the processor's faults. Before anything else
/// in main, so that none is lost.
void BlockSignals();

/// The blocked signals as they come, through a descriptor.
class SignalSource {
 public:
  static Expected<std::unique_ptr<SignalSource>> Open();

  /// Readable when there is something to read.
  int fd() const { return fd_.get(); }

  /// Does not wait.
  std::vector<ReceivedSignal> Read();

 private:
  explicit SignalSource(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace openfc::bootstrap
