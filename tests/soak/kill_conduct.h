#pragma once

#include "tests/soak/conduct.h"
#include "tests/soak/instance.h"
#include "tests/soak/ledger.h"

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>

namespace openfc::soak {

/// A platform that behaves, for a runtime that dies at every moment: killed from outside while it
/// reads, works, posts or waits, or by its own handler. Who dies when is drawn from the seed.
class KillConduct final : public Conduct {
 public:
  KillConduct(std::size_t kills, std::uint64_t seed) : to_kill_(kills), random_(seed) {}

  /// Before Run(); it must outlive that.
  void SetInstance(const Instance& instance) { instance_ = &instance; }

  std::optional<Move> OnPoll(std::size_t connection) override;
  std::optional<Move> OnPostHead(const std::string& id) override;
  Move OnPost(const Post& post) override;
  void OnRun(const std::string& id, pid_t process) override;
  void OnConnectionEnd(std::size_t connection, bool was_reset) override;
  bool IsDone() const override { return to_kill_ == 0 && ledger_.Owed() == 0; }

  const Ledger& ledger() const { return ledger_; }

 private:
  enum class Fate {
    kFine,
    kByHandler,          // The event's first word says how.
    kWhileReceiving,     // Head and half of the body are there.
    kWhileRunning,       // The handler waits for it.
    kWhileSendingPost,   // The platform has read the head of the post.
    kBeforePostIsTaken,  // It has read it whole, and does not count it.
    kAfterPostIsTaken,   // It counts it, and has not said so.
    kWhileIdle,
  };

  int Draw(int sides) { return static_cast<int>(random_() % static_cast<unsigned>(sides)); }
  Fate DrawFate();
  std::string EventFor(Fate fate);
  Move HandOut(std::size_t connection, Fate fate);
  /// Whether the fate of that post is now.
  bool Meets(const Post& post, Fate fate);
  void KillRuntime();

  std::size_t to_kill_;
  std::mt19937_64 random_;
  const Instance* instance_ = nullptr;
  Ledger ledger_;
  std::map<std::string, Fate> fates_;  // Not met yet.
};

}  // namespace openfc::soak
