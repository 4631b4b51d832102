// fcsandbox-zygote: a small warm interpreter that forks one child a run. Started by fcsandbox, with
// the socket to it as descriptor 3, and the words LIBRARIES PROFILE STATE.

#include "sandbox/isolation/plan.h"
#include "sandbox/isolation/run_place.h"
#include "sandbox/zygote/init_maker.h"
#include "sandbox/zygote/looker.h"
#include "sandbox/zygote/python_run.h"
#include "sandbox/zygote/zygote.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr int kSocket = 3;

int Refuse(const std::string& why) {
  (void)std::fprintf(stderr, "fcsandbox-zygote: %s\n", why.c_str());
  return EX_CONFIG;
}

/// Before anything else: what a run could use against this process is not there.
void Harden() {
  (void)::fcntl(kSocket, F_SETFD, FD_CLOEXEC);
  (void)::syscall(SYS_close_range, static_cast<unsigned>(kSocket) + 1, ~0U, 0U);
  // Its children are to be killed before the server is. Asked for while it may be: a process that
  // cannot be dumped cannot write here either.
  if (const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); file >= 0) {
    (void)!::write(file, "500", 3);
    ::close(file);
  }
  (void)::prctl(PR_SET_DUMPABLE, 0);
  (void)::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  (void)::signal(SIGPIPE, SIG_IGN);
}

int Main(const std::string& libraries, const std::string& profile_name, const std::string& state) {
  Harden();
  const auto profile = ProfileOf(profile_name);
  if (!profile) return Refuse("there is no profile '" + profile_name + "'");
  auto plan = MakePlan(*profile);
  if (!plan) return Refuse(plan.error().message);
  auto runs = MakeRunsFolder(state);
  if (!runs) return Refuse(runs.error().message);
  if (plan->cgroups) RemoveStaleCgroups(*plan->cgroups, kRunCgroupPrefix);
  std::unique_ptr<InitMaker> inits;
  if (plan->has_namespaces) {
    auto started = InitMaker::Start();
    if (!started) return Refuse(started.error().message);
    inits = *std::move(started);
  }
  const auto looker = Looker::Start();
  if (!looker) return Refuse(looker.error().message);
  auto python = WarmPython::Start(libraries);
  if (!python) return Refuse(python.error().message);
  Premises premises{
      .plan = &*plan, .runs_folder = *std::move(runs), .read_paths = (*python)->read_paths()};
  if (inits) premises.fork_init = std::bind_front(&InitMaker::ForkInit, inits.get());
  Zygote(kSocket, premises, **looker, **python).Serve();
  std::_Exit(0);  // The interpreter has nothing to say at this end.
}

}  // namespace
}  // namespace openfc::sandbox

int main(int count, char** words) try {
  if (count != 4) return openfc::sandbox::Refuse("is started by fcsandbox alone");
  return openfc::sandbox::Main(words[1], words[2], words[3]);
} catch (const std::exception& failure) {
  return openfc::sandbox::Refuse(failure.what());
}
