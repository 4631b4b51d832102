#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/mutex.h"
#include "sandbox/engine/engine.h"
#include "sandbox/engine/engine_mail.h"
#include "sandbox/engine/workspaces.h"
#include "sandbox/engine/zygote_process.h"

#include <poll.h>

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace openfc::sandbox {

/// All that moves: zygotes, pipes and jobs, in one thread.
class EngineThread {
 public:
  /// `options` must outlive it.
  EngineThread(const EngineOptions& options, std::shared_ptr<UserPool> users,
               std::shared_ptr<EngineMail> mail);
  ~EngineThread();
  EngineThread(const EngineThread&) = delete;
  EngineThread& operator=(const EngineThread&) = delete;

  /// Until every zygote has said that it is ready, or one has ended before.
  Status AwaitWarm(Deadline deadline) EXCLUDES_LOCK(mutex_);

  std::vector<std::string> FoundLibraries(Libraries libraries) const EXCLUDES_LOCK(mutex_);
  std::vector<pid_t> ZygotePids() const EXCLUDES_LOCK(mutex_);

 private:
  /// What other threads may know of a zygote.
  struct Known {
    pid_t pid = -1;
    bool is_ready = false;
    std::string libraries;
    std::string failure;  // Of the last start; empty: none.
  };
  struct Zygote {
    Libraries libraries = Libraries::kLean;
    std::unique_ptr<ZygoteProcess> process;
    int deaths_before_ready = 0;
    bool is_ready = false;
  };
  struct Running {
    std::unique_ptr<Job> job;
    Zygote* zygote = nullptr;
    std::optional<uid_t> lent;  // To be given back.
    UniqueFd main;              // A pidfd of its first process, once it is known.
    Deadline overdue;           // When its zygote has not ended it in time.
  };

  void Run(const std::stop_token& stop);
  void Wait(Deadline until);
  void TakeLetters();
  void StartWaiting();
  void StartJob(std::unique_ptr<Job> job);
  void Cancel(std::uint64_t id);
  void HearZygote(Zygote& zygote);
  void TakeNotice(Zygote& zygote, const Notice& notice);
  static void NoteStarted(Running& running, pid_t main);
  Deadline NextOverdue() const;
  void KillOverdue();
  void EndJob(std::uint64_t id, const Notice& verdict);
  void Bury(Zygote& zygote);
  void StartZygote(Zygote& zygote) EXCLUDES_LOCK(mutex_);
  void EndAll();
  Zygote& ZygoteFor(Libraries libraries);
  Known& KnownOf(Libraries libraries) REQUIRES_LOCK(mutex_);

  const EngineOptions& options_;
  const std::shared_ptr<UserPool> users_;
  const std::shared_ptr<EngineMail> mail_;
  std::vector<std::unique_ptr<Zygote>> zygotes_;
  std::deque<std::unique_ptr<Job>> waiting_;
  std::map<std::uint64_t, Running> running_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::array<Known, 2> known_ GUARDED_BY(mutex_);
  std::jthread thread_;  // Last: it ends before what it uses.
};

}  // namespace openfc::sandbox
