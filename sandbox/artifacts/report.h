#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace openfc::sandbox {

/// Something that a program has made: the one model that each dialect has its own shape for.
struct Artifact {
  std::string mime;
  std::string name;      // The variable's, or empty.
  std::string data;      // Text, or bytes in base64.
  bool is_text = true;   // Otherwise base64.
  std::string metadata;  // An object of JSON: width, height, charts, shape, columns, ...
};

/// A line of a report that is no artifact: a document of JSON under its name.
struct ReportEntry {
  std::string kind;
  std::string json;
};

struct Report {
  std::vector<Artifact> artifacts;
  std::vector<ReportEntry> entries;

  /// The last one of that kind, or null.
  const std::string* Find(std::string_view kind) const;
};

/// Reads what a harness has reported, line by line (py/artifacts.py). The program under it may have
/// written there too, or been ended in the middle of a line: what is no line of a report, or is
/// nested so deep that nobody could write it on, is left out.
Report ReadReport(std::string_view result);

}  // namespace openfc::sandbox
