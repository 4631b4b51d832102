#include "tests/conformance/oracle.h"

#include "tests/fakes/program.h"

#include <cstdlib>
#include <stdexcept>

namespace openfc::testing {
namespace {

/// The one that the programs embed: this build's, unless it is named together with theirs.
std::string ReferencePython() {
  const char* const named = std::getenv("OPENFC_REFERENCE_PYTHON");
  return named != nullptr ? named : OPENFC_REFERENCE_PYTHON;
}

}  // namespace

std::string AskPython(const std::vector<std::string>& question,
                      const std::filesystem::path& folder) {
  ProgramOptions options;
  options.arguments = {"-B", "-W", "ignore", OPENFC_ORACLE};
  options.arguments.insert(options.arguments.end(), question.begin(), question.end());
  options.folder = folder;
  Program python(ReferencePython(), options);
  if (python.AwaitEnd() != ProgramEnd{.exit_code = 0}) {
    throw std::runtime_error("the oracle failed: " + python.output().err());
  }
  return python.output().out();
}

std::string EvaluateInPython(const std::string& expression) {
  return AskPython({"eval", expression});
}

}  // namespace openfc::testing
