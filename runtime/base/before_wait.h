#pragma once

#include <functional>

namespace openfc {

/// What this thread gives up before it waits for the network, because others could use it
/// meanwhile: a lock that it holds across what normally does not wait.
///
/// For its scope `give_up` is called, once, by the first BeforeWait() in this thread. Scopes do not
/// nest.
class GivesUpBeforeWait {
 public:
  explicit GivesUpBeforeWait(std::function<void()> give_up);
  ~GivesUpBeforeWait();
  GivesUpBeforeWait(const GivesUpBeforeWait&) = delete;
  GivesUpBeforeWait& operator=(const GivesUpBeforeWait&) = delete;

 private:
  friend bool HasToGiveUp() noexcept;
  friend void BeforeWait();

  std::function<void()> give_up_;
};

/// Whether BeforeWait() would do something: then it is worth to try first without waiting.
bool HasToGiveUp() noexcept;

/// To be called before a wait that may be long.
void BeforeWait();

}  // namespace openfc
