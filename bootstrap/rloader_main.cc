// rloader: the init of a function instance. Starts the language runtime, passes signals on, reaps,
// restarts, and answers for what a dead runtime left unanswered (docs/architecture.md).

#include "bootstrap/rloader/command_line.h"
#include "bootstrap/rloader/command_supervisor.h"
#include "bootstrap/rloader/listening_sockets.h"
#include "bootstrap/rloader/runtime_program.h"
#include "bootstrap/rloader/settings.h"
#include "bootstrap/rloader/signal_source.h"
#include "bootstrap/rloader/supervisor.h"
#include "runtime/base/log.h"
#include "runtime/client/fault_poster.h"
#include "runtime/page/shared_page.h"
#include "runtime/process/process_tree.h"
#include "runtime/process/standard_streams.h"

#include <unistd.h>

#include <cstdio>
#include <exception>

namespace openfc::bootstrap {
namespace {

constexpr int kBadUsage = 2;

/// In the HTTP mode there is none, and nothing is posted.
Expected<PlatformAddress> FindPlatform(const Mode& mode) {
  if (mode.is_http) return PlatformAddress();
  return ResolvePlatform(mode.api);
}

/// The instance from its start to its end; an error when nothing could be started.
Expected<int> RunInstance(const Settings& settings, const Environment& environment) {
  const auto program = FindRuntime(settings.bootstrap);
  if (!program) return program.error();
  auto platform = FindPlatform(settings.mode);
  if (!platform) return platform.error();
  const auto page = SharedPage::Create();
  if (!page) return page.error();
  const auto timer = DeadlineTimer::Create();
  if (!timer) return timer.error();
  const auto stacks = StackPipe::Create(settings.stacks_patience);
  if (!stacks) return stacks.error();
  const auto wake = WakePipe::Create();
  if (!wake) return wake.error();
  const auto signals = SignalSource::Open();
  if (!signals) return signals.error();
  auto sockets = ListeningSockets::Open(settings);
  if (!sockets) return sockets.error();
  if (const Status reaper = BecomeSubreaper(); !reaper) return reaper.error();
  FaultPoster poster(*std::move(platform));
  const RuntimeDescriptors descriptors{.page = (*page)->fd(),
                                       .timer = (*timer)->fd(),
                                       .stacks = (*stacks)->write_fd(),
                                       .wake = (*wake)->write_fd(),
                                       .listen = sockets->listen_fd(),
                                       .metrics = sockets->metrics_fd()};
  Supervisor supervisor(settings, RuntimeCommand(settings, *program, environment, descriptors),
                        {.page = **page,
                         .timer = **timer,
                         .poster = poster,
                         .signals = **signals,
                         .stacks = **stacks,
                         .wake = **wake,
                         .sockets = *sockets});
  return supervisor.Run();
}

/// The same for a program that is only supervised.
Expected<int> RunCommand(const Settings& settings, const Environment& environment) {
  const auto signals = SignalSource::Open();
  if (!signals) return signals.error();
  if (const Status reaper = BecomeSubreaper(); !reaper) return reaper.error();
  return CommandSupervisor(settings, environment, **signals).Run();
}

int Refuse(const Error& error) {
  (void)std::fprintf(stderr, "rloader: %s\n", error.message.c_str());
  return kBadUsage;
}

int Main(int count, char** words) {
  InitLog({.program = "rloader"});
  const auto asked = ParseCommandLine(count, words);
  if (!asked) return Refuse(asked.error());
  if (const auto* printout = std::get_if<Printout>(&*asked)) {
    return std::fputs(printout->text.c_str(), stdout) < 0 ? 1 : 0;
  }
  const auto& line = std::get<CommandLine>(*asked);
  const Environment environment = InstanceEnvironment(line, ReadEnvironment(::environ));
  const auto settings = Settings::From(line, environment);
  if (!settings) return Refuse(settings.error());
  const auto exit_code = settings->command.empty() ? RunInstance(*settings, environment)
                                                   : RunCommand(*settings, environment);
  return exit_code ? *exit_code : Refuse(exit_code.error());
}

}  // namespace
}  // namespace openfc::bootstrap

int main(int count, char** words) try {
  openfc::OpenMissingStandardStreams();
  openfc::bootstrap::BlockSignals();
  return openfc::bootstrap::Main(count, words);
} catch (const std::exception& exception) {
  (void)std::fprintf(stderr, "rloader: %s\n", exception.what());
  return 1;
}
