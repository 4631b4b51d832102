#pragma once

#include "sandbox/executor/executor.h"
#include "tests/fakes/temp_dir.h"

#include <unistd.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace openfc::testing {

/// An executor that runs nothing: a test reads what was submitted, and says what becomes of it.
class FakeExecutor : public sandbox::Executor {
 public:
  /// One run that was taken.
  struct Taken {
    sandbox::RunRequest request;
    sandbox::RunEvents events;
    bool is_over = false;
  };

  /// Answers runs at once, within Submit(), where there is one.
  using Script = std::function<sandbox::RunOutcome(const sandbox::RunRequest&)>;

  FakeExecutor() = default;
  explicit FakeExecutor(Script script) : script_(std::move(script)) {}

  Expected<std::unique_ptr<sandbox::RunHandle>> Submit(sandbox::RunRequest request,
                                                       sandbox::RunEvents events) override {
    auto taken = std::make_shared<Taken>(Taken{std::move(request), std::move(events)});
    {
      const std::lock_guard lock(mutex_);
      if (taken_.size() >= capacity_) {
        return Error{ErrorCode::kUnavailable, "as many runs wait as may"};
      }
      taken_.push_back(taken);
    }
    if (script_) End(*taken, script_(taken->request));
    return std::unique_ptr<sandbox::RunHandle>(std::make_unique<Handle>(*this, taken));
  }

  Expected<std::shared_ptr<sandbox::Workspace>> MakeWorkspace() override {
    return std::shared_ptr<sandbox::Workspace>(std::make_shared<Folder>());
  }

  sandbox::IsolationLevel isolation() const override { return {.profile = "none", .missing = {}}; }
  sandbox::ExecutorLoad load() const override { return {}; }
  std::vector<std::string> InstalledLibraries(sandbox::Libraries /*which*/) const override {
    return libraries_;
  }

  void SetCapacity(std::size_t runs) { capacity_ = runs; }
  void SetLibraries(std::vector<std::string> names) { libraries_ = std::move(names); }

  /// What was submitted so far, in order.
  std::vector<std::shared_ptr<Taken>> taken() const {
    const std::lock_guard lock(mutex_);
    return taken_;
  }

  bool IsOver(const Taken& taken) const {
    const std::lock_guard lock(mutex_);
    return taken.is_over;
  }

  /// Tells of the end, unless it was told already.
  void End(Taken& taken, sandbox::RunOutcome outcome) {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(taken.is_over, true)) return;
    }
    taken.events.on_end(std::move(outcome));
  }

 private:
  class Handle : public sandbox::RunHandle {
   public:
    Handle(FakeExecutor& owner, std::shared_ptr<Taken> taken)
        : owner_(owner), taken_(std::move(taken)) {}
    void Cancel() override { owner_.End(*taken_, {.end = sandbox::RunEnd::kCancelled}); }

   private:
    FakeExecutor& owner_;
    std::shared_ptr<Taken> taken_;
  };

  class Folder : public sandbox::Workspace {
   public:
    const std::string& path() const override { return path_; }
    uid_t owner() const override { return ::getuid(); }

   private:
    TempDir folder_;
    std::string path_ = folder_.path().string();
  };

  Script script_;
  std::size_t capacity_ = 1000;
  std::vector<std::string> libraries_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Taken>> taken_;
};

}  // namespace openfc::testing
