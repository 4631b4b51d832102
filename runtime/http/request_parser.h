#pragma once

#include "runtime/http/request.h"
#include "runtime/http/response.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace openfc::http {

struct RequestLimits {
  std::size_t max_header_bytes = 64UL * 1024;  // Request line and all headers together.
  std::size_t max_line_bytes = 8UL * 1024;     // The request line, or one header.
  std::size_t max_body_bytes = 32UL * 1024 * 1024;
};

/// Cuts a stream of bytes into requests, strictly: what two readers could understand differently
/// (both Content-Length and chunked, two lengths, a coding other than chunked, a folded header) is
/// refused, since that is how requests are smuggled past a proxy.
///
/// Feed it bytes until a request is complete or refused; a long body can be read into its place
/// without a copy through BodySpace(). Or take the head alone once it is there, and the body in
/// parts as it comes.
class RequestParser {
 public:
  enum class State { kNeedMore, kComplete, kRefused };

  explicit RequestParser(const RequestLimits& limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Takes bytes from the front of `bytes` and returns how many; the rest is to be offered again,
  /// together with what follows it. Stops at the end of a request, and at the end of a head whose
  /// body has a length. After kComplete or kRefused only TakeRequest() and Refusal() may be called.
  std::size_t Feed(std::string_view bytes);

  State state() const { return state_; }

  /// Where the next bytes of the body may be read to: not empty only within a body that has a
  /// length, when all that was fed is used up. Never asks for more than a step ahead, so that a
  /// large Content-Length alone costs nothing.
  std::span<char> BodySpace();

  /// The first `count` bytes of BodySpace() have been filled.
  void CommitBody(std::size_t count);

  /// Some of the request at hand has been used.
  bool has_begun() const { return head_bytes_ > 0; }

  /// The head is there, and its body is not, or not all of it.
  bool is_in_body() const { return state_ == State::kNeedMore && part_ != Part::kHead; }

  /// True once: the client waits for a word before it sends the body.
  bool TakeContinueWish();
  bool wants_continue() const { return wants_continue_; }

  /// The complete request; the parser then begins the next one.
  Request TakeRequest();

  /// While is_in_body(), when BodySpace() was not used: the request without its body, which is from
  /// then on taken in parts.
  Request TakeHead();

  /// What has come of the body since the last call; after TakeHead().
  std::string TakeBodyPart();

  /// After TakeHead(), when the request is complete: begins the next one.
  void BeginNext();

  /// How much of the body came so far, and how much is to come where that is known.
  std::size_t body_bytes() const { return body_filled_; }
  std::optional<std::size_t> body_left() const;

  /// Refuses the request at hand for a reason of the caller's.
  void Refuse(int status, std::string reason);

  /// How the request at hand is to be answered; of the last one after TakeRequest().
  const AnswerStyle& style() const { return style_; }

  /// Whether it asked to be upgraded to another protocol; as style().
  bool wants_upgrade() const { return wants_upgrade_; }

  /// Why the bytes are no request: a status and a sentence.
  struct Refusal {
    int status = 400;
    std::string reason;
  };
  const Refusal& refusal() const { return refusal_; }

  /// The request at hand as far as it was read, and not taken.
  const Request& seen() const { return request_; }

 private:
  class Syntax;

  std::size_t FeedHead(std::string_view bytes);
  std::size_t FeedChunks(std::string_view bytes);
  std::size_t FeedSizedBody(std::string_view bytes);
  /// Refuses what is wrong with the head so far; `bytes` were fed, and `used` of them taken.
  void CheckHead(std::string_view bytes, std::size_t used);
  void RefuseLargeHead();
  void FinishHead();
  std::size_t BodyLeft() const { return body_length_ - body_filled_; }

  enum class Part { kHead, kSizedBody, kChunks };

  const RequestLimits limits_;
  State state_ = State::kNeedMore;
  Part part_ = Part::kHead;
  AnswerStyle style_;
  Refusal refusal_;
  bool wants_continue_ = false;
  bool wants_upgrade_ = false;
  bool is_in_parts_ = false;  // The head was taken.
  std::size_t head_bytes_ = 0;
  std::size_t body_length_ = 0;
  std::size_t body_filled_ = 0;
  Request request_;
  std::unique_ptr<Syntax> syntax_;  // The library's part; a new one for each request.
};

}  // namespace openfc::http
