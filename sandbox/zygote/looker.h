#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "sandbox/isolation/look.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace openfc::sandbox {

/// Looks at what runs use, in a process of its own: a run can make a look take as long as it lives,
/// and nobody else is to wait for that.
class Looker {
 public:
  /// By a process of one thread. The helper ends with this object, or the process.
  static Expected<std::unique_ptr<Looker>> Start();

  /// One question at a time. False: the helper is gone.
  bool Ask(std::uint64_t run, const Sight& sight) const;

  /// Readable when an answer has come, or the helper is gone.
  int fd() const { return socket_.get(); }
  struct Answer {
    std::uint64_t run = 0;
    Use use;
  };
  /// Waits for it. Nothing: the helper is gone.
  std::optional<Answer> TakeAnswer() const;

 private:
  explicit Looker(UniqueFd socket) : socket_(std::move(socket)) {}

  const UniqueFd socket_;
};

}  // namespace openfc::sandbox
