#include "sandbox/commands/engine_setup.h"

#include "runtime/process/proc_files.h"
#include "sandbox/isolation/remove_tree.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace openfc::sandbox {
namespace {

Expected<std::string> MakeOwnState() {
  std::string folder = "/tmp/fcsandbox-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr)
    return SystemError("cannot make a folder in /tmp", errno);
  (void)::chmod(folder.c_str(), 0711);
  return folder;
}

}  // namespace

ReadyEngine::~ReadyEngine() {
  engine.reset();
  if (!own_state.empty()) (void)RemoveTree(own_state);
}

Expected<ReadyEngine> SetUpEngine(const EngineWords& words) {
  const auto choice = ParseIsolation(words.isolation);
  if (!choice) return choice.error();
  ReadyEngine ready;
  std::string state = words.state;
  if (state.empty()) {
    auto own = MakeOwnState();
    if (!own) return own.error();
    ready.own_state = *own;
    state = *std::move(own);
  }
  ready.state = state;
  auto chosen = ChooseIsolation(*choice, state);
  if (!chosen) return chosen.error();
  // Runs of the same user may neither read this process nor what it holds.
  (void)::prctl(PR_SET_DUMPABLE, 0);
  ready.report = chosen->report;
  if (chosen->plan.has_own_users) {
    auto users = ClaimUserRange(ReadSmallFile("/proc/self/uid_map").value_or(""));
    if (!users) return users.error();
    ready.users = *std::move(users);
  }
  auto engine = Engine::Start({.zygote_program = ProgramBesideThis("fcsandbox-zygote"),
                               .isolation = LevelOf(chosen->report),
                               .first_user = ready.users.first,
                               .user_count = ready.users.count,
                               .state = state,
                               .caps = WidestLimits(),
                               .run_capacity = words.runs,
                               .queue_capacity = words.queue,
                               .has_data = words.has_data});
  if (!engine) return engine.error();
  ready.engine = *std::move(engine);
  return ready;
}

int ExitCodeOf(const Error& error) {
  return error.code == ErrorCode::kInvalidArgument ? EX_USAGE : EX_CONFIG;
}

IsolationLevel LevelOf(const IsolationReport& report) {
  IsolationLevel level{.profile = std::string(NameOf(report.profile)), .missing = {}};
  for (const PropertyState& state : report.properties) {
    if (!state.IsKept()) level.missing.push_back(NumberOf(state.property));
  }
  return level;
}

}  // namespace openfc::sandbox
