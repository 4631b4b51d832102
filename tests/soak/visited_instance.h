#pragma once

#include "tests/fakes/http_instance.h"
#include "tests/fakes/limit.h"
#include "tests/soak/http_function.h"
#include "tests/soak/visit_tally.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace openfc::soak {

struct VisitOptions {
  std::size_t visitors = 4;  // At once, of requests; where it talks, as many again.
  std::uint64_t seed = 1;
  std::chrono::seconds patience = testing::kLimit;  // Until what is not at rest will never be.
  std::string wrong = {};  // How the function is to be wrong (http_function.h); empty: it is right.
};

/// One function in an instance of its own, its visitors, and what is said of both in the end.
class VisitedInstance {
 public:
  VisitedInstance(const HttpFunction& function, const VisitOptions& options);

  /// Has visitors come until then. Returns at once; AwaitVisitors() blocks.
  void StartVisitors(std::chrono::steady_clock::time_point until);
  void AwaitVisitors() { visitors_.clear(); }

  /// When all visitors have gone: blocks until the instance is done with them too, and takes what
  /// it holds then for what it may hold later.
  void TakeMeasure();

  /// When all visitors have gone: stops the instance and answers what was wrong, a sentence each.
  std::vector<std::string> Judge();

  /// What happened, in one line.
  std::string Summary() const;
  std::size_t visits() const { return tally_.visits(); }

 private:
  struct Measure {
    pid_t runtime = 0;
    std::size_t descriptors = 0;  // Of all processes.
    double kilobytes = 0;         // Of the runtime.
  };

  Measure Now();
  void Visit(std::size_t number, bool talks, std::chrono::steady_clock::time_point until);
  /// What is not at rest, waited for; nothing: it is.
  std::optional<std::string> AwaitRest(std::size_t descriptors);
  std::optional<std::string> Unrest(std::size_t descriptors);
  void JudgeHolding(std::vector<std::string>& faults);

  HttpFunction function_;
  VisitOptions options_;
  VisitTally tally_;
  testing::HttpInstance instance_;
  Measure before_;
  double grown_kilobytes_ = 0;
  std::size_t rounds_ = 0;
  std::vector<std::jthread> visitors_;  // Last: they use all of it.
};

}  // namespace openfc::soak
