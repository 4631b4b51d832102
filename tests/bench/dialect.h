#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace openfc::bench {

/// The two spellings of the Runtime API.
enum class Dialect { kFc, kAws };

/// For FC_RUNTIME_API or AWS_LAMBDA_RUNTIME_API.
std::string_view AddressVariable(Dialect dialect);

/// The head of an answer to a poll, but for the number of the invocation, which stands between the
/// two parts: made once, not for every invocation.
struct InvocationHead {
  std::string before;
  std::string after;
};

InvocationHead MakeInvocationHead(Dialect dialect, std::string_view handler, std::size_t length);

/// The answer to a post.
std::string_view Accepted(Dialect dialect);

/// The number in an invocation's id as it stands in the path of a post.
std::optional<std::size_t> NumberIn(std::string_view path);

}  // namespace openfc::bench
