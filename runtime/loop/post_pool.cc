#include "runtime/loop/post_pool.h"

#include "runtime/base/log.h"

#include <system_error>
#include <utility>

namespace openfc {

PostPool::~PostPool() {
  std::vector<std::jthread> threads;
  {
    const MutexLock lock(mutex_);
    is_ending_ = true;
    threads = std::move(threads_);
  }
  changed_.NotifyAll();
}

void PostPool::Post(Answer answer) {
  if (HandOver(answer)) return;
  open_()->Post(std::move(answer));
  when_posted_();
}

bool PostPool::HandOver(Answer& answer) {
  const MutexLock lock(mutex_);
  if (idle_ <= waiting_.size() && threads_.size() < limit_) {
    try {
      threads_.emplace_back([this] { Run(); });
    } catch (const std::system_error& error) {
      LogError("thread_not_started purpose=post cause=\"{}\"", error.what());
    }
  }
  if (threads_.empty()) return false;
  waiting_.push_back(std::move(answer));
  changed_.NotifyOne();
  return true;
}

void PostPool::Run() {
  const auto api = open_();
  mutex_.Lock();
  while (true) {
    if (!waiting_.empty()) {
      Answer answer = std::move(waiting_.front());
      waiting_.pop_front();
      mutex_.Unlock();
      api->Post(std::move(answer));
      when_posted_();
      mutex_.Lock();
      continue;
    }
    if (is_ending_) break;
    ++idle_;
    changed_.Wait(mutex_);
    --idle_;
  }
  mutex_.Unlock();
}

}  // namespace openfc
