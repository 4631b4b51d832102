#include "tests/soak/visited_instance.h"

#include "tests/bench/process_figures.h"
#include "tests/fakes/programs.h"
#include "tests/soak/visitor.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <sstream>

namespace openfc::soak {
namespace {

using Clock = std::chrono::steady_clock;

/// Under the address sanitizer what was freed is kept, up to 256 MB of it.
double AllowedKilobytes() {
  return testing::ProgramsHaveSanitizer("address") ? 512 * 1024 : 48 * 1024;
}

constexpr std::size_t kAllowedDescriptors = 4;  // Threads that were not needed before.
constexpr int kStoppedExit = 143;

pid_t RuntimeOf(pid_t rloader) {
  const std::string own = std::to_string(rloader);
  pid_t child = 0;
  std::ifstream("/proc/" + own + "/task/" + own + "/children") >> child;
  return child;
}

std::size_t DescriptorsOf(pid_t process) {
  std::error_code gone;
  const std::filesystem::directory_iterator all("/proc/" + std::to_string(process) + "/fd", gone);
  return gone ? 0 : static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

VisitedInstance::VisitedInstance(const HttpFunction& function, const VisitOptions& options)
    : function_(function), options_(options), instance_(HttpFunctionCode()) {
  testing::HttpInstance::Variables variables = {{"FC_FUNCTION_HANDLER", function.handler},
                                                {"OPENFC_METRICS_PORT", "0"}};
  if (function.limit > 0) variables["FC_CONCURRENT_LIMIT"] = std::to_string(function.limit);
  variables["SOAK_WRONG"] = options.wrong;
  instance_.Start(variables);
}

void VisitedInstance::StartVisitors(Clock::time_point until) {
  ++rounds_;
  for (std::size_t i = 0; i < options_.visitors * (function_.talks ? 2 : 1); ++i) {
    visitors_.emplace_back([this, i, until] { Visit(i, i >= options_.visitors, until); });
  }
}

void VisitedInstance::Visit(std::size_t number, bool talks, Clock::time_point until) {
  const std::string name =
      std::string(function_.handler) + "-" + std::to_string(rounds_) + "-" + std::to_string(number);
  const std::uint64_t seed = options_.seed + std::hash<std::string>()(name);
  std::unique_ptr<Visitor> visitor;
  if (talks) {
    visitor = std::make_unique<SocketVisitor>(instance_.port(), tally_, name, seed);
  } else {
    visitor =
        std::make_unique<RequestVisitor>(instance_.port(), tally_, name, seed, function_.streams);
  }
  do {
    visitor->Visit();
  } while (Clock::now() < until);
}

VisitedInstance::Measure VisitedInstance::Now() {
  const pid_t rloader = instance_.program().pid();
  Measure now;
  now.runtime = RuntimeOf(rloader);
  now.descriptors = DescriptorsOf(rloader) + DescriptorsOf(now.runtime);
  now.kilobytes = bench::AnonymousKilobytesOf(now.runtime);
  return now;
}

void VisitedInstance::TakeMeasure() {
  if (const auto unrest = AwaitRest(std::numeric_limits<std::size_t>::max())) {
    tally_.NoteFault("after the first visits " + *unrest);
  }
  before_ = Now();
}

std::optional<std::string> VisitedInstance::AwaitRest(std::size_t descriptors) {
  const auto until = Clock::now() + options_.patience;
  auto unrest = Unrest(descriptors);
  while (unrest && Clock::now() < until) unrest = Unrest(descriptors);
  return unrest;
}

std::optional<std::string> VisitedInstance::Unrest(std::size_t descriptors) {
  auto figures = instance_.Metrics();
  for (const char* name : {"openfc_in_flight", "openfc_queue"}) {
    if (figures[name] > 0) return name + (" is " + std::to_string(figures[name]));
  }
  std::istringstream counts(instance_.Invoke("counts").body);
  long begun = 0;
  long ended = -1;
  counts >> begun >> ended;
  if (begun != ended) {
    return "of " + std::to_string(begun) + " streams " + std::to_string(ended) + " have ended";
  }
  const std::size_t open = Now().descriptors;
  if (open <= descriptors) return std::nullopt;
  return std::to_string(open) + " descriptors are open, " + std::to_string(before_.descriptors) +
         " were before";
}

std::vector<std::string> VisitedInstance::Judge() {
  std::vector<std::string> faults = tally_.faults();
  try {
    JudgeHolding(faults);
    instance_.program().Signal(SIGTERM);
    const auto end = instance_.program().AwaitEnd();
    if (!end || end->exit_code != kStoppedExit) faults.emplace_back("it did not stop as asked");
  } catch (const std::exception& error) {
    faults.push_back(std::string("it serves no more: ") + error.what());
  }
  std::istringstream log(instance_.program().output().err());
  for (std::string line; std::getline(log, line);) {
    if (line.find("Sanitizer") != std::string::npos || line.find("runtime error:") != line.npos) {
      faults.push_back(line);
    }
  }
  for (std::string& fault : faults) fault = std::string(function_.handler) + ": " + fault;
  return faults;
}

void VisitedInstance::JudgeHolding(std::vector<std::string>& faults) {
  if (auto unrest = AwaitRest(before_.descriptors + kAllowedDescriptors)) faults.push_back(*unrest);
  const Measure after = Now();
  if (after.runtime != before_.runtime) faults.emplace_back("another process serves");
  if (instance_.Metrics()["openfc_restarts_total"] > 0) faults.emplace_back("it was restarted");
  grown_kilobytes_ = after.kilobytes - before_.kilobytes;
  if (grown_kilobytes_ > AllowedKilobytes()) {
    faults.push_back("its memory grew by " + std::to_string(grown_kilobytes_) + " KB");
  }
}

std::string VisitedInstance::Summary() const {
  std::ostringstream line;
  line << function_.handler << ": " << tally_.visits() << " visits (" << tally_.Summary()
       << "); grown by " << grown_kilobytes_ << " KB";
  return line.str();
}

}  // namespace openfc::soak
