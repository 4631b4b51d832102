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
  std::size_t max_body_bytes = 32UL * 1024 * 1024;
};

/// Cuts a stream of bytes into requests, strictly: what two readers could understand differently
/// (both Content-Length and chunked, two lengths, a coding other than chunked) is refused, since
/// that is how requests are smuggled past a proxy.
///
/// Feed it bytes until a request is complete or refused; a long body can be read into its place
/// without a copy through BodySpace().
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

  /// True once: the client waits for a word before it sends the body.
  bool TakeContinueWish();

  /// The complete request; the parser then begins the next one.
  Request TakeRequest();

  /// How the request at hand is to be answered; of the last one after TakeRequest().
  const AnswerStyle& style() const { return style_; }

  /// Why the bytes are no request: a status and a sentence.
  struct Refusal {
    int status = 400;
    std::string reason;
  };
  const Refusal& refusal() const { return refusal_; }

  /// The request at hand as far as it was read.
  const Request& seen() const { return request_; }

 private:
  class Syntax;

  std::size_t FeedHead(std::string_view bytes);
  std::size_t FeedChunks(std::string_view bytes);
  std::size_t FeedSizedBody(std::string_view bytes);
  void FinishHead();
  void Refuse(int status, std::string reason);
  std::size_t BodyLeft() const { return body_length_ - body_filled_; }

  enum class Part { kHead, kSizedBody, kChunks };

  const RequestLimits limits_;
  State state_ = State::kNeedMore;
  Part part_ = Part::kHead;
  AnswerStyle style_;
  Refusal refusal_;
  bool wants_continue_ = false;
  std::size_t head_bytes_ = 0;
  std::size_t body_length_ = 0;
  std::size_t body_filled_ = 0;
  Request request_;
  std::unique_ptr<Syntax> syntax_;  // The library's part; a new one for each request.
};

}  // namespace openfc::http
