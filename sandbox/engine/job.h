#pragma once

#include "runtime/base/unique_fd.h"
#include "sandbox/engine/capture.h"
#include "sandbox/executor/executor.h"
#include "sandbox/wire/messages.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace openfc::sandbox {

/// One run, from its being taken to its end. The engine's thread has it.
class Job {
 public:
  Job(std::uint64_t id, RunRequest request, RunEvents events)
      : id_(id), request_(std::move(request)), events_(std::move(events)) {}

  std::uint64_t id() const { return id_; }
  const RunRequest& request() const { return request_; }
  Libraries libraries() const;

  /// What goes to a zygote, in RunDescriptor's order; the pipes' other ends are kept.
  struct Departure {
    Order order;
    std::vector<UniqueFd> descriptors;
  };
  Expected<Departure> Depart(uid_t user);

  uid_t user() const { return user_; }
  pid_t main() const { return main_; }
  void SetMain(pid_t main) { main_ = main; }

  /// Descriptors that are worth waiting for.
  std::vector<int> OpenPipes() const;
  void ReadPipes();

  /// Tells of the end, with all that the pipes still hold.
  void Finish(const Notice& verdict);

 private:
  void Drain();

  const std::uint64_t id_;
  RunRequest request_;
  RunEvents events_;
  uid_t user_ = 0;
  pid_t main_ = -1;
  std::array<std::optional<Capture>, 3> captures_;  // Output, errors, result.
};

}  // namespace openfc::sandbox
