#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/process/child.h"

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <vector>

namespace openfc {

/// The orphans of our descendants become our children from here on, wherever they went with setsid,
/// so that whole trees can be killed and their zombies reaped. PID 1 is it anyway.
Status BecomeSubreaper();

/// The living (not zombie) descendants of `root`, without itself, by one look through /proc. A tree
/// that changes meanwhile may show a process twice or not at all.
std::vector<pid_t> LivingDescendants(pid_t root);

/// Sends `signal` to `pid` if that is a child of `parent`, and never to another process that has
/// got the same number; false when it is not. What has ended and was not reaped yet is still a
/// child.
bool SignalChildOf(pid_t parent, pid_t pid, int signal);

/// Reaps every child of ours that has ended. The end of `own`, if it is among them, is kept there;
/// a process with other Childs must not call this.
void ReapAll(Child* own);

/// Kills every descendant of this process, which must be a subreaper, and reaps them, until none is
/// left: kUnavailable when some are when the deadline passes (a process that hangs in the kernel,
/// a fork bomb without a limit). `own` as in ReapAll(); it is killed too.
Status KillDescendants(Deadline deadline, Child* own);

/// One round of that, without waiting: true when nothing is left. Call it again when a child of
/// ours has ended (SIGCHLD), and after a short while, because a process may have forked in between.
bool TryKillDescendants(Child* own);

/// The same for one of several trees: kills the living descendants of `root`, and `root` itself in
/// a round that finds none. True once it has ended. What was below it may have become our child
/// meanwhile: TryKillOrphans().
bool TryKillTree(Child& root);

/// One round of killing and reaping every child of ours that is none of `own`, with all below it:
/// orphans of trees that have ended. True when none is left.
bool TryKillOrphans(const std::set<pid_t>& own);

/// Sends `signal` to the living descendants of `root`, a child of ours, and to itself, in the order
/// of their birth (SIGCONT: the other way round). A tree that changes meanwhile may be missed in
/// part.
void SignalTree(Child& root, int signal);

/// Memory of `root` and its living descendants together; what several processes share counts for
/// each of them.
struct TreeMemory {
  std::int64_t resident_bytes = 0;  // Now.
  std::int64_t peak_bytes = 0;      // The sum of what each had at its own peak.
};
TreeMemory ReadTreeMemory(pid_t root);

}  // namespace openfc
