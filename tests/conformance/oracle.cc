#include "tests/conformance/oracle.h"

#include "tests/fakes/program.h"

#include <stdexcept>

namespace openfc::testing {

std::string AskPython(const std::vector<std::string>& question,
                      const std::filesystem::path& folder) {
  ProgramOptions options;
  options.arguments = {"-B", "-W", "ignore", OPENFC_ORACLE};
  options.arguments.insert(options.arguments.end(), question.begin(), question.end());
  options.folder = folder;
  Program python(OPENFC_REFERENCE_PYTHON, options);
  if (python.AwaitEnd() != ProgramEnd{.exit_code = 0}) {
    throw std::runtime_error("the oracle failed: " + python.output().err());
  }
  return python.output().out();
}

std::string EvaluateInPython(const std::string& expression) {
  return AskPython({"eval", expression});
}

}  // namespace openfc::testing
