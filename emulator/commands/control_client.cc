#include "emulator/commands/control_client.h"

#include "emulator/http_client/http_client.h"

#include <nlohmann/json.hpp>

namespace openfc::emulator {
namespace {

constexpr int kStatusOk = 200;

/// An address that is listened on, as one that can be called.
std::string Reachable(const std::string& address) {
  if (address == "0.0.0.0") return "127.0.0.1";
  if (address == "::") return "[::1]";
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

std::string SentenceIn(const IncomingAnswer& answer) {
  const auto document = nlohmann::json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  for (const char* const key : {"error", "Message"}) {  // Of the console's API, and of FC 3's.
    if (!document.is_object() || !document.contains(key)) continue;
    if (document.at(key).is_string()) return document.at(key).get<std::string>();
  }
  return "the running fclocal answered " + std::to_string(answer.status);
}

}  // namespace

Expected<ControlClient> ControlClient::Find(const StatePlace& place) {
  const auto folder = ChooseStateFolder(place);
  if (!folder) return folder.error();
  auto running = FindRunning(*folder);
  if (!running) return running.error();
  if (*running) return ControlClient(*folder, **std::move(running));
  return Error{ErrorCode::kUnavailable, "no fclocal is serving with the state folder " + *folder};
}

std::string ControlClient::Url() const {
  return "http://" + Reachable(state_.address) + ":" + std::to_string(state_.port);
}

Expected<std::string> ControlClient::Get(const std::string& path) const {
  return Ask("GET", path, {});
}

Expected<std::string> ControlClient::Put(const std::string& path) const {
  return Ask("PUT", path, {});
}

Expected<std::string> ControlClient::Post(const std::string& path, const std::string& body) const {
  return Ask("POST", path, body);
}

Expected<std::string> ControlClient::Ask(const std::string& method, const std::string& path,
                                         const std::string& body) const {
  auto answer = SendRequest({.method = method,
                             .url = Url() + path,
                             .headers = {{"x-openfc-token", state_.token}},
                             .body = body});
  if (!answer) return answer.error();
  if (answer->status != kStatusOk) return Error{ErrorCode::kInvalidArgument, SentenceIn(*answer)};
  return std::move(answer->body);
}

}  // namespace openfc::emulator
