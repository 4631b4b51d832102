#include "runtime/client/received_invocation.h"

#include "runtime/client/answer_parser.h"
#include "runtime/wire/invocation_headers.h"

#include <string_view>

namespace openfc {
namespace {

/// What follows a whole answer; nothing when it is not whole.
std::optional<std::string_view> SkipAnswer(std::string_view bytes) {
  AnswerParser answer;
  while (answer.state() == AnswerParser::State::kHead ||
         answer.state() == AnswerParser::State::kBody) {
    const std::size_t used = answer.Feed(bytes);
    if (used == 0) return std::nullopt;
    bytes.remove_prefix(used);
  }
  if (answer.state() != AnswerParser::State::kDone) return std::nullopt;
  return bytes;
}

}  // namespace

std::optional<Invocation> FindReceivedInvocation(const ReceivedBytes& received, Dialect dialect) {
  constexpr int kStatusOk = 200;
  std::optional<std::string_view> bytes = received.bytes;
  if (received.begins_with_post_answer) bytes = SkipAnswer(*bytes);
  if (!bytes) return std::nullopt;
  AnswerParser answer;
  answer.Feed(*bytes);
  const bool has_head =
      answer.state() == AnswerParser::State::kBody || answer.state() == AnswerParser::State::kDone;
  if (!has_head || answer.status() != kStatusOk) return std::nullopt;
  Invocation invocation = wire::ReadInvocation(answer.Lookup(), dialect);
  if (!IsValidRequestId(invocation.request_id)) return std::nullopt;
  return invocation;
}

}  // namespace openfc
