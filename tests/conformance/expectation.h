#pragma once

#include "tests/conformance/instance.h"
#include "tests/fakes/request.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::testing {

/// What must be posted for one invocation; checked with GoogleTest's expectations. In its texts,
/// {CODE} is the function's folder.
using Expectation = std::function<void(const Request& post, const Instance& instance)>;

/// A response of exactly these bytes.
Expectation Body(std::string_view bytes);
/// A response of the bytes that the expression gives in plain Python.
Expectation BodyAsPython(const std::string& expression);
/// A response that the whole of this regular expression matches.
Expectation BodyMatching(const std::string& pattern);

/// The stackTrace of an error document.
class Stack {
 public:
  static Stack Absent() { return Stack(Kind::kAbsent, {}); }
  static Stack Any() { return Stack(Kind::kAny, {}); }
  /// JSON text.
  static Stack Is(const std::string& json) { return Stack(Kind::kExact, json); }

  bool is_any() const { return kind_ == Kind::kAny; }
  bool is_absent() const { return kind_ == Kind::kAbsent; }
  const std::string& json() const { return json_; }

 private:
  enum class Kind { kAbsent, kAny, kExact };
  Stack(Kind kind, std::string json) : kind_(kind), json_(std::move(json)) {}

  Kind kind_;
  std::string json_;
};

/// An error document of exactly these values and in exactly Python's layout.
Expectation Error(const std::string& type, const std::string& message, const Stack& stack);
/// The message as the expression gives it in plain Python.
Expectation ErrorAsPython(const std::string& type, const std::string& expression,
                          const Stack& stack);
/// The message matched, the stack open.
Expectation ErrorMatching(const std::string& type, const std::string& pattern);

/// The error document that plain Python's own words make of calling `index.handler`, to the byte;
/// but for how often a line of a deep recursion is repeated.
Expectation RaisedAsInPython(const std::string& module = "index",
                             const std::string& name = "handler");
/// The same of importing `module`.
Expectation UnloadedAsInPython(const std::string& module = "index");

/// Anything posted to that place: `response` or `error`.
Expectation PostedTo(const std::string& place);

/// One inner list of a stackTrace, as JSON text.
std::string Frame(int line, const std::string& function, const std::string& source,
                  const std::string& file = "index.py");
/// A stackTrace of these.
Stack Frames(const std::vector<std::string>& frames);

}  // namespace openfc::testing
