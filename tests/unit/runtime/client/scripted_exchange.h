#pragma once

#include "runtime/client/http_runtime_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace openfc {

using Headers = std::map<std::string, std::string, std::less<>>;

/// What the platform says to one poll.
struct PollAnswer {
  int status = 0;  // 0: no status line.
  Headers headers;
  std::string body;
  bool is_truncated = false;
};

struct Posted {
  std::string path;
  std::string body;
  std::string content_type;
  bool with_poll = false;
};

/// In place of a post's status: we cannot even send it.
inline constexpr int kOutOfMemory = -1;

/// What the platform does, and what it saw. Outlives the exchange.
struct Script {
  std::deque<PollAnswer> polls;   // At its end, `at_end` is called and the poll fails.
  std::deque<int> post_statuses;  // At its end: 200. 0: no status line.
  std::function<void()> at_end;
  std::function<void()> on_post;
  std::vector<Posted> posted;
  bool loses_pairs = false;  // So the exchange believes, until it is asked once.
  bool takes_pairs = false;
  bool brings_both = false;  // The poll's answer has come with the post's.
  Deadline answer_due = {};
  int ended_waits = 0;
  UniqueFd answer_on_first{::eventfd(0, EFD_CLOEXEC)};
  UniqueFd answer_on_second{::eventfd(0, EFD_CLOEXEC)};
  int drops = 0;
  int polled = 0;
};

class ScriptedExchange final : public HttpExchange {
 public:
  explicit ScriptedExchange(Script& script, int socket = -1) : script_(script), socket_(socket) {}

  Expected<HttpAnswer> Poll(const OnHead& on_head) override {
    ++script_.polled;
    has_poll_out_ = false;
    if (script_.polls.empty()) {
      script_.at_end();
      return Error{ErrorCode::kUnavailable, "the script ended"};
    }
    const PollAnswer answer = script_.polls.front();
    script_.polls.pop_front();
    if (answer.status == 0) return Error{ErrorCode::kUnavailable, "connection refused"};
    on_head(answer.status, [&answer](std::string_view name) -> std::optional<std::string_view> {
      const auto found = answer.headers.find(name);
      if (found == answer.headers.end()) return std::nullopt;
      return std::string_view(found->second);
    });
    return HttpAnswer{
        .status = answer.status, .body = answer.body, .is_truncated = answer.is_truncated};
  }

  Expected<HttpAnswer> Post(const HttpPost& post, Then then) override {
    script_.posted.push_back({std::string(post.path), std::string(post.body),
                              std::string(post.content_type), then == Then::kPoll});
    if (script_.on_post) script_.on_post();
    int status = 200;
    if (!script_.post_statuses.empty()) {
      status = script_.post_statuses.front();
      script_.post_statuses.pop_front();
    }
    if (status == kOutOfMemory) throw std::bad_alloc();
    if (status == 0) return Error{ErrorCode::kUnavailable, "reset"};
    has_poll_out_ = then == Then::kPoll;
    return HttpAnswer{.status = status, .body = {}, .is_truncated = false};
  }

  bool CanBeginPair() override { return script_.takes_pairs && !has_poll_out_; }
  void BeginPair(const HttpPost& post) override { sent_ = Post(post, Then::kPoll); }
  Expected<HttpAnswer> FinishPost() override { return *std::exchange(sent_, std::nullopt); }
  Deadline answer_due() const override { return script_.answer_due; }
  void EndWait() override { ++script_.ended_waits; }
  bool HasInput() const override { return script_.brings_both; }
  bool AwaitElsewhere() override { return !script_.loses_pairs; }

  bool HasPollOut() const override { return has_poll_out_; }
  bool IsPollDoubtful() override { return std::exchange(script_.loses_pairs, false); }
  Status BeginPoll() override {
    has_poll_out_ = true;
    return Ok();
  }
  int socket() const override { return socket_; }

  void Drop() override {
    has_poll_out_ = false;
    ++script_.drops;
  }

 private:
  Script& script_;
  const int socket_;
  std::optional<Expected<HttpAnswer>> sent_;
  bool has_poll_out_ = false;
};

inline PollAnswer Event(const std::string& id, std::string body = "event") {
  return {.status = 200,
          .headers = {{"x-fc-request-id", id}},
          .body = std::move(body),
          .is_truncated = false};
}

inline PollAnswer StatusOnly(int status) {
  return {.status = status, .headers = {}, .body = {}, .is_truncated = false};
}

class HttpRuntimeApiTest : public ::testing::Test {
 protected:
  HttpRuntimeApiTest() : page_(*SharedPage::Create()) {
    script_.at_end = [this] { interrupt_.Trigger(); };
  }

  HttpRuntimeApi& Api() {
    if (!api_) {
      HttpRuntimeApi::Options options;
      options.max_response_bytes = 100;
      options.pause = [this](std::chrono::milliseconds length) {
        pauses_.push_back(length);
        return !interrupt_.is_triggered();
      };
      options.open_exchange = [this] {
        ++reopened_;
        return std::make_unique<ScriptedExchange>(script_, script_.answer_on_second.get());
      };
      options.open_spare = [this] {
        ++spares_;
        return std::make_unique<ScriptedExchange>(script_);
      };
      api_ = std::make_unique<HttpRuntimeApi>(
          std::make_unique<ScriptedExchange>(script_, script_.answer_on_first.get()), shared_,
          std::move(options));
    }
    return *api_;
  }

  std::string NextId() {
    const auto work = Api().Next();
    if (!work) return "(" + work.error().message + ")";
    rows_[work->invocation->request_id] = work->row;
    return work->invocation->request_id;
  }

  Answer AnswerTo(const std::string& id) {
    return {.request_id = id, .row = rows_[id], .outcome = Response{}};
  }

  void Post(const std::string& id, Outcome outcome) {
    Api().Post({.request_id = id, .row = rows_[id], .outcome = std::move(outcome)});
  }

  std::vector<std::string> PostedPaths() const {
    std::vector<std::string> paths;
    for (const Posted& posted : script_.posted) paths.push_back(posted.path);
    return paths;
  }

  RowState StateInPage() const { return page_->ReadInFlight().at(0).state; }

  Script script_;
  std::unique_ptr<SharedPage> page_;
  Interrupt interrupt_;
  RuntimeApiShared shared_{.page = *page_, .interrupt = interrupt_};
  std::map<std::string, std::size_t> rows_;
  int spares_ = 0;
  int reopened_ = 0;
  std::vector<std::chrono::milliseconds> pauses_;
  std::unique_ptr<HttpRuntimeApi> api_;
};

}  // namespace openfc
