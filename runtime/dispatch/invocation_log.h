#pragma once

#include "runtime/invoke/invocation.h"

#include <string_view>

namespace openfc {

/// The lines that stand around an invocation's output (fc-runtime-api.md, section 6):
/// `FC Invoke Start RequestId: ID` and `FC Invoke End RequestId: ID`. Each goes
/// whole to a descriptor, past every buffer; thread-safe.
class InvocationLog {
 public:
  /// `fd` is borrowed: standard output, as a rule.
  explicit InvocationLog(int fd) : fd_(fd) {}

  /// Writes nothing: the platform has lines of its own.
  static InvocationLog Silent() { return InvocationLog(kNowhere); }

  /// `FunctionCompute python3 runtime inited.`, once at the runtime's start.
  void RuntimeInited(std::string_view runtime) const;

  void Start(InvocationType type, std::string_view request_id) const;

  /// An error ends the line in `, Error: Unhandled function error`.
  void End(InvocationType type, std::string_view request_id, bool is_error) const;

 private:
  void Write(std::string_view line) const;

  static constexpr int kNowhere = -1;

  const int fd_;
};

}  // namespace openfc
