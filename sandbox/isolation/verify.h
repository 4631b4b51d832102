#pragma once

#include "sandbox/isolation/plan.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace openfc::sandbox {

/// Whether a property is kept, by trial.
struct PropertyState {
  Property property = Property::kFiles;
  std::string mechanism;
  std::string broken_by;  // What went through; empty: nothing did.

  bool IsKept() const { return broken_by.empty(); }
};

/// What stands between the code and the machine here.
struct IsolationReport {
  Profile profile = Profile::kNone;
  std::vector<PropertyState> properties;  // All nine.
  std::vector<std::string> refused;       // Stronger profiles that cannot be had, and why.
};

/// Tries to break every property from behind the plan's walls, and measures by the attempts alone:
/// no return code of a wall counts. Takes some 50 ms; leaves nothing behind in `state`, a folder of
/// ours. Called while this process has one thread.
IsolationReport VerifyPlan(const Plan& plan, const std::string& state);

/// What an operator has said about isolation.
struct IsolationChoice {
  std::optional<Profile> profile = {};  // Nothing: the strongest that can be had.
  std::set<Property> may_be_missing = {};
};

struct ChosenIsolation {
  Plan plan;
  IsolationReport report;
};

/// The plan that is used, verified. An error is one line, fit for the end of a program: a required
/// property that is not kept and may not be missing, what was tried, and the remedy.
Expected<ChosenIsolation> ChooseIsolation(const IsolationChoice& choice, const std::string& state);

/// The line that ChooseIsolation() would end with; empty when there is nothing to say.
std::string Complaint(const IsolationReport& report, const std::set<Property>& may_be_missing);

}  // namespace openfc::sandbox
