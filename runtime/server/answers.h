#pragma once

#include "runtime/http/response.h"
#include "runtime/invoke/reply.h"
#include "runtime/server/http_reply_sink.h"
#include "runtime/server/routes.h"

#include <string>

namespace openfc {

/// How the outcome of a request of that kind is answered; `error_status` is that of a failed event
/// (404, unless it is configured). Every answer carries the request's id.
ReplyMapping MappingOf(RequestKind kind, const std::string& request_id, int error_status);

/// A refusal in a sentence: a line of text.
http::Response TextAnswer(int status, const std::string& text);

}  // namespace openfc
