#pragma once

#include "tests/integration/sandbox/as_user.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace openfc::testing {

/// A way to run fcsandbox: a profile, and who runs it.
struct Place {
  std::string profile;
  RunAs user;
};

inline std::string NameOfPlace(const ::testing::TestParamInfo<Place>& place) {
  return place.param.profile + (place.param.user == RunAs::kSelf ? "AsRoot" : "AsUser");
}

/// The places that are worth a test of their own.
inline const std::vector<Place>& WalledPlaces() {
  static const std::vector<Place> kPlaces{
      {"full", RunAs::kSelf}, {"setuid", RunAs::kSelf}, {"unpriv", RunAs::kOrdinaryUser}};
  return kPlaces;
}

/// What became of the runs of one `fcsandbox batch`, by their ids.
struct BatchEnd {
  std::map<std::string, nlohmann::json> outcomes;
  int exit_code = -1;
  std::string errors;
  std::size_t processes_left = 0;
  std::vector<std::string> files_left;
};

/// Runs them all in one go, `more` being further options.
inline BatchEnd RunBatchIn(const OpenFolder& folder, const Place& place,
                           const std::vector<nlohmann::json>& runs,
                           const std::vector<std::string>& more = {}) {
  const std::string input = (folder.path() / "runs.jsonl").string();
  {
    std::ofstream file(input);
    for (const auto& run : runs) file << run.dump() << '\n';
  }
  const std::string state = folder.StateOf(place.user);
  std::vector<std::string> arguments{"batch",   input, "--isolation=" + place.profile,
                                     "--state", state, "--no-data"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto program = StartSandbox(folder, place.user, std::move(arguments));
  const auto end = program->AwaitEnd();
  BatchEnd all;
  all.exit_code = end ? end->exit_code : -1;
  all.errors = program->output().err();
  all.processes_left = program->Family().size();
  std::istringstream lines(program->output().out());
  for (std::string line; std::getline(lines, line);) {
    const auto outcome = nlohmann::json::parse(line);
    all.outcomes[outcome["id"].get<std::string>()] = outcome;
  }
  for (const char* part : {"runs", "workspaces"}) {
    std::error_code ignored;
    for (const auto& left : std::filesystem::directory_iterator(state + "/" + part, ignored)) {
      all.files_left.push_back(left.path().string());
    }
  }
  return all;
}

}  // namespace openfc::testing
