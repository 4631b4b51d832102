#pragma once

#include "emulator/custom/port_table.h"
#include "emulator/function_definition.h"
#include "emulator/instance.h"
#include "emulator/instance_environment.h"
#include "emulator/platform/call.h"
#include "emulator/platform/carrier.h"
#include "emulator/platform/hook_command.h"
#include "emulator/platform/platform_loop.h"
#include "emulator/platform/request_logs.h"
#include "emulator/processor_pool.h"
#include "emulator/runtime_api.h"
#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "runtime/http/server.h"
#include "runtime/process/bind_mounts.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

/// What all instances of one function have in common.
struct InstanceModel {
  FunctionDefinition function;
  Identity identity = {};
  PlatformLimits limits = PlatformLimits::kEnforced;
  std::string code_source = {};                 // What is watched for changes: folder or package.
  std::string code_checksum = {};               // As callers are told; empty: they are not.
  std::vector<BindMount> mounts = {};           // What it sees at other paths.
  std::string rloader;                          // Path of the program.
  std::optional<std::string> bootstrap = {};    // The program in the runtime's place.
  Variables own_environment = {};               // fclocal's own.
  std::chrono::milliseconds freeze_after{500};  // Idle for so long, it is frozen,
  std::chrono::seconds stop_after{600};         // and stopped.
  std::chrono::seconds start_time{120};         // For its first poll, or a custom runtime's port.
};

/// Whether both make the same instances of the same code, under the same name.
bool IsSameFunction(const InstanceModel& one, const InstanceModel& other);

/// What an instance needs of the platform; all of it outlives the instance.
struct InstanceSurroundings {
  PlatformLoop& loop;
  http::Server& server;
  RequestLogs& logs;
  PortTable& ports;
  ProcessorPool& processors;
};

class LiveInstance;

/// Who has an instance, and is told of it. On the platform's thread; within these calls the
/// instance must not be destroyed.
class InstanceOwner {
 public:
  /// It has room for a call (again).
  virtual void OnRoom(LiveInstance& instance) = 0;

  /// A call that never reached the function, because its instance ended: for another instance.
  virtual void OnReturned(Call call) = 0;

  virtual void OnFinished(const Call& call, const CallResult& result) = 0;

  /// What it wrote, as it came.
  virtual void OnLog(const LiveInstance& instance, std::string_view bytes) = 0;

  /// Nothing of it is left; the last call.
  virtual void OnGone(LiveInstance& instance) = 0;

 protected:
  ~InstanceOwner() = default;
};

/// One instance of a function from its start to its end: it is initialized, takes calls up to the
/// function's concurrency, stands still (SIGSTOP) while nobody calls, goes on with the next call,
/// and ends on demand, after a long idle time, or with a failure. Hooks run at their turns. Calls
/// whose process dies or whose time is over are answered for it.
class LiveInstance {
 public:
  enum class State { kStarting, kReady, kFrozen, kStopping, kGone };

  static Expected<std::unique_ptr<LiveInstance>> Start(std::shared_ptr<const InstanceModel> model,
                                                       const InstanceSurroundings& surroundings,
                                                       InstanceOwner& owner);
  ~LiveInstance();
  LiveInstance(const LiveInstance&) = delete;
  LiveInstance& operator=(const LiveInstance&) = delete;

  const std::string& id() const { return setting_.instance_id; }
  pid_t pid() const { return process_->pid(); }
  /// What it has started: pid(), and a hook that runs beside it.
  std::vector<pid_t> Pids() const;
  State state() const { return state_; }
  bool is_retired() const { return is_retired_; }
  std::size_t in_flight() const { return calls_ + waiting_.size(); }
  std::uint64_t invocations() const { return invocations_; }
  std::chrono::system_clock::time_point started_at() const { return started_at_; }

  /// Looked at again when it is older than a moment.
  std::int64_t PeakMemoryBytes();

  bool HasRoom() const;

  /// Whether it has this call, and has not answered it.
  bool IsServing(std::string_view request_id) const { return entries_.contains(request_id); }

