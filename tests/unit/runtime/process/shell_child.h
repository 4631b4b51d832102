#pragma once

#include "runtime/base/unique_fd.h"
#include "runtime/process/child.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <string>
#include <utility>

namespace openfc {

/// `sh -c SCRIPT` with an environment of its own.
inline ChildCommand Shell(const std::string& script) {
  return ChildCommand{.program = "/bin/sh",
                      .arguments = {"-c", script},
                      .environment = {"PATH=/usr/bin:/bin", "COLOUR=green"}};
}

/// A pipe that a test reads what a child says from, or tells it to go on by.
class Pipe {
 public:
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    out_ = UniqueFd(ends[0]);
    in_ = UniqueFd(ends[1]);
  }

  int out() const { return out_.get(); }
  int in() const { return in_.get(); }
  void CloseIn() { in_.Reset(); }

  /// Up to the end of the input, once the last writer is gone.
  std::string ReadAll() {
    CloseIn();
    std::string text;
    std::array<char, 256> chunk;
    ssize_t count = 0;
    while ((count = ::read(out_.get(), chunk.data(), chunk.size())) > 0) {
      text.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

  /// Up to the next newline, which is left out.
  std::string ReadLine() {
    std::string line;
    char next = 0;
    while (::read(out_.get(), &next, 1) == 1 && next != '\n') line.push_back(next);
    return line;
  }

 private:
  UniqueFd out_;
  UniqueFd in_;
};

}  // namespace openfc
