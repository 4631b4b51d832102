#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace openfc::http {

/// Who is to be called once something has come: everybody who found nothing, as all of them wait.
/// Guarded by its user's lock, and neither called nor dropped under it: what a callback does or
/// holds may come back to the user.
class Waiters {
 public:
  using Callback = std::function<void()>;

  /// More than ever wait at a time; the earliest beyond that have long given up, as a task does
  /// whose every receive() has a timeout.
  static constexpr std::size_t kMost = 1024;

  /// Returns who is to be called too early, for there are too many; mostly nobody. An empty `ready`
  /// is nobody.
  [[nodiscard]] Callback Add(Callback ready) {
    if (ready) callbacks_.push_back(std::move(ready));
    if (callbacks_.size() <= kMost) return nullptr;
    Callback earliest = std::move(callbacks_.front());
    callbacks_.erase(callbacks_.begin());
    return earliest;
  }

  bool empty() const { return callbacks_.empty(); }

  /// Leaves nobody behind.
  [[nodiscard]] Waiters TakeAll() { return std::exchange(*this, Waiters()); }

  void CallAll() const {
    for (const Callback& callback : callbacks_) callback();
  }

 private:
  std::vector<Callback> callbacks_;
};

}  // namespace openfc::http
