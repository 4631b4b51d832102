#include "runtime/base/before_wait.h"

#include <utility>

namespace openfc {
namespace {

thread_local GivesUpBeforeWait* of_this_thread = nullptr;

}  // namespace

GivesUpBeforeWait::GivesUpBeforeWait(std::function<void()> give_up) : give_up_(std::move(give_up)) {
  of_this_thread = this;
}

GivesUpBeforeWait::~GivesUpBeforeWait() { of_this_thread = nullptr; }

bool HasToGiveUp() noexcept { return of_this_thread != nullptr && of_this_thread->give_up_; }

void BeforeWait() {
  if (HasToGiveUp()) std::exchange(of_this_thread->give_up_, nullptr)();
}

}  // namespace openfc
