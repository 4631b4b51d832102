#pragma once

#include "emulator/custom/port_table.h"
#include "emulator/custom/server_probe.h"
#include "emulator/function_definition.h"
#include "emulator/http_client/http_exchange.h"
#include "emulator/platform/carrier.h"
#include "emulator/platform/platform_loop.h"
#include "runtime/base/mutex.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace openfc::emulator {

/// Who is told, on the platform's thread.
struct PushListener {
  std::function<void(InstanceEvent)> when_event;
  std::function<void(std::string reason)> when_unwell;  // It was well once, and is not any more.
  std::function<void(std::string notice)> when_odd;     // For its developer; it works all the same.
};

struct PushOptions {
  std::size_t max_response_bytes = 0;  // Of an event's answer.
};

/// To a custom runtime: its own web server, which is called once it takes connections. As many
/// threads call it as the function's concurrency has it, each over a connection that it keeps;
/// what they learn is posted to the platform's thread.
class PushCarrier final : public Carrier {
 public:
  /// All of these outlive it, and the place's network; made and destroyed on the platform's thread.
  PushCarrier(PlatformLoop& loop, const FunctionDefinition& function, const ServerPlace& place,
              const PushOptions& options, PushListener listener);
  ~PushCarrier() override;

  void Submit(Invocation invocation, std::shared_ptr<AnswerSink> sink) override
      EXCLUDES_LOCK(mutex_);
  bool GiveUp(std::string_view request_id) override EXCLUDES_LOCK(mutex_);
  std::optional<Invocation> Withdraw(std::string_view request_id) override EXCLUDES_LOCK(mutex_);

  /// Its instance never answers for itself.
  std::chrono::seconds Patience() const override { return std::chrono::seconds(0); }
  void Pause() override { probe_->Pause(); }
  void Resume() override { probe_->Resume(); }
  bool IsIdle() const override EXCLUDES_LOCK(mutex_);

 private:
  using Time = std::chrono::steady_clock::time_point;

  struct Job {
    Invocation invocation;
    std::shared_ptr<AnswerSink> sink;
  };
  class Sink;

  void Post(std::function<void()> call);
  void OnReady(const std::string& host, bool is_reachable) EXCLUDES_LOCK(mutex_);
  void StartThreads() EXCLUDES_LOCK(mutex_);

  void Serve(const std::stop_token& stop) EXCLUDES_LOCK(mutex_);
  std::optional<Job> Take(HttpExchange& exchange, const std::stop_token& stop)
      EXCLUDES_LOCK(mutex_);
  void Carry(Job job, HttpExchange& exchange) EXCLUDES_LOCK(mutex_);
  void CancelFor(const std::string& request_id) EXCLUDES_LOCK(mutex_);

  void OnEnded(const std::string& request_id, Outcome outcome, Time at, bool is_broken);
  void TellBroken();

  PlatformLoop& loop_;
  const FunctionDefinition& function_;
  const ServerPlace place_;
  const PushOptions options_;
  const PushListener listener_;
  const std::size_t most_threads_;

  // The platform thread's.
  std::map<std::string, Answered, std::less<>> broken_;  // May be the death of its instance.
  Alarm broken_alarm_;
  std::shared_ptr<PushCarrier*> self_;  // For posts that arrive when this is gone.

  mutable Mutex mutex_;
  CondVar changed_;
  std::string host_ GUARDED_BY(mutex_);  // Empty: it is not ready.
  std::deque<Job> queue_ GUARDED_BY(mutex_);
  std::map<std::string, HttpExchange*, std::less<>> carried_ GUARDED_BY(mutex_);
  std::size_t untold_ GUARDED_BY(mutex_) = 0;  // Answers posted, and not yet told.
  std::size_t resting_ GUARDED_BY(mutex_) = 0;

  std::unique_ptr<ServerProbe> probe_;
  std::vector<std::jthread> threads_;  // Last: end before the above.
};

}  // namespace openfc::emulator
