#pragma once

#include "runtime/base/unique_fd.h"
#include "tests/fakes/request.h"
#include "tests/soak/conduct.h"

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <list>
#include <optional>
#include <string>
#include <vector>

namespace openfc::soak {

/// The platform at its worst: one poll loop in one thread that makes the moves of a Conduct, byte
/// by byte where that says so. What it does depends on the conduct alone, and not on any clock but
/// for the delays.
class HostilePlatform {
 public:
  /// `runs` is a named pipe, made here, to which the handler writes a line for each invocation that
  /// it begins: the id and its process.
  explicit HostilePlatform(const std::filesystem::path& runs);

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  /// Until the conduct is done. Throws when nothing happens for `patience`.
  void Run(Conduct& conduct, std::chrono::seconds patience);

 private:
  using Clock = std::chrono::steady_clock;

  struct Peer {
    std::size_t number;
    UniqueFd socket;
    testing::RequestReader reader = {};
    std::optional<Move> move = {};
    Clock::time_point due = {};  // Of the move's next step.
    bool is_sent = false;        // All bytes of the move.
    bool hangs = false;
    bool was_refused = false;  // A write failed: the connection was reset before.
    bool is_over = false;
  };

  void Serve(Conduct& conduct);
  bool Wait(std::chrono::seconds patience);
  std::vector<pollfd> Watched() const;
  Clock::time_point NextDue(Clock::time_point latest) const;

  void AcceptAll();
  void ReadRuns(Conduct& conduct);
  void Read(Conduct& conduct, Peer& peer);
  void TakeLastPosts(Conduct& conduct, Peer& peer);
  void Advance(Conduct& conduct, Peer& peer);
  void ChooseMove(Conduct& conduct, Peer& peer);
  void Decide(Conduct& conduct, Peer& peer, const testing::Request& request, bool is_whole);
  void Make(Peer& peer);
  void Send(Peer& peer);
  void Conclude(Peer& peer);
  void Refuse(std::chrono::milliseconds length);
  void AcceptAgain();

  UniqueFd runs_;
  std::string run_text_;  // The start of a line.
  UniqueFd listener_;
  std::uint16_t port_;
  std::optional<Clock::time_point> refusing_until_;
  std::size_t accepted_ = 0;
  std::list<Peer> peers_;
};

}  // namespace openfc::soak
