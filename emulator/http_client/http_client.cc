#include "emulator/http_client/http_client.h"

#include <httplib.h>

#include <algorithm>
#include <exception>
#include <string_view>

namespace openfc::emulator {
namespace {

/// `http://HOST:PORT` and what comes after it.
struct SplitUrl {
  std::string origin;
  std::string path;
};

Expected<SplitUrl> Split(const std::string& url) {
  const auto is_printable = [](char letter) { return letter > ' ' && letter < 0x7f; };
  const auto scheme = url.find("://");
  const bool is_http = url.starts_with("http://") || url.starts_with("https://");
  if (!is_http || !std::all_of(url.begin(), url.end(), is_printable)) {
    return Error{ErrorCode::kInvalidArgument,
                 "'" + url + "' is no URL of the form http://HOST[:PORT]/PATH"};
  }
  const auto host = scheme + 3;
  const auto end = std::min(url.find_first_of("/?#", host), url.size());
  if (end == host) {
    return Error{ErrorCode::kInvalidArgument, "the URL '" + url + "' names no host"};
  }
  std::string path = url.substr(end, url.find('#', end) - end);
  if (!path.starts_with('/')) path.insert(0, "/");
  return SplitUrl{.origin = url.substr(0, end), .path = std::move(path)};
}

Expected<IncomingAnswer> Send(const OutgoingRequest& request, const SplitUrl& url) {
  httplib::Client client(url.origin);
  client.set_tcp_nodelay(true);
  client.set_follow_location(false);
  client.set_connection_timeout(request.connect_time);
  client.set_read_timeout(request.answer_time);
  client.set_write_timeout(request.answer_time);
  httplib::Request outgoing;
  outgoing.method = request.method;
  outgoing.path = url.path;
  for (const auto& [name, value] : request.headers) outgoing.headers.emplace(name, value);
  if (request.method != "GET") {
    outgoing.headers.emplace("Content-Type", request.content_type);
    outgoing.body = request.body;
  }
  httplib::Result result = client.send(outgoing);
  if (!result) {
    return Error{ErrorCode::kUnavailable,
                 url.origin + " does not answer: " + httplib::to_string(result.error())};
  }
  return IncomingAnswer{.status = result->status, .body = std::move(result->body)};
}

}  // namespace

Expected<IncomingAnswer> SendRequest(const OutgoingRequest& request) try {
  const auto url = Split(request.url);
  if (!url) return url.error();
  return Send(request, *url);
} catch (const std::exception& exception) {
  return Error{ErrorCode::kUnavailable, exception.what()};
}

Status CheckUrl(const std::string& url) {
  const auto split = Split(url);
  if (!split) return split.error();
  return Ok();
}

}  // namespace openfc::emulator
