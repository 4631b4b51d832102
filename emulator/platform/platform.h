#pragma once

#include "emulator/platform/async_invocations.h"
#include "emulator/platform/code_reload.h"
#include "emulator/platform/control_api.h"
#include "emulator/platform/function_logs.h"
#include "emulator/platform/function_pool.h"
#include "emulator/platform/function_table.h"
#include "emulator/platform/history.h"
#include "emulator/platform/http_triggers.h"
#include "emulator/platform/invoke_api.h"
#include "emulator/platform/live_instance.h"
#include "emulator/platform/live_log.h"
#include "emulator/platform/platform_loop.h"
#include "emulator/platform/request_guard.h"
#include "emulator/platform/request_logs.h"
#include "emulator/platform/service_reload.h"
#include "emulator/platform/signature_guard.h"
#include "emulator/platform/task_api.h"
#include "emulator/platform/timer_triggers.h"
#include "runtime/base/error.h"
#include "runtime/http/server.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

struct PlatformOptions {
  std::vector<InstanceModel> functions;
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the system chooses.
  PoolOptions pool = {};
  PlatformLimits limits = PlatformLimits::kEnforced;
  std::vector<std::string> allowed_hosts = {};
  bool reloads_code = true;
  RefreshCode refresh_code = {};      // When it has changed.
  std::string service_file = {};      // Where the functions stand; empty: they stay as they are.
  ReadFunctions read_functions = {};  // From there, anew.
  std::function<void(const std::string&)> tell = {};  // A sentence, to a person; may be empty.
  std::optional<KeyPair> keys = {};  // With which callers must sign; none: they need not.
  ControlApi::Options control = {};
  std::string state_folder = {};  // Where the queue of asynchronous calls is; empty: none is.
  std::string base_folder = {};   // Of destinations that are files.
  std::string log_folder = {};    // Where the functions' logs are kept; empty: nowhere.
  std::function<void(std::string_view)> hear = {};  // Gets what instances write; may be empty.
  int log_fd = -1;  // What instances write goes there as it comes; borrowed. -1: nowhere.
};

/// The platform on one machine: functions with their instances, and the doors by which they are
/// called. Everything runs on one thread, the HTTP server's; this object is its owner's, who only
/// starts and stops it.
class Platform final : private PoolListener, private ServedFunctions {
 public:
  /// Serves once it returns. Before any other thread that starts processes: this process becomes a
  /// subreaper, whose children are the platform's. kInvalidArgument with a sentence for a port that
  /// is taken.
  static Expected<std::unique_ptr<Platform>> Start(PlatformOptions options);

  /// Stop() must have been called, and have told that it is over; otherwise instances are killed
  /// here, one after the other.
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  std::uint16_t port() const { return server_->port(); }

  /// Has the first function run the call. From any thread.
  void Submit(Call call);

  /// Calls `when_over` on the platform's thread once no instance is there any more, which ends by
  /// itself some time after its last call. From any thread.
  void TellWhenEmpty(std::function<void()> when_over);

  /// Takes no more calls, stops every instance, and calls `when_over` on the platform's thread once
  /// nothing of them is left. From any thread; again: what still runs is killed at once.
  void Stop(std::function<void()> when_over);

 private:
  explicit Platform(PlatformOptions options);
  Status Begin();
  void MakeDoors();
  void WatchCode();
  void WatchServiceFile();
  void AddFunction(InstanceModel model) override;
  void ReplaceFunction(FunctionPool& pool, InstanceModel model) override;
  void RemoveFunction(FunctionPool& pool) override;
  void SweepFunctions();
  void WatchNewCode();
  void Tell(const std::string& sentence) const;
  Status Listen();

  void ServeOnceReady(http::Request request, http::Responder responder);
  void Serve(http::Request request, http::Responder responder);
  void LookAtCode();
  http::Response Refuse(const http::Request& seen, const http::RequestParser::Refusal& refusal);

  void OnFinished(const FunctionPool& pool, const Call& call, const CallResult& result) override;
  void OnLog(const FunctionPool& pool, const LiveInstance& instance,
             std::string_view bytes) override;
  void OnLogEnd(const FunctionPool& pool, const LiveInstance& instance) override;
  void OnInstanceGone() override;

  std::string ShownName(const FunctionPool& pool) const;
  void SweepOrphans();
  void TellIfOver();

  const PlatformOptions options_;
  const RequestGuard guard_;
  const SignatureGuard signatures_;
  std::unique_ptr<PlatformLoop> loop_;
  RequestLogs logs_;
  PortTable ports_;
  ProcessorPool processors_;
  History history_;
  FunctionLogs function_logs_;
  std::unique_ptr<LiveLog> live_log_;
  std::unique_ptr<Alarm> orphan_alarm_;
  std::unique_ptr<http::Server> server_;
  FunctionTable functions_;
  std::unique_ptr<AsyncInvocations> async_;        // Null without a folder for it.
  std::unique_ptr<TimerTriggers> timers_;          // The same.
  std::unique_ptr<CodeReload> reload_;             // Null where code is not watched.
  std::unique_ptr<ServiceReload> service_reload_;  // The same of the s.yaml.
  bool has_looked_at_code_ = false;                // In this round.
  std::unique_ptr<InvokeApi> invoke_api_;
  std::unique_ptr<HttpTriggers> triggers_;
  std::unique_ptr<ControlApi> control_;
  std::function<void()> when_over_;
  std::atomic<bool> is_ready_ = false;
};

}  // namespace openfc::emulator
