#include "runtime/client/answer_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace openfc {
namespace {

namespace beast = boost::beast::http;

constexpr int kFirstStatus = 100;
constexpr int kFirstFinalStatus = 200;

// However long a body is said to be, it gets no more room than this ahead of its bytes.
constexpr std::size_t kMaxReserve = 64UL * 1024 * 1024;

constexpr std::size_t kUsualFields = 32;  // More find room, too.

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool MayBeHttp(std::string_view bytes) {
  constexpr std::string_view kBegin = "HTTP/1.";
  const std::size_t length = std::min(bytes.size(), kBegin.size());
  return bytes.substr(0, length) == kBegin.substr(0, length);
}

}  // namespace

/// The grammar of HTTP/1, which writes what it reads into its AnswerParser.
class AnswerParser::Syntax final : public beast::basic_parser<false> {
 public:
  using ErrorCode = boost::beast::error_code;
  using Text = boost::beast::string_view;

  explicit Syntax(AnswerParser* owner) : owner_(owner) {
    eager(false);
    header_limit(std::numeric_limits<std::uint32_t>::max());  // The caller's buffer is the limit.
    body_limit(boost::none);
  }

  void set_owner(AnswerParser* owner) { owner_ = owner; }

 private:
  Span Keep(Text text) {
    const Span span{owner_->text_.size(), text.size()};
    owner_->text_.append(text.data(), text.size());
    return span;
  }

  void on_request_impl(beast::verb, Text, Text, int, ErrorCode&) override {}

  void on_response_impl(int status, Text, int, ErrorCode&) override { owner_->status_ = status; }

  void on_field_impl(beast::field, Text name, Text value, ErrorCode&) override {
    if (is_header_done()) return;  // Trailers are read and dropped.
    const Span kept = Keep(name);
    const auto begin = owner_->text_.begin() + static_cast<std::ptrdiff_t>(kept.begin);
    std::transform(begin, owner_->text_.end(), begin, Lower);
    owner_->fields_.push_back({kept, Keep(value)});
  }

  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}

  std::size_t on_body_impl(Text body, ErrorCode&) override {
    owner_->body_.append(body.data(), body.size());
    return body.size();
  }

  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, Text body, ErrorCode& error) override {
    return on_body_impl(body, error);
  }

  void on_finish_impl(ErrorCode&) override {}

  AnswerParser* owner_;
};

AnswerParser::AnswerParser() { BeginAnswer(); }
AnswerParser::~AnswerParser() = default;

AnswerParser::AnswerParser(AnswerParser&& other) noexcept { *this = std::move(other); }

AnswerParser& AnswerParser::operator=(AnswerParser&& other) noexcept {
  state_ = other.state_;
  status_ = other.status_;
  looked_at_ = other.looked_at_;
  text_ = std::move(other.text_);
  fields_ = std::move(other.fields_);
  body_ = std::move(other.body_);
  body_left_ = other.body_left_;
  ends_with_connection_ = other.ends_with_connection_;
  syntax_ = std::move(other.syntax_);
  if (syntax_) syntax_->set_owner(this);
  return *this;
}

void AnswerParser::BeginAnswer() {
  status_ = 0;
  looked_at_ = 0;
  text_.clear();
  fields_.clear();
  syntax_ = std::make_unique<Syntax>(this);
}

std::string_view AnswerParser::Text(Span span) const {
  return {text_.data() + span.begin, span.length};
}

std::size_t AnswerParser::Feed(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && (state_ == State::kHead || state_ == State::kBody)) {
    const bool was_head = state_ == State::kHead;
    const auto rest = bytes.substr(used);
    const std::size_t step = was_head ? FeedHead(rest) : FeedBody(rest);
    used += step;
    if (step == 0 || (was_head && state_ != State::kHead)) break;
  }
  return used;
}

std::size_t AnswerParser::FeedHead(std::string_view bytes) {
  if (!MayBeHttp(bytes)) state_ = State::kBad;
  // All of it at once: the library would take it line by line, and each has to stay where it is.
  if (state_ == State::kBad || !HasWholeHead(bytes)) return 0;
  text_.reserve(looked_at_);
  fields_.reserve(kUsualFields);
  Syntax::ErrorCode error;
  const std::size_t used =
      syntax_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error || !syntax_->is_header_done() || status_ < kFirstStatus) {
    state_ = State::kBad;
    return used;
  }
  if (status_ < kFirstFinalStatus) {
    BeginAnswer();
  } else {
    FinishHead();
  }
  return used;
}

/// The same bytes come again until then, more behind them: what was looked at is not again.
bool AnswerParser::HasWholeHead(std::string_view bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const auto found = bytes.find(kEnd, looked_at_);
  looked_at_ = bytes.size() < kEnd.size() ? 0 : bytes.size() - kEnd.size() + 1;
  return found != std::string_view::npos;
}

void AnswerParser::FinishHead() {
  state_ = syntax_->is_done() ? State::kDone : State::kBody;
  if (state_ == State::kDone) return;
  ends_with_connection_ = syntax_->need_eof();
  const auto length = syntax_->content_length();
  if (syntax_->chunked() || !length) return;
  body_left_ = static_cast<std::size_t>(*length);
  body_.reserve(std::min(body_left_, kMaxReserve));
}

std::size_t AnswerParser::FeedBody(std::string_view bytes) {
  if (body_left_ > 0) {
    const std::size_t count = std::min(body_left_, bytes.size());
    body_.append(bytes.substr(0, count));
    CountBody(count);
    return count;
  }
  Syntax::ErrorCode error;
  const std::size_t used =
      syntax_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == beast::error::need_more) return used;
  if (error && error != beast::error::end_of_chunk) state_ = State::kBad;
  if (syntax_->is_done()) state_ = State::kDone;
  return used;
}

void AnswerParser::CountBody(std::size_t bytes) {
  body_left_ -= bytes;
  if (body_left_ == 0) state_ = State::kDone;
}

void AnswerParser::End() {
  if (state_ == State::kDone || state_ == State::kBad) return;
  state_ = state_ == State::kBody && ends_with_connection_ ? State::kDone : State::kBad;
}

bool AnswerParser::KeepsConnection() const {
  return !ends_with_connection_ && syntax_->keep_alive();
}

std::optional<std::string_view> AnswerParser::Header(std::string_view lower_case_name) const {
  for (const Field& field : fields_) {
    if (field.name.length != lower_case_name.size()) continue;  // As most are.
    if (Text(field.name) == lower_case_name) return Text(field.value);
  }
  return std::nullopt;
}

wire::HeaderLookup AnswerParser::Lookup() const {
  return [this](std::string_view name) { return Header(name); };
}

}  // namespace openfc
