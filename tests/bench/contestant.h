#pragma once

#include "tests/bench/platform_loop.h"
#include "tests/fakes/program.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace openfc::bench {

/// A program to measure, and how it is started.
struct Subject {
  std::string name;  // For the report.
  std::string program = "bootstrap";
  std::vector<std::string> arguments = {};
  std::map<std::string, std::string> environment = {};
  Dialect dialect = Dialect::kFc;
};

/// A running subject, with a platform of its own that it polls. Its log goes nowhere.
class Contestant {
 public:
  /// Blocks until its first poll; throws when that does not come.
  Contestant(const Subject& subject, Workload workload, const std::filesystem::path& code);

  /// From just before the fork to the first poll read.
  double first_poll_ms() const { return first_poll_ms_; }

  /// Blocks until so many polls wait at once: that many workers are there to be handed something.
  void AwaitPolls(std::size_t count) { platform_.AwaitPolls(count); }

  Round Run(const Amount& amount);

  double PssMegabytes() const;
  std::size_t processes() const { return program_->Family().size(); }

 private:
  UniqueFd null_;
  PlatformLoop platform_;
  std::unique_ptr<testing::Program> program_;
  double first_poll_ms_ = 0;
};

}  // namespace openfc::bench
