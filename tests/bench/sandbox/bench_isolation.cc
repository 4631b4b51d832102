// What the walls around one run cost: a bare fork that exits, against the same behind the walls of
// each profile, round by round. What is made before a run comes is measured apart.

#include "runtime/base/unique_fd.h"
#include "sandbox/isolation/run_place.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::sandbox {
namespace {

using Clock = std::chrono::steady_clock;

/// Microseconds of one thing, over all rounds.
class Figures {
 public:
  void Add(Clock::duration length) {
    all_.push_back(std::chrono::duration<double, std::micro>(length).count());
  }
  double At(std::size_t percent) {
    std::sort(all_.begin(), all_.end());
    return all_.at(all_.size() * percent / 100);
  }

 private:
  std::vector<double> all_;
};

Clock::duration BareFork() {
  const auto begun = Clock::now();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return Clock::now() - begun;
}

/// From the request to the end of a child that did nothing but wall itself in.
Clock::duration WalledFork(RunPlace& place) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) std::abort();
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  const auto begun = Clock::now();
  PlaceRequest request;
  request.may_fork = true;
  request.user = kFirstUser;
  if (!place.Furnish(request) || !place.BeginForking()) std::abort();
  const pid_t child = ::fork();
  if (child == 0) {
    int report = writer.get();
    ::_exit(EnterWalls(place.entry(), report).step == EntryStep::kDone ? 0 : 1);
  }
  place.EndForking(child);
  int status = 0;
  ::waitpid(child, &status, 0);
  const auto taken = Clock::now() - begun;
  if (status != 0) std::abort();
  place.NoteReaped(child);
  return taken;
}

/// Microseconds that the walls of a run may cost, if somebody has said so.
double TargetOf(Profile profile) {
  if (profile == Profile::kFull) return 1000;
  return profile == Profile::kUnpriv ? 300 : 0;
}

void Tell(Profile profile, Figures& bare, Figures& walled, Figures& made) {
  const double median = walled.At(50) - bare.At(50);
  // The tenth of the rounds that met the least other work says what the walls themselves cost.
  std::printf(
      "%-8s walls: p50 %6.0f us, p10 %6.0f us, above a fork of %4.0f and %4.0f us; made before: "
      "%5.0f us\n",
      std::string(NameOf(profile)).c_str(), median, walled.At(10) - bare.At(10), bare.At(50),
      bare.At(10), made.At(50));
  if (const double target = TargetOf(profile); target > 0) {
    std::printf("  target: p50 at most %.0f us: %s\n", target,
                median <= target ? "reached" : "NOT REACHED");
  }
}

int Measure(Profile profile, int rounds, const std::string& state) {
  const auto plan = MakePlan(profile);
  if (!plan) {
    std::printf("%-8s NOT REACHED: %s\n", std::string(NameOf(profile)).c_str(),
                plan.error().message.c_str());
    return 0;
  }
  const Premises premises{
      .plan = &*plan, .runs_folder = MakeRunsFolder(state).value(), .read_paths = {}};
  Figures bare;
  Figures walled;
  Figures made;
  for (int i = 0; i < rounds; ++i) {
    const auto begun = Clock::now();
    auto place = RunPlace::Prepare(premises).value();
    if (!place->Furnish({})) return 1;  // Waits until the init is ready: a run finds it so.
    made.Add(Clock::now() - begun);
    auto fresh = RunPlace::Prepare(premises).value();
    // Who has rested has the processor at once, as a server that waits for requests has.
    (void)::usleep(3'000);
    bare.Add(BareFork());
    (void)::usleep(3'000);
    walled.Add(WalledFork(*fresh));
  }
  Tell(profile, bare, walled, made);
  return 0;
}

int Main(int rounds) {
  std::string state = "/tmp/openfc-bench-XXXXXX";
  if (::mkdtemp(state.data()) == nullptr) return 1;
  int status = 0;
  for (const Profile profile : {Profile::kFull, Profile::kSetuid, Profile::kUnpriv}) {
    status |= Measure(profile, rounds, state);
  }
  ::rmdir((state + "/runs").c_str());
  ::rmdir(state.c_str());
  return status;
}

}  // namespace
}  // namespace openfc::sandbox

int main(int count, char** words) {
  return openfc::sandbox::Main(count > 1 ? std::atoi(words[1]) : 200);
}
