#pragma once

#include "runtime/http/reactor.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace openfc::http {

/// Somebody who holds an answer back, so that it leaves together with the next one.
class Holder {
 public:
  virtual ~Holder() = default;

  /// A moment is over, it is `now`. False: nothing is held back any more, and may be given up for
  /// it.
  virtual bool GoesOnHolding(std::uint64_t now) = 0;

  /// What was ready has been served.
  virtual void OnRoundOver() = 0;
};

/// All who hold something back, and the one timer that ends their moments. On the server's thread
/// only.
class Gathering {
 public:
  /// Who holds for two of them, or what is left of one and another one, lets go.
  static constexpr std::chrono::milliseconds kMoment{1};

  explicit Gathering(asio::io_context& io) : io_(io), timer_(io) {}

  /// The number of the moment.
  std::uint64_t now() const { return now_; }

  /// Until it does not go on holding.
  void Add(std::shared_ptr<Holder> holder);

  /// Tells it once of the end of this round.
  void AddToRound(std::shared_ptr<Holder> holder);

 private:
  void Await();
  void EndMoment();

  asio::io_context& io_;
  Timer timer_;
  bool is_awaited_ = false;
  std::uint64_t now_ = 0;
  std::vector<std::shared_ptr<Holder>> holders_;
  std::vector<std::shared_ptr<Holder>> round_;
};

}  // namespace openfc::http
