#include "runtime/http/request_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace openfc::http {
namespace beast = boost::beast::http;
namespace {

// A body is read in steps of this size, and no more than this is set aside on the word of a header.
constexpr std::size_t kBodyStep = 256UL * 1024;
constexpr std::size_t kMaxReserve = 64UL * 1024 * 1024;

std::string_view ToStd(boost::beast::string_view text) { return {text.data(), text.size()}; }

beast::error AnyError() { return beast::error::bad_value; }

/// A value that goes on in a further line: the library takes that and joins the lines in a place of
/// its own, or leaves the first out where it is empty; we do not.
bool IsFolded(std::string_view name, std::string_view value, std::string_view input) {
  const std::less<> before;
  const char* const gap = name.data() + name.size();
  if (before(value.data(), gap) || before(input.data() + input.size(), value.data())) return true;
  return std::any_of(gap, value.data(), [](char c) { return c == '\n'; });
}

bool IsNumber(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

/// The grammar of HTTP/1, which writes what it reads into a Request. What we are stricter about
/// than the library sets `refusal`.
class RequestParser::Syntax final : public beast::basic_parser<true> {
 public:
  using ErrorCode = boost::beast::error_code;
  using Text = boost::beast::string_view;

  Syntax(Request& request, const RequestLimits& limits)
      : request_(request), max_line_(limits.max_line_bytes) {
    // The library's header limit is one of each line; the sum is counted by RequestParser.
    header_limit(
        static_cast<std::uint32_t>(std::min<std::size_t>(limits.max_header_bytes, 1UL << 30)));
    body_limit(limits.max_body_bytes);
    eager(false);
  }

  std::string_view input;  // What is being put.
  std::optional<Refusal> refusal;
  bool expects_continue = false;
  int version = 11;

 private:
  void Refuse(int status, const char* reason, ErrorCode& error) {
    refusal = Refusal{.status = status, .reason = reason};
    error = AnyError();
  }

  Request::Span Keep(Text text) {
    const Request::Span span{request_.head_.size(), text.size()};
    request_.head_.append(text.data(), text.size());
    return span;
  }

  void on_request_impl(beast::verb, Text method, Text target, int http_version,
                       ErrorCode& error) override {
    if (method.size() + target.size() + kLineRest > max_line_) {
      Refuse(414, "The request line is too long.", error);
      return;
    }
    request_.method_ = Keep(method);
    request_.target_ = Keep(target);
    request_.is_http_1_0_ = http_version < 11;
    version = http_version;
  }

  void on_response_impl(int, Text, int, ErrorCode&) override {}

  void on_field_impl(beast::field name, Text name_text, Text value, ErrorCode& error) override {
    if (is_header_done()) return;  // Trailers are read and dropped.
    if (name_text.size() + value.size() + kFieldRest > max_line_) {
      Refuse(431, "A header line is too long.", error);
    } else if (IsFolded(ToStd(name_text), ToStd(value), input)) {
      Refuse(400, "A header goes on in a second line.", error);
    } else {
      CheckField(name, value, error);
    }
    request_.AddField(Keep(name_text), Keep(value));
  }

  void CheckField(beast::field name, Text value, ErrorCode& error) {
    if (name == beast::field::content_length) {
      if (std::exchange(has_length_, true))
        Refuse(400, "The request has two Content-Length headers.", error);
      if (!IsNumber(ToStd(value))) Refuse(400, "The Content-Length is no number.", error);
    } else if (name == beast::field::host && std::exchange(has_host_, true)) {
      Refuse(400, "The request has two Host headers.", error);
    } else if (name == beast::field::transfer_encoding) {
      if (!EqualsIgnoringCase(ToStd(value), "chunked"))
        Refuse(501, "The only transfer coding that is understood is chunked.", error);
      if (std::exchange(has_coding_, true))
        Refuse(400, "The request has two Transfer-Encoding headers.", error);
      if (version < 11) Refuse(400, "HTTP/1.0 has no Transfer-Encoding.", error);
    } else if (name == beast::field::expect) {
      expects_continue = EqualsIgnoringCase(ToStd(value), "100-continue");
      if (!expects_continue)
        Refuse(417, "The only expectation that is understood is 100-continue.", error);
    }
  }

  void on_header_impl(ErrorCode& error) override {
    if (version >= 11 && !has_host_) Refuse(400, "The request has no Host header.", error);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(Text, ErrorCode&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, Text body, ErrorCode&) override {
    request_.body_.append(body.data(), body.size());
    return body.size();
  }

  void on_finish_impl(ErrorCode&) override {}

  static constexpr std::size_t kLineRest = sizeof("  HTTP/1.1") - 1;
  static constexpr std::size_t kFieldRest = sizeof(": ") - 1;

  Request& request_;
  const std::size_t max_line_;
  bool has_length_ = false;
  bool has_coding_ = false;
  bool has_host_ = false;
};

RequestParser::RequestParser(const RequestLimits& limits)
    : limits_(limits), syntax_(std::make_unique<Syntax>(request_, limits_)) {}

RequestParser::~RequestParser() = default;

void RequestParser::Refuse(int status, std::string reason) {
  state_ = State::kRefused;
  style_.keep_alive = false;
  refusal_ = Refusal{.status = status, .reason = std::move(reason)};
}

std::size_t RequestParser::Feed(std::string_view bytes) {
  if (part_ == Part::kHead) return FeedHead(bytes);
  if (part_ == Part::kSizedBody) return FeedSizedBody(bytes);
  return FeedChunks(bytes);
}

std::size_t RequestParser::FeedHead(std::string_view bytes) {
  if (head_bytes_ == 0) {
    // Empty lines before a request are skipped (RFC 9112, 2.2).
    std::size_t first = 0;
    while (first < bytes.size() && (bytes[first] == '\r' || bytes[first] == '\n')) ++first;
    if (first > 0) return first;
  }
  boost::beast::error_code error;
  syntax_->input = bytes;
  const std::size_t used = syntax_->put({bytes.data(), bytes.size()}, error);
  head_bytes_ += used;
  if (syntax_->refusal) {
    Refuse(syntax_->refusal->status, std::move(syntax_->refusal->reason));
  } else if (error == beast::error::body_limit) {
    Refuse(413, "The request's body exceeds the limit of " +
                    std::to_string(limits_.max_body_bytes) + " bytes.");
  } else if (error == beast::error::header_limit) {
    RefuseLargeHead();
  } else if (error && error != beast::error::need_more) {
    Refuse(400, "The request is not HTTP/1.1: " + error.message() + ".");
  } else {
    CheckHead(bytes, used);
    if (state_ == State::kNeedMore && syntax_->is_header_done()) FinishHead();
  }
  return used;
}

void RequestParser::RefuseLargeHead() {
  Refuse(431, "The request's headers exceed the limit of " +
                  std::to_string(limits_.max_header_bytes) + " bytes.");
}

void RequestParser::CheckHead(std::string_view bytes, std::size_t used) {
  const std::string_view left = bytes.substr(used);
  const bool is_done = syntax_->is_header_done();
  if (head_bytes_ + (is_done ? 0 : left.size()) > limits_.max_header_bytes) {
    RefuseLargeHead();
  } else if (!is_done && left.size() > limits_.max_line_bytes &&
             left.find('\n', left.size() - limits_.max_line_bytes) == std::string_view::npos) {
    const bool is_first = request_.method().empty();
    Refuse(is_first ? 414 : 431,
           is_first ? "The request line is too long." : "A header line is too long.");
  }
}

void RequestParser::FinishHead() {
  style_ = AnswerStyle{.keep_alive = syntax_->keep_alive(),
                       .is_http_1_0 = syntax_->version < 11,
                       .is_head = request_.method() == "HEAD"};
  wants_upgrade_ = syntax_->upgrade();
  if (syntax_->is_done()) {
    state_ = State::kComplete;
    return;
  }
  wants_continue_ = syntax_->expects_continue && syntax_->version >= 11;
  if (syntax_->chunked()) {
    part_ = Part::kChunks;
    return;
  }
  part_ = Part::kSizedBody;
  body_length_ = static_cast<std::size_t>(syntax_->content_length().value_or(0));
}

std::size_t RequestParser::FeedSizedBody(std::string_view bytes) {
  const std::string_view part = bytes.substr(0, BodyLeft());
  if (!is_in_parts_) request_.body_.resize(body_filled_);  // BodySpace() made it longer.
  request_.body_.append(part);
  body_filled_ += part.size();
  if (BodyLeft() == 0) state_ = State::kComplete;
  return part.size();
}

std::size_t RequestParser::FeedChunks(std::string_view bytes) {
  std::size_t used = 0;
  const std::size_t before = request_.body_.size();
  boost::beast::error_code error;
  while (used < bytes.size() && !error && !syntax_->is_done()) {
    used += syntax_->put({bytes.data() + used, bytes.size() - used}, error);
  }
  body_filled_ += request_.body_.size() - before;
  if (error == beast::error::body_limit) {
    Refuse(413, "The request's body exceeds the limit of " +
                    std::to_string(limits_.max_body_bytes) + " bytes.");
  } else if (error && error != beast::error::need_more) {
    Refuse(400, "The request's chunks are malformed: " + error.message() + ".");
  } else if (bytes.size() - used > limits_.max_header_bytes) {
    Refuse(400, "A chunk's size line or the trailers are too long.");
  } else if (syntax_->is_done()) {
    state_ = State::kComplete;
  }
  return used;
}

std::span<char> RequestParser::BodySpace() {
  if (part_ != Part::kSizedBody || state_ != State::kNeedMore || is_in_parts_) return {};
  std::string& body = request_.body_;
  body.reserve(std::min(body_length_, kMaxReserve));
  if (body.size() == body_filled_) body.resize(body_filled_ + std::min(BodyLeft(), kBodyStep));
  return {body.data() + body_filled_, body.size() - body_filled_};
}

void RequestParser::CommitBody(std::size_t count) {
  body_filled_ += count;
  if (BodyLeft() == 0) state_ = State::kComplete;
}

bool RequestParser::TakeContinueWish() { return std::exchange(wants_continue_, false); }

Request RequestParser::TakeRequest() {
  Request taken = std::exchange(request_, Request());
  BeginNext();
  return taken;
}

Request RequestParser::TakeHead() {
  is_in_parts_ = true;
  Request taken = std::exchange(request_, Request());
  request_.body_ = taken.TakeBody();
  return taken;
}

std::string RequestParser::TakeBodyPart() { return std::exchange(request_.body_, std::string()); }

void RequestParser::BeginNext() {
  request_.body_ = std::string();  // The rest was taken.
  state_ = State::kNeedMore;
  part_ = Part::kHead;
  head_bytes_ = body_length_ = body_filled_ = 0;
  wants_continue_ = is_in_parts_ = false;
  syntax_ = std::make_unique<Syntax>(request_, limits_);
}

std::optional<std::size_t> RequestParser::body_left() const {
  if (part_ != Part::kSizedBody) return std::nullopt;
  return BodyLeft();
}

}  // namespace openfc::http
