#include "sandbox/engine/engine.h"

#include "sandbox/engine/engine_thread.h"
#include "sandbox/engine/workspaces.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr std::chrono::seconds kStartPatience{60};

/// A folder that everybody may pass through and nobody may list.
Expected<std::string> MakeWorkspacesFolder(const std::string& state) {
  std::string folder = state + "/workspaces";
  if (::mkdir(folder.c_str(), 0711) != 0 && errno != EEXIST) {
    return SystemError("cannot make '" + folder + "'", errno);
  }
  if (::chmod(folder.c_str(), 0711) != 0) return SystemError("cannot shut '" + folder + "'", errno);
  return folder;
}

/// Asks the engine's thread to end a run, as long as there is one.
class JobHandle : public RunHandle {
 public:
  JobHandle(std::weak_ptr<EngineMail> mail, std::uint64_t id) : mail_(std::move(mail)), id_(id) {}
  void Cancel() override {
    if (const auto mail = mail_.lock()) mail->Cancel(id_);
  }

 private:
  const std::weak_ptr<EngineMail> mail_;
  const std::uint64_t id_;
};

class ZygoteEngine : public Engine {
 public:
  ZygoteEngine(EngineOptions options, std::string workspaces)
      : options_(std::move(options)),
        workspaces_(std::move(workspaces)),
        users_(std::make_shared<UserPool>(options_.first_user, options_.user_count)),
        mail_(std::make_shared<EngineMail>(options_.run_capacity + options_.queue_capacity)),
        thread_(options_, users_, mail_) {}

  Status AwaitWarm() { return thread_.AwaitWarm(Deadline::After(kStartPatience)); }

  Expected<std::unique_ptr<RunHandle>> Submit(RunRequest request, RunEvents events) override {
    if (const Status within = CheckLimits(request.limits, options_.caps); !within) {
      return within.error();
    }
    const auto id = mail_->Submit(std::move(request), std::move(events));
    if (!id) return id.error();
    return std::unique_ptr<RunHandle>(std::make_unique<JobHandle>(mail_, *id));
  }

  Expected<std::shared_ptr<Workspace>> MakeWorkspace() override {
    return MakeWorkspaceIn(workspaces_, users_);
  }

  IsolationLevel isolation() const override { return options_.isolation; }

  ExecutorLoad load() const override {
    ExecutorLoad load = mail_->load();
    load.run_capacity = options_.run_capacity;
    load.queue_capacity = options_.queue_capacity;
    return load;
  }

  std::vector<std::string> InstalledLibraries(Libraries libraries) const override {
    return thread_.FoundLibraries(libraries);
  }

  std::vector<pid_t> ZygotePids() const override { return thread_.ZygotePids(); }

 private:
  const EngineOptions options_;
  const std::string workspaces_;
  const std::shared_ptr<UserPool> users_;
  const std::shared_ptr<EngineMail> mail_;
  EngineThread thread_;  // Last: it ends before what it uses.
};

}  // namespace

Expected<std::unique_ptr<Engine>> Engine::Start(EngineOptions options) {
  auto workspaces = MakeWorkspacesFolder(options.state);
  if (!workspaces) return workspaces.error();
  auto engine = std::make_unique<ZygoteEngine>(std::move(options), *std::move(workspaces));
  if (const Status warm = engine->AwaitWarm(); !warm) return warm.error();
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace openfc::sandbox
