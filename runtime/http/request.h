#pragma once

#include "runtime/http/body_source.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::http {

/// The two ends of a connection, as numbers: `192.0.2.1`, `::1`.
struct Endpoints {
  std::string client_address;
  std::uint16_t client_port = 0;
  std::string server_address;
  std::uint16_t server_port = 0;
};

/// One request as it came: a value that its handler may keep, move, and read from any thread. Its
/// body is whole, unless it comes from a BodySource. The head lives in one string; views into it
/// last as long as the Request and do not survive a move.
class Request {
 public:
  std::string_view method() const { return At(method_); }

  /// Path and query as sent, not decoded.
  std::string_view target() const { return At(target_); }

  /// The target up to its `?`.
  std::string_view path() const { return target().substr(0, target().find('?')); }

  /// The first header of that name, whatever its case.
  std::optional<std::string_view> Header(std::string_view name) const;

  std::size_t header_count() const { return fields_.size(); }
  std::string_view header_name(std::size_t index) const { return At(fields_[index].name); }
  std::string_view header_value(std::size_t index) const { return At(fields_[index].value); }

  bool is_http_1_0() const { return is_http_1_0_; }

  /// Of the connection that it came by.
  const Endpoints& endpoints() const;

  /// Empty while there is a source.
  const std::string& body() const { return body_; }
  std::string TakeBody() { return std::move(body_); }

  /// Present when the body is still coming; once.
  std::unique_ptr<BodySource> TakeBodySource() { return std::move(body_source_); }

 private:
  friend class RequestParser;
  friend class Connection;

  struct Span {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  struct Field {
    Span name;
    Span value;
  };

  static std::uint64_t SizeBit(std::string_view name) {
    return std::uint64_t{1} << (name.size() % 64);
  }
  void AddField(Span name, Span value) {
    fields_.push_back({name, value});
    name_sizes_ |= SizeBit(At(name));
  }

  std::string_view At(Span span) const {
    const std::string_view head = head_;
    return head.substr(span.begin, span.size);
  }

  std::string head_;  // Method, target, names and values, one after the other.
  Span method_;
  Span target_;
  std::vector<Field> fields_;
  std::uint64_t name_sizes_ = 0;  // A bit for each size, modulo 64, that a name among them has.
  std::string body_;
  std::unique_ptr<BodySource> body_source_;
  std::shared_ptr<const Endpoints> endpoints_;  // Shared by the requests of a connection.
  bool is_http_1_0_ = false;
};

/// As ASCII letters go: what header names and their tokens are compared by.
bool EqualsIgnoringCase(std::string_view left, std::string_view right);

}  // namespace openfc::http
