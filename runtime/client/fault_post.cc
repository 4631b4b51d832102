#include "runtime/client/fault_post.h"

#include "runtime/base/log.h"
#include "runtime/client/post_policy.h"
#include "runtime/wire/routes.h"

#include <spdlog/fmt/fmt.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

namespace openfc {
namespace {

constexpr std::size_t kMaxHeadBytes = 16 * 1024;

std::string RequestBytes(const PlatformAddress& address, const FaultReport& report) {
  const std::string type_line =
      report.error_type.empty()
          ? ""
          : fmt::format("{}: {}\r\n", wire::kErrorTypeHeader, report.error_type);
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\nContent-Type: {}\r\n{}"
      "Content-Length: {}\r\nConnection: close\r\n\r\n{}",
      report.path, address.authority, wire::kUserAgent, wire::kErrorContentType, type_line,
      report.document.size(), report.document);
}

/// The status of a whole first line `HTTP/1.x NNN ...`; nothing when it is none.
std::optional<int> ParseStatusLine(std::string_view line) {
  constexpr std::string_view kVersion = "HTTP/1.";
  constexpr std::size_t kStatusAt = 9;  // After one more digit and a blank.
  constexpr std::size_t kStatusDigits = 3;
  if (!line.starts_with(kVersion) || line.size() < kStatusAt + kStatusDigits) return std::nullopt;
  const char* const first = line.data() + kStatusAt;
  int status = 0;
  const auto [end, error] = std::from_chars(first, first + kStatusDigits, status);
  const bool is_whole = error == std::errc() && end == first + kStatusDigits;
  return is_whole && line[kStatusAt - 1] == ' ' && status >= 100 ? std::optional(status)
                                                                 : std::nullopt;
}

bool WouldBlock(int error_number) { return error_number == EAGAIN || error_number == EWOULDBLOCK; }

std::string Words(int error_number) { return std::generic_category().message(error_number); }

}  // namespace

FaultPost::FaultPost(const PlatformAddress& address, const FaultReport& report, Deadline give_up)
    : address_(address),
      path_(report.path),
      request_id_(report.request_id),
      bytes_(RequestBytes(address, report)),
      give_up_(give_up),
      resume_(Deadline::Clock::now()) {}

bool FaultPost::Advance() {
  while (Step()) {
  }
  if (state_ != State::kDone && give_up_.HasPassed()) GiveUp("the platform does not answer");
  return state_ == State::kDone;
}

std::optional<pollfd> FaultPost::Awaited() const {
  if (!socket_.is_open()) return std::nullopt;
  const short events = state_ == State::kSending ? POLLOUT : POLLIN;
  return pollfd{.fd = socket_.get(), .events = events, .revents = 0};
}

Deadline FaultPost::NextLook() const {
  return state_ == State::kPausing ? std::min(resume_, give_up_) : give_up_;
}

bool FaultPost::Step() {
  switch (state_) {
    case State::kPausing:
      return resume_.HasPassed() && Connect();
    case State::kSending:
      return Send();
    case State::kReading:
      return Read();
    case State::kDone:
      break;
  }
  return false;
}

bool FaultPost::Connect() {
  ++attempts_;
  sent_ = 0;
  status_ = 0;
  head_.clear();
  socket_ =
      UniqueFd(::socket(address_.socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const auto* const address = reinterpret_cast<const sockaddr*>(&address_.socket);
  if (!socket_.is_open() ||
      (::connect(socket_.get(), address, address_.length) != 0 && errno != EINPROGRESS)) {
    FailAttempt(Words(errno));
    return true;
  }
  state_ = State::kSending;
  return true;
}

bool FaultPost::Send() {
  // Until the connection stands this would block, too; that it failed is told here as well.
  const ssize_t count =
      ::send(socket_.get(), bytes_.data() + sent_, bytes_.size() - sent_, MSG_NOSIGNAL);
  if (count < 0 && WouldBlock(errno)) return false;
  if (count < 0) {
    FailAttempt(Words(errno));
    return true;
  }
  sent_ += static_cast<std::size_t>(count);
  if (sent_ == bytes_.size()) state_ = State::kReading;
  return true;
}

bool FaultPost::Read() {
  std::array<char, 4096> chunk;
  const ssize_t count = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
  if (count < 0 && WouldBlock(errno)) return false;
  if (count > 0) {
    head_.append(chunk.data(), static_cast<std::size_t>(count));
    ReadHead();
  } else if (status_ != 0) {
    Finish();
  } else {
    FailAttempt(count == 0 ? "the connection was closed" : Words(errno));
  }
  return true;
}

void FaultPost::ReadHead() {
  DropInterimAnswers();
  const std::string_view head = head_;
  const auto line_end = head.find('\n');
  if (line_end != std::string::npos && status_ == 0) {
    const auto status = ParseStatusLine(head.substr(0, line_end));
    if (!status) {
      FailAttempt("the answer is not HTTP");
      return;
    }
    status_ = *status;
  }
  const bool is_too_long = head.size() >= kMaxHeadBytes;
  if (status_ != 0 && (is_too_long || head.find("\r\n\r\n") != std::string::npos)) Finish();
  if (status_ == 0 && is_too_long) FailAttempt("the answer is not HTTP");
}

/// 100 Continue and its like come before the answer.
void FaultPost::DropInterimAnswers() {
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  constexpr int kFinal = 200;
  for (auto end = head_.find(kHeadEnd); end != std::string::npos; end = head_.find(kHeadEnd)) {
    const std::string_view head = head_;
    const auto status = ParseStatusLine(head.substr(0, head.find('\n')));
    if (!status || *status >= kFinal) return;
    head_.erase(0, end + kHeadEnd.size());
    status_ = 0;
  }
}

void FaultPost::FailAttempt(const std::string& cause) {
  socket_.Reset();
  if (attempts_ > kPostRepeats) return GiveUp(cause);
  state_ = State::kPausing;
  resume_ = Deadline::After(backoff_.NextDelay());
}

void FaultPost::Finish() {
  const PostVerdict verdict = JudgePost(status_);
  if (verdict == PostVerdict::kAgain && attempts_ <= kPostRepeats && !give_up_.HasPassed()) {
    return FailAttempt("the platform answered " + std::to_string(status_));
  }
  socket_.Reset();
  state_ = State::kDone;
  if (verdict == PostVerdict::kAccepted) {
    LogInfo("fault_posted request_id={} path={} status={} attempts={}", request_id_, path_, status_,
            attempts_);
  } else {
    LogWarn("fault_post_refused request_id={} path={} status={} attempts={}", request_id_, path_,
            status_, attempts_);
  }
}

void FaultPost::GiveUp(const std::string& cause) {
  if (status_ != 0) return Finish();
  socket_.Reset();
  state_ = State::kDone;
  LogError("fault_post_failed request_id={} path={} attempts={} cause=\"{}\"", request_id_, path_,
           attempts_, cause);
}

}  // namespace openfc
