#include "runtime/server/slots.h"

#include "runtime/base/log.h"
#include "runtime/server/flight.h"

#include <system_error>
#include <utility>

namespace openfc {

void Slots::Run() {
  Serve();
  while (true) {
    std::vector<std::jthread> threads;
    {
      const MutexLock lock(mutex_);
      threads.swap(threads_);
    }
    if (threads.empty()) return;
  }
}

void Slots::Serve() {
  while (auto popped = queue_.Pop()) {
    Call& call = popped->call;
    if (!call.flight->BeginRun(Permit(queue_))) continue;
    if (popped->leaves_nobody) StartThread();
    call.flight.reset();
    dispatcher_.Submit(std::move(call.invocation), std::move(call.reply));
  }
}

/// From a slot's thread and not the server's, whose signals are all blocked.
void Slots::StartThread() {
  if (most_ <= 1) return;
  const MutexLock lock(mutex_);
  if (threads_.size() + 1 >= most_) return;
  try {
    threads_.emplace_back([this] { Serve(); });
  } catch (const std::system_error& error) {
    LogError("thread_not_started purpose=slot cause=\"{}\"", error.what());
  }
}

}  // namespace openfc