  /// Only while it has room.
  void Run(Call call);

  /// Takes no further calls, finishes those it has, and ends. Again: without effect.
  void Retire();

  /// Ends soon, whatever is in flight: it is told to, and killed after a grace. Again: at once.
  void Stop();

 private:
  using Time = Deadline::Clock::time_point;

  /// A call, or a hook, of which the answer is awaited.
  struct Entry {
    InvocationType type = InvocationType::kInvoke;
    Call call = {};  // Of an invocation.
    std::chrono::seconds timeout{0};
    std::optional<Time> delivered = {};
    std::unique_ptr<Alarm> deadline = {};
  };

  LiveInstance(std::shared_ptr<const InstanceModel> model, const InstanceSurroundings& surroundings,
               InstanceOwner& owner);
  Status Begin();
  Status BeginPolled();
  Status BeginPushed();
  Status BeginProcess();
  InstanceOptions OptionsFor(std::vector<std::string> command) const;

  void Submit(Invocation invocation, Entry entry);
  void SubmitCall(Call call);
  void RunHook(InvocationType type, const HookDefinition& hook);
  void RunHookCommand(InvocationType type, const HookDefinition& hook);

  void OnEvent(InstanceEvent event);
  void OnDelivered(const Delivered& delivered);
  void OnAnswered(Answered answered);
  void OnHookDone(InvocationType type, Outcome outcome);
  void OnInitFailed(Failure failure);
  void OnDeadline(const std::string& request_id);
  void OnExit();
  void OnIdle();

  void Answer(Entry entry, Outcome outcome, Time end);
  void Finish(Entry entry, CallResult result);
  void FailWaiting(const FunctionError& error);
  void FailStart(const PlatformError& error);
  void SettleAfterDeath();
  Failure FailureOfDeath(const Entry& entry) const;
  bool WasOutOfMemory() const;
  std::string LogOf(const std::string& request_id);
  void ReadLog();
  void Say(const std::string& notice);

  void AfterCall();
  void Wake();
  void End();
  void EndByHook();
  void Kill();

  const std::shared_ptr<const InstanceModel> held_;  // Its function's may be another by now.
  const InstanceModel& model_ = *held_;
  const InstanceSurroundings surroundings_;
  InstanceOwner& owner_;
  const std::chrono::system_clock::time_point started_at_ = std::chrono::system_clock::now();
  InstanceSetting setting_;
  State state_ = State::kStarting;
  bool is_retired_ = false;
  bool was_polled_ = false;  // The program asked for work, once at least.
  bool is_initialized_ = false;
  bool is_ready_to_freeze_ = false;  // The pre-freeze hook has run since the last call.
  std::uint64_t invocations_ = 0;
  std::map<std::string, Entry, std::less<>> entries_;  // Handed to the carrier, unanswered.
  std::size_t calls_ = 0;                              // Those of them that are no hooks.
  std::deque<Call> waiting_;                           // For the initializer.
  std::optional<Failure> death_;  // What took the others down, once it is known.
  std::int64_t peak_memory_bytes_ = 0;
  Time sampled_{};
  std::string last_words_;  // The end of the log.
  LogSorter sorter_;

  std::optional<Deadline> settle_by_;  // It has ended: what it said is being told.
  std::unique_ptr<PortLease> lease_;   // Of a custom runtime.
  std::unique_ptr<ProcessorLease> processors_;
  std::unique_ptr<Carrier> carrier_;
  UniqueFd log_;
  std::unique_ptr<Instance> process_;
  std::unique_ptr<HookCommand> hook_command_;  // While one runs.
  std::unique_ptr<FdWatch> exit_watch_;
  std::unique_ptr<FdWatch> log_watch_;
  Alarm start_alarm_;  // It must take work by then.
  Alarm idle_alarm_;   // To freeze, then to stop it.
  Alarm kill_alarm_;   // The next round of killing it.
};

}  // namespace openfc::emulator
