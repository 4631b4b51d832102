#pragma once

#include "runtime/base/error.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace openfc::emulator {

/// A request of ours.
struct OutgoingRequest {
  std::string method = "GET";  // Or POST, PUT.
  std::string url = {};        // http://HOST[:PORT][/PATH], or https.
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string content_type = "application/json";  // Of a body.
  std::string body = {};
  std::chrono::seconds connect_time{5};
  std::chrono::seconds answer_time{30};  // Without a byte of it.
};

struct IncomingAnswer {
  int status = 0;
  std::string body = {};
};

/// Sends one request by a connection of its own, and blocks until it is answered, whatever the
/// answer: redirections are not followed. kUnavailable when nobody answered, kInvalidArgument for
/// an URL that is none. From any thread.
Expected<IncomingAnswer> SendRequest(const OutgoingRequest& request);

/// Whether requests can be sent to it: kInvalidArgument with a sentence otherwise.
Status CheckUrl(const std::string& url);

}  // namespace openfc::emulator
