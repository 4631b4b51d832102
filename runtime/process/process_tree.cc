#include "runtime/process/process_tree.h"

#include "runtime/process/proc_files.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>

namespace openfc {
namespace {

/// The descendants of `root` among `processes`, zombies included: a zombie's children are not its
/// own any more, but those of its living threads' are.
std::vector<ProcessEntry> DescendantsAmong(const std::vector<ProcessEntry>& processes, pid_t root) {
  std::multimap<pid_t, ProcessEntry> children;
  for (const ProcessEntry& entry : processes) children.emplace(entry.parent, entry);
  std::vector<ProcessEntry> found;
  std::set<pid_t> seen = {root};  // Numbers are reused while we look: no circles.
  std::vector<pid_t> open = {root};
  while (!open.empty()) {
    const auto [first, last] = children.equal_range(open.back());
    open.pop_back();
    for (auto child = first; child != last; ++child) {
      if (!seen.insert(child->second.pid).second) continue;
      found.push_back(child->second);
      open.push_back(child->second.pid);
    }
  }
  return found;
}

std::vector<ProcessEntry> LivingAmong(const std::vector<ProcessEntry>& processes, pid_t root) {
  std::vector<ProcessEntry> entries = DescendantsAmong(processes, root);
  std::erase_if(entries, [](const ProcessEntry& entry) { return !entry.is_alive; });
  return entries;
}

std::vector<ProcessEntry> LivingEntries(pid_t root) { return LivingAmong(ReadProcesses(), root); }

/// Reaches exactly the process that was seen, and gives its pidfd; nothing when it is gone.
UniqueFd Send(const ProcessEntry& seen, int signal) {
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, seen.pid, 0)));
  if (!pidfd.is_open()) return pidfd;
  const auto now = ReadProcess(seen.pid);
  if (!now || now->start_ticks != seen.start_ticks) return UniqueFd();
  ::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0);
  return pidfd;
}

/// The process groups of which every living member is among `doomed`.
std::set<pid_t> GroupsOf(const std::vector<ProcessEntry>& doomed,
                         const std::vector<ProcessEntry>& processes) {
  std::set<pid_t> pids;
  std::set<pid_t> groups;
  for (const ProcessEntry& entry : doomed) {
    pids.insert(entry.pid);
    if (entry.group > 1) groups.insert(entry.group);
  }
  for (const ProcessEntry& entry : processes) {
    if (entry.is_alive && !pids.contains(entry.pid)) groups.erase(entry.group);
  }
  groups.erase(::getpgrp());
  return groups;
}

/// Kills them, with whoever they have forked since they were seen: a whole group at once, which
/// nobody in it outruns. Gives the pidfds of those that were still there.
std::vector<UniqueFd> KillAll(const std::vector<ProcessEntry>& doomed,
                              const std::vector<ProcessEntry>& processes) {
  for (const pid_t group : GroupsOf(doomed, processes)) ::kill(-group, SIGKILL);
  std::vector<UniqueFd> killed;
  for (const ProcessEntry& entry : doomed) {
    UniqueFd pidfd = Send(entry, SIGKILL);
    if (pidfd.is_open()) killed.push_back(std::move(pidfd));
  }
  return killed;
}

/// Every descendant of `root` that lives now; gives their pidfds.
std::vector<UniqueFd> KillLiving(pid_t root) {
  const std::vector<ProcessEntry> processes = ReadProcesses();
  return KillAll(LivingAmong(processes, root), processes);
}

/// Until the first of them has ended.
void AwaitAny(const std::vector<UniqueFd>& pidfds, Deadline deadline) {
  std::vector<pollfd> entries;
  entries.reserve(pidfds.size());
  for (const UniqueFd& pidfd : pidfds) {
    entries.push_back({.fd = pidfd.get(), .events = POLLIN, .revents = 0});
  }
  if (!entries.empty()) ::poll(entries.data(), entries.size(), deadline.PollTimeout());
}

bool HasChildren() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

