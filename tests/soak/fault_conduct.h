#pragma once

#include "tests/soak/conduct.h"
#include "tests/soak/ledger.h"

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>

namespace openfc::soak {

/// A platform that misbehaves in every way that section 9 of the protocol's page names: it refuses,
/// resets, closes, delays, stutters, and answers what it should not. Which trouble comes when is
/// drawn from the seed; the places of cuts go through all bytes in turn.
class FaultConduct final : public Conduct {
 public:
  /// Hands out `count` invocations that arrive whole, and as many broken ones as the draw has it.
  FaultConduct(std::size_t count, std::uint64_t seed) : to_deliver_(count), random_(seed) {}

  std::optional<Move> OnPoll(std::size_t connection) override;
  std::optional<Move> OnPostHead(const std::string& id) override;
  Move OnPost(const Post& post) override;
  void OnRun(const std::string& id, pid_t process) override;
  void OnConnectionEnd(std::size_t /*connection*/, bool /*was_reset*/) override {}
  bool IsDone() const override { return to_deliver_ == 0 && ledger_.Owed() == 0; }

  const Ledger& ledger() const { return ledger_; }
  std::size_t troubles() const { return troubles_; }

 private:
  int Draw(int sides) { return static_cast<int>(random_() % static_cast<unsigned>(sides)); }
  Move::End DrawEnd() { return Draw(2) == 0 ? Move::End::kClose : Move::End::kReset; }

  std::string NextEvent();
  Move Deliver(std::size_t connection);
  Move DeliverCut(std::size_t connection);
  Move DeliverNothing();
  Move Accept(const Post& post);
  Move AcceptOddly(const Post& post);
  Move FailPost(const std::string& id);
  Move CutAcceptance(const Post& post);

  std::size_t to_deliver_;
  std::mt19937_64 random_;
  Ledger ledger_;
  std::map<std::string, int> failed_posts_;
  std::set<std::string> interrupted_posts_;
  std::size_t event_cut_ = 0;  // The next place.
  std::size_t answer_cut_ = 0;
  bool last_poll_failed_ = false;
  std::size_t troubles_ = 0;
};

}  // namespace openfc::soak
