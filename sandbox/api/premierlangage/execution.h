#pragma once

#include "runtime/base/mutex.h"
#include "runtime/http/responder.h"
#include "sandbox/api/premierlangage/containers.h"
#include "sandbox/api/premierlangage/environments.h"
#include "sandbox/api/premierlangage/execute_config.h"
#include "sandbox/api/premierlangage/execute_report.h"
#include "sandbox/executor/executor.h"
#include "sandbox/service/dialect.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace openfc::sandbox {

/// What all executions stand on; it outlives them.
struct ExecutionGround {
  Ground ground;
  const Environments& environments;
  Containers& containers;
  Limits limits;               // Of each command; the wall time is the command's own.
  double budget_seconds = 10;  // Of all commands of a request together.
};

/// One request for /execute/: a workspace, its commands one after the other, and the answer. It
/// keeps itself alive until then, and goes from the workers to the executor and back.
class Execution : public std::enable_shared_from_this<Execution> {
 public:
  /// `uploaded` is the environment that came along.
  Execution(const ExecutionGround& ground, ExecuteConfig config,
            std::optional<std::string> uploaded, http::Responder responder)
      : ground_(ground),
        config_(std::move(config)),
        uploaded_(std::move(uploaded)),
        responder_(std::move(responder)) {}

  /// Once; it must be owned by a shared_ptr.
  void Start();

 private:
  using Clock = std::chrono::steady_clock;

  void OnContainer(std::shared_ptr<Containers::Lease> lease);
  void Prepare();
  std::optional<Refusal> FillWorkspace();
  void RunNext();
  /// False: it could not be taken, and is reported.
  bool Submit(const ShellCommand& command, double seconds, const std::string& seconds_text);
  /// Whether the next command runs.
  bool Take(const ShellCommand& command, CommandReport report);
  void OnEnd(const RunOutcome& outcome, const std::string& seconds_text, Clock::time_point began);
  void Finish();
  void ReadResult();
  void Save();
  void Answer(http::Response response);
  void LetGo();

  void OnClientGone() EXCLUDES_LOCK(mutex_);
  bool IsClientGone() EXCLUDES_LOCK(mutex_);
  void SetHandle(std::uint64_t number, const std::shared_ptr<RunHandle>& handle)
      EXCLUDES_LOCK(mutex_);
  /// Its run has ended; a handle may keep more alive than itself.
  void DropHandle() EXCLUDES_LOCK(mutex_);

  const ExecutionGround& ground_;
  const ExecuteConfig config_;
  std::optional<std::string> uploaded_;
  http::Responder responder_;

  // One thread after the other.
  std::shared_ptr<Containers::Lease> lease_;
  std::shared_ptr<Workspace> workspace_;
  Clock::time_point began_;
  std::size_t next_ = 0;
  double used_seconds_ = 0;
  ExecuteReport report_;

  Mutex mutex_;
  bool is_client_gone_ GUARDED_BY(mutex_) = false;
  std::uint64_t run_ GUARDED_BY(mutex_) = 0;  // Another number for each, and for none.
  // Shared with who cancels it while it ends.
  std::shared_ptr<RunHandle> handle_ GUARDED_BY(mutex_);
};

/// A plain answer, in the original's type. No browser runs what a client's words make of it.
http::Response TextAnswer(int status, std::string text);

/// What the original says when no container is free in time.
http::Response OverloadedAnswer();

}  // namespace openfc::sandbox
