#pragma once

#include "emulator/platform/deliveries.h"
#include "emulator/platform/function_table.h"
#include "emulator/platform/invoke_api.h"
#include "emulator/platform/platform_loop.h"
#include "emulator/platform/task_documents.h"
#include "emulator/tasks/task_queue.h"
#include "runtime/base/error.h"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace openfc::emulator {

/// The asynchronous invocations of a platform: taken durably, run as there is room for them, tried
/// again when they fail, and their results sent on (fc-platform.md, 7.4). What runs when this
/// process ends is run again by the next one with the same folder. On the platform's thread.
class AsyncInvocations final : public AsyncSink {
 public:
  /// All outlive it. `folder`: where the queue is; what a destination's `file:PATH` is relative to
  /// is `base_folder`.
  AsyncInvocations(const FunctionTable& functions, PlatformLoop& loop, std::string folder,
                   std::string base_folder);

  /// Goes on with what an earlier process has left, if anything; the functions are there by now.
  void Begin();

  void Take(FunctionPool& pool, Call call, std::string task_id, Told told) override;

  /// From now on nothing is started, and what becomes of what runs is not looked at: the next
  /// process runs it again.
  void Stop() { is_stopped_ = true; }

  /// An instance may have become free.
  void OnRoom();

  /// The queue, for those who look at it. kSystem and others with a sentence when it cannot be
  /// opened.
  Expected<TaskQueue*> Queue();

  /// Ends a task of a function, also while it runs. kInvalidArgument when there is none that could
  /// be.
  Status StopTask(FunctionPool& pool, const std::string& task_id);

 private:
  struct Newcomer {
    NewTask task;
    Told told;
  };
  /// An attempt that is under way.
  struct Attempt {
    std::string request_id;
    std::shared_ptr<bool> is_unwanted = {};
  };

  void PostPump();
  void Pump();
  void TakeIn();
  void ExpireOverdue(TaskQueue& queue);
  bool StartDue(TaskQueue& queue);
  bool StartFor(TaskQueue& queue, const std::string& name);
  void Run(FunctionPool& pool, Task task);
  void OnDone(FunctionPool& pool, std::int64_t key, CallResult result);
  void SetAlarm(TaskQueue& queue);
  void Send(Task letter);
  void OnSent(const std::string& function, std::int64_t key, const AttemptEnd& end);
  FunctionPool* PoolOf(const std::string& name) const;

  const FunctionTable& functions_;
  PlatformLoop& loop_;
  const std::string folder_;
  std::unique_ptr<TaskQueue> queue_;  // Null until it is needed.
  bool is_stopped_ = false;
  bool is_pump_posted_ = false;
  std::vector<Newcomer> newcomers_;
  std::map<std::string, std::map<std::int64_t, Attempt>> running_;  // By function, and task's key.
  Alarm alarm_;  // When something is due, or expires, next.
  Deliveries deliveries_;
};

}  // namespace openfc::emulator