/// The next zombie of ours, still unreaped; 0: none.
pid_t PeekZombie() {
  siginfo_t info{};
  if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0) return 0;
  return info.si_pid;
}

}  // namespace

Status BecomeSubreaper() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0) return Ok();
  return SystemError("cannot become the reaper of orphans", errno);
}

std::vector<pid_t> LivingDescendants(pid_t root) {
  std::vector<pid_t> pids;
  const std::vector<ProcessEntry> entries = LivingEntries(root);
  pids.reserve(entries.size());
  for (const ProcessEntry& entry : entries) pids.push_back(entry.pid);
  return pids;
}

bool SignalChildOf(pid_t parent, pid_t pid, int signal) {
  if (pid <= 0) return false;
  const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd.is_open()) return false;
  const auto entry = ReadProcess(pid);
  if (!entry || entry->parent != parent) return false;
  return ::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0) == 0;
}

void ReapAll(Child* own) {
  while (const pid_t zombie = PeekZombie()) {
    if (own != nullptr && own->pid() == zombie) {
      (void)own->TryReap();
    } else {
      ::waitpid(zombie, nullptr, WNOHANG | __WALL);
    }
  }
}

Status KillDescendants(Deadline deadline, Child* own) {
  ReapAll(own);
  // What lives below a subreaper ends up as its child: without children nothing is left, exactly.
  while (HasChildren()) {
    AwaitAny(KillLiving(::getpid()), deadline);
    ReapAll(own);
    if (deadline.HasPassed() && HasChildren()) {
      return Error{ErrorCode::kUnavailable, std::to_string(LivingDescendants(::getpid()).size()) +
                                                " processes cannot be killed"};
    }
  }
  return Ok();
}

bool TryKillDescendants(Child* own) {
  ReapAll(own);
  if (!HasChildren()) return true;
  (void)KillLiving(::getpid());
  ReapAll(own);
  return !HasChildren();
}

bool TryKillTree(Child& root) {
  if (root.TryReap()) return true;
  if (KillLiving(root.pid()).empty()) (void)root.Signal(SIGKILL);
  return root.TryReap().has_value();
}

bool TryKillOrphans(const std::set<pid_t>& own) {
  const std::vector<ProcessEntry> processes = ReadProcesses();
  std::vector<ProcessEntry> orphans;
  std::vector<ProcessEntry> doomed;
  for (const ProcessEntry& entry : processes) {
    if (entry.parent != ::getpid() || own.contains(entry.pid)) continue;
    orphans.push_back(entry);
    if (!entry.is_alive) continue;
    const std::vector<ProcessEntry> below = LivingAmong(processes, entry.pid);
    doomed.insert(doomed.end(), below.begin(), below.end());
    doomed.push_back(entry);
  }
  (void)KillAll(doomed, processes);
  for (const ProcessEntry& entry : orphans) ::waitpid(entry.pid, nullptr, WNOHANG | __WALL);
  // What was below them may come to us only now: another round will tell.
  return orphans.empty();
}

void SignalTree(Child& root, int signal) {
  std::vector<ProcessEntry> entries = LivingEntries(root.pid());
  std::sort(entries.begin(), entries.end(), [](const ProcessEntry& one, const ProcessEntry& two) {
    return one.start_ticks < two.start_ticks;
  });
  if (signal == SIGCONT) std::reverse(entries.begin(), entries.end());
  if (signal != SIGCONT) (void)root.Signal(signal);
  for (const ProcessEntry& entry : entries) (void)Send(entry, signal);
  if (signal == SIGCONT) (void)root.Signal(signal);
}

TreeMemory ReadTreeMemory(pid_t root) {
  TreeMemory sum;
  std::vector<pid_t> pids = LivingDescendants(root);
  pids.push_back(root);
  for (const pid_t pid : pids) {
    const ProcessMemory memory = ReadProcessMemory(pid);
    sum.resident_bytes += memory.resident_bytes;
    sum.peak_bytes += memory.peak_bytes;
  }
  return sum;
}

}  // namespace openfc
