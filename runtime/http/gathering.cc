#include "runtime/http/gathering.h"

#include <boost/asio/post.hpp>

#include <utility>

namespace openfc::http {

void Gathering::Add(std::shared_ptr<Holder> holder) {
  holders_.push_back(std::move(holder));
  Await();
}

void Gathering::AddToRound(std::shared_ptr<Holder> holder) {
  round_.push_back(std::move(holder));
  if (round_.size() > 1) return;
  asio::post(io_, [this] {
    for (const auto& one : std::exchange(round_, {})) one->OnRoundOver();
  });
}

void Gathering::Await() {
  if (std::exchange(is_awaited_, true)) return;
  timer_.expires_after(kMoment);
  timer_.async_wait([this](const IoError& error) {
    is_awaited_ = false;
    if (!error) EndMoment();
  });
}

void Gathering::EndMoment() {
  ++now_;
  for (auto& holder : std::exchange(holders_, {})) {
    if (holder->GoesOnHolding(now_)) holders_.push_back(std::move(holder));
  }
  if (!holders_.empty()) Await();
}

}  // namespace openfc::http
