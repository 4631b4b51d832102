#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <memory>

namespace openfc::emulator {

/// A network of its own for one instance: every port is free there, and a loopback interface is all
/// that there is. It lasts as long as this, or a process that lives in it.
class NetworkNamespace {
 public:
  /// kSystem where this process may not (it takes CAP_SYS_ADMIN).
  static Expected<std::unique_ptr<NetworkNamespace>> Make();

  /// Has the calling thread live in `network` (null: stay where it is) until this goes: sockets
  /// that it makes, and processes that it starts, are there.
  class Visit {
   public:
    explicit Visit(const NetworkNamespace* network);
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

    /// False: it could not be entered.
    bool is_there() const { return is_there_; }

   private:
    UniqueFd home_;
    bool is_there_ = true;
  };

 private:
  explicit NetworkNamespace(UniqueFd file) : file_(std::move(file)) {}

  const UniqueFd file_;
};

}  // namespace openfc::emulator
