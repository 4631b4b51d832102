#pragma once

#include "runtime/http/request_parser.h"
#include "runtime/http/responder.h"
#include "runtime/page/shared_page.h"
#include "runtime/server/alarm_clock.h"
#include "runtime/server/flight.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace openfc {

/// The request that these bytes are.
inline http::Request ParseRequest(const std::string& bytes) {
  http::RequestParser parser({});
  std::string_view rest = bytes;
  while (parser.state() == http::RequestParser::State::kNeedMore && !rest.empty()) {
    const std::size_t used = parser.Feed(rest);
    if (used == 0) break;
    rest.remove_prefix(used);
  }
  if (parser.state() != http::RequestParser::State::kComplete) {
    throw std::invalid_argument("no request: " + bytes);
  }
  return parser.TakeRequest();
}

struct RequestText {
  std::string method = "POST";
  std::string target = "/invoke";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

inline http::Request MakeRequest(const RequestText& text) {
  std::string bytes = text.method + " " + text.target + " HTTP/1.1\r\nHost: f.example\r\n";
  for (const auto& [name, value] : text.headers) bytes += name + ": " + value + "\r\n";
  return ParseRequest(bytes + "Content-Length: " + std::to_string(text.body.size()) + "\r\n\r\n" +
                      text.body);
}

/// A client's side of Responders: what was answered, by whomever.
class FakeLine final : public http::AnswerLine {
 public:
  void Answer(std::uint64_t /*ticket*/, http::Response response) override {
    if (!answer) answer = std::move(response);
  }
  std::unique_ptr<http::AnswerWriter> Begin(std::uint64_t /*ticket*/,
                                            http::Response /*head*/) override {
    return nullptr;
  }
  std::unique_ptr<http::WebSocket> Upgrade(std::uint64_t /*ticket*/,
                                           http::HeaderList /*headers*/) override {
    return nullptr;
  }
  void Overrule(std::uint64_t ticket, http::Response response) override {
    Answer(ticket, std::move(response));
    was_overruled = true;
  }
  void WhenHalfClosed(std::uint64_t /*ticket*/, std::function<void()> /*callback*/) override {}
  void WhenGone(std::uint64_t /*ticket*/, std::function<void()> /*callback*/) override {}
  bool IsHalfClosed() const override { return false; }

  std::optional<http::Response> answer;
  bool was_overruled = false;
};

/// What flights need around them.
struct FlightGround {
  std::unique_ptr<SharedPage> page = SharedPage::Create().value();
  std::unique_ptr<AlarmClock> alarms = AlarmClock::Create().value();
  int wakes = 0;
  int times_turned_away = 0;
  FlightControl control{.page = *page,
                        .alarms = *alarms,
                        .wake_rloader = [this] { ++wakes; },
                        .turn_clients_away = [this] { ++times_turned_away; }};
};

}  // namespace openfc
