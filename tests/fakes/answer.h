#pragma once

#include "tests/fakes/request.h"

#include <string>
#include <string_view>

namespace openfc::testing {

/// What the platform does with one request, down to the byte: when it begins, which bytes it sends,
/// and what becomes of the connection. The functions below make the usual ones.
struct Answer {
  enum class When { kRequestRead, kHeadRead, kReleased };  // kHeadRead: the body may be under way.
  enum class Pace { kAtOnce, kByteByByte };
  enum class Then { kKeep, kClose, kReset };

  std::string bytes = {};
  When when = When::kRequestRead;
  Pace pace = Pace::kAtOnce;
  Then then = Then::kKeep;
};

/// A whole response: Content-Length is added.
Answer Respond(int status, std::string_view body = {}, const HeaderPairs& headers = {});

/// The invocation `id` for a poll. `headers` come after x-fc-request-id and
/// x-fc-function-handler: index.handler; one of the same name replaces it.
Answer Invoke(std::string_view id, std::string_view event = {}, const HeaderPairs& headers = {});

/// `answer`, but its body ends `missing` bytes before the announced length, and the connection with
/// it.
Answer CutShort(Answer answer, std::size_t missing);

Answer ByteByByte(Answer answer);

/// `answer`, but only once the test calls Platform::Release().
Answer Hang(Answer answer);

/// Bytes as they are, then the connection is closed.
Answer Raw(std::string_view bytes, Answer::Then then = Answer::Then::kClose);

/// No byte, and the connection closed or reset; `when` it is kHeadRead, a body is left unread.
Answer HangUp(Answer::When when = Answer::When::kRequestRead);
Answer ResetConnection(Answer::When when = Answer::When::kRequestRead);

}  // namespace openfc::testing
