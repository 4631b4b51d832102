#include "tests/bench/contestant.h"

#include "tests/bench/process_figures.h"

#include <fcntl.h>

#include <utility>

namespace openfc::bench {
namespace {

using Clock = std::chrono::steady_clock;

testing::ProgramOptions Launch(const Subject& subject, const std::string& address,
                               const std::filesystem::path& code, int null) {
  testing::ProgramOptions options;
  options.arguments = subject.arguments;
  options.environment = subject.environment;
  options.environment[std::string(AddressVariable(subject.dialect))] = address;
  options.environment["FC_FUNC_CODE_PATH"] = code.string();
  options.environment["LAMBDA_TASK_ROOT"] = code.string();
  options.folder = code;
  options.descriptors = {{null, 1}, {null, 2}};
  return options;
}

}  // namespace

Contestant::Contestant(const Subject& subject, Workload workload, const std::filesystem::path& code)
    : null_(::open("/dev/null", O_WRONLY | O_CLOEXEC)), platform_(std::move(workload)) {
  const auto options = Launch(subject, platform_.address(), code, null_.get());
  const auto start = Clock::now();
  program_ = std::make_unique<testing::Program>(subject.program, options);
  platform_.WatchProcess(program_->pid());
  platform_.AwaitPolls(1);
  first_poll_ms_ = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Round Contestant::Run(const Amount& amount) {
  const auto family = program_->Family();
  const auto before = CpuTimeOf(family);
  Round round = platform_.Run(amount);
  round.cpu = CpuTimeOf(family) - before;
  return round;
}

double Contestant::PssMegabytes() const { return PssMegabytesOf(program_->Family()); }

}  // namespace openfc::bench
