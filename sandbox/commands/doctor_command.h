#pragma once

#include "sandbox/isolation/verify.h"

#include <string>

namespace openfc::sandbox {

/// The table that `fcsandbox doctor` prints.
std::string ReportAsTable(const IsolationReport& report);

/// The same for programs.
std::string ReportAsJson(const IsolationReport& report);

struct DoctorOptions {
  bool as_json = false;
  IsolationChoice choice;
  std::string state;  // A folder of ours.
};

/// Says what isolation can be had here, proven by trial. What the program exits with: 0, or 78 when
/// a server would not start, with the reason on standard error.
int RunDoctor(const DoctorOptions& options);

}  // namespace openfc::sandbox
