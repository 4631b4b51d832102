#include "sandbox/isolation/verify.h"

#include "runtime/base/deadline.h"
#include "runtime/base/whole_write.h"
#include "sandbox/isolation/prober.h"
#include "sandbox/isolation/remove_tree.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

namespace openfc::sandbox {
namespace {

std::string ReadAll(int fd) {
  std::string all;
  std::array<char, 4096> part{};
  ssize_t size = 0;
  while ((size = ::read(fd, part.data(), part.size())) > 0 || (size < 0 && errno == EINTR)) {
    if (size > 0) all.append(part.data(), static_cast<std::size_t>(size));
  }
  return all;
}

/// Lines of `P1 what went through`; the first of each property counts.
std::map<Property, std::string> ParseFindings(std::string_view text) {
  std::map<Property, std::string> findings;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const auto property = PropertyOf(line.substr(0, 2));
    if (property && line.size() > 3) findings.emplace(*property, line.substr(3));
  }
  return findings;
}

/// In a process of its own, which ends afterwards: it becomes the reaper of what the trials leave,
/// and may be hurt by what goes through.
std::string ProbeApart(const Plan& plan, const std::string& folder) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "P1 no pipe could be made";
  UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const pid_t prober = ::fork();
  if (prober == 0) {
    const std::string findings = Probe(plan, folder);
    (void)!::write(writer.get(), findings.data(), findings.size());
    ::_exit(0);
  }
  writer.Reset();
  std::string findings = prober < 0 ? "P1 no process could be made" : ReadAll(reader.get());
  int status = 0;
  while (prober > 0 && ::waitpid(prober, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) findings += "\nP3 the process that tried ended by signal or error";
  return findings;
}

std::vector<Profile> Candidates(const IsolationChoice& choice) {
  if (choice.profile) return {*choice.profile};
  return {Profile::kFull, Profile::kSetuid, Profile::kUnpriv};
}

std::string_view Remedy(Property property) {
  switch (property) {
    case Property::kMemory:
      return "mount the cgroup hierarchy writable";
    case Property::kDisk:
      return "run as root with CAP_SYS_ADMIN";
    case Property::kFiles:
    case Property::kSessions:
    case Property::kServer:
      return "run as root with CAP_SETUID, or on Linux 6.12 with Landlock";
    case Property::kTreeKill:
    case Property::kEgress:
    case Property::kProcesses:
    case Property::kSurface:
      break;
  }
  return "allow seccomp filters, or run as root with CAP_SYS_ADMIN";
}

}  // namespace

IsolationReport VerifyPlan(const Plan& plan, const std::string& state) {
  std::string folder = state + "/probe-XXXXXX";
  std::map<Property, std::string> findings;
  if (::mkdtemp(folder.data()) == nullptr) {
    findings[Property::kFiles] = SystemError("cannot make '" + folder + "'", errno).message;
  } else {
    findings = ParseFindings(ProbeApart(plan, folder));
    (void)RemoveTree(folder);
  }
  IsolationReport report;
  report.profile = plan.profile;
  for (std::size_t i = 0; i < kPropertyCount; ++i) {
    const auto property = static_cast<Property>(i);
    report.properties.push_back({.property = property,
                                 .mechanism = MechanismOf(plan, property),
                                 .broken_by = findings[property]});
  }
  return report;
}

std::string Complaint(const IsolationReport& report, const std::set<Property>& may_be_missing) {
  for (const PropertyState& state : report.properties) {
    if (state.IsKept() || !IsRequired(state.property) || may_be_missing.contains(state.property)) {
      continue;
    }
    std::string line = NumberOf(state.property) + " (" + std::string(TitleOf(state.property)) +
                       ") is not kept in profile '" + std::string(NameOf(report.profile)) +
                       "': " + state.broken_by + " went through; tried: " + state.mechanism;
    for (const std::string& refused : report.refused) line += "; " + refused;
    return line + "; remedy: " + std::string(Remedy(state.property)) +
           ", or --allow-missing=" + NumberOf(state.property);
  }
  return "";
}

Expected<ChosenIsolation> ChooseIsolation(const IsolationChoice& choice, const std::string& state) {
  std::vector<std::string> refused;
  std::string complaint;
  for (const Profile profile : Candidates(choice)) {
    auto plan = MakePlan(profile);
    if (!plan) {
      refused.push_back(std::string(NameOf(profile)) + ": " + plan.error().message);
      continue;
    }
    IsolationReport report = VerifyPlan(*plan, state);
    report.refused = refused;
    const bool has_promised_none = profile == Profile::kNone || profile == Profile::kInstance;
    const std::string found = has_promised_none ? "" : Complaint(report, choice.may_be_missing);
    if (found.empty()) return ChosenIsolation{*std::move(plan), std::move(report)};
    if (complaint.empty()) complaint = found;
    refused.push_back(std::string(NameOf(profile)) + ": " + found);
  }
  if (!complaint.empty()) return Error{ErrorCode::kSystem, complaint};
  std::string all = "no profile of isolation can be had here";
  for (const std::string& one : refused) all += "; " + one;
  return Error{ErrorCode::kSystem,
               all +
                   "; remedy: run as root, or on a kernel with Landlock and seccomp, or "
                   "--isolation=none"};
}

}  // namespace openfc::sandbox
