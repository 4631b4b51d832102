#pragma once

#include "runtime/wire/invocation_headers.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc {

/// Cuts the bytes of a connection into the platform's answers, one after the other. Interim answers
/// (100 Continue and its like) are passed over.
///
/// Feed it what has come until the head is there, then until the body is; a body that has a length
/// can be read into its place through BodySpace() instead, without a copy. The bytes may be a
/// stranger's: whatever they are, nothing but kBad comes of them.
class AnswerParser {
 public:
  enum class State { kHead, kBody, kDone, kBad };

  AnswerParser();
  ~AnswerParser();
  AnswerParser(AnswerParser&&) noexcept;
  AnswerParser& operator=(AnswerParser&&) noexcept;

  /// Takes bytes from the front of `bytes` and returns how many; the rest is to be offered again,
  /// together with what follows it. Stops after the head, and at the answer's end.
  std::size_t Feed(std::string_view bytes);

  /// The connection has ended: a body without a length is whole then, anything else is not.
  void End();

  State state() const { return state_; }

  // Once the head was read:
  int status() const { return status_; }
  bool KeepsConnection() const;
  /// The first header of that name; it and the lookup live as long as this object.
  std::optional<std::string_view> Header(std::string_view lower_case_name) const;
  wire::HeaderLookup Lookup() const;

  /// How much of a body with a length is still to come; 0 for any other.
  std::size_t BodyLeft() const { return body_left_; }
  /// A body with a length was continued in `body`, by as much.
  void CountBody(std::size_t bytes);

  /// What has been read of the body; the caller may append to it and count that.
  std::string& body() { return body_; }

 private:
  class Syntax;
  struct Span {
    std::size_t begin = 0;
    std::size_t length = 0;
  };
  struct Field {
    Span name;  // In lower case.
    Span value;
  };

  std::size_t FeedHead(std::string_view bytes);
  std::size_t FeedBody(std::string_view bytes);
  bool HasWholeHead(std::string_view bytes);
  void FinishHead();
  void BeginAnswer();
  std::string_view Text(Span span) const;

  State state_ = State::kHead;
  int status_ = 0;
  std::size_t looked_at_ = 0;
  std::string text_;  // Of the fields, one after the other.
  std::vector<Field> fields_;
  std::string body_;
  std::size_t body_left_ = 0;
  bool ends_with_connection_ = false;
  std::unique_ptr<Syntax> syntax_;  // The library's part.
};

}  // namespace openfc
