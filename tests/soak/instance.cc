#include "tests/soak/instance.h"

#include <fcntl.h>

#include <fstream>

namespace openfc::soak {

Instance::Instance(const InstanceOptions& options)
    : null_(::open("/dev/null", O_WRONLY | O_CLOEXEC)) {
  testing::ProgramOptions launch;
  launch.environment = {{"FC_RUNTIME_API", options.address},
                        {"FC_FUNC_CODE_PATH", options.code.string()},
                        {"FC_CONCURRENT_LIMIT", std::to_string(options.window)},
                        {"SOAK_RUNS", options.runs.string()}};
  launch.descriptors = {{null_.get(), 1}};
  if (!options.runtime.empty()) launch.arguments = {"--bootstrap", options.runtime};
  program_ = std::make_unique<testing::Program>("rloader", launch);
}

std::optional<pid_t> Instance::Runtime() const {
  const std::string own = std::to_string(pid());
  pid_t child = 0;
  if (std::ifstream("/proc/" + own + "/task/" + own + "/children") >> child) return child;
  return std::nullopt;
}

int Instance::Stop() {
  program_->Signal(SIGTERM);
  const auto end = program_->AwaitEnd();
  return end ? end->exit_code : -1;
}

std::string Instance::LogTail() const {
  constexpr std::size_t kTail = 20'000;
  const std::string log = program_->output().err();
  return log.size() <= kTail ? log : log.substr(log.size() - kTail);
}

}  // namespace openfc::soak
