#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::testing {

using HeaderPairs = std::vector<std::pair<std::string, std::string>>;

/// One HTTP request as it came over a socket.
struct Request {
  std::size_t number = 0;      // Arrival order over all connections, from 0.
  std::size_t connection = 0;  // Accept order, from 0.
  std::string method;
  std::string path;
  HeaderPairs headers;  // Names as they were written.
  std::string body;

  /// The first header of that name, whatever its case.
  std::optional<std::string> Header(std::string_view name) const;
};

/// Cuts the bytes of one connection into requests; several may come in one segment.
class RequestReader {
 public:
  void Add(std::string_view bytes) { buffer_.append(bytes); }

  /// The head of the request that is under way, as soon as it is whole; its body stays empty.
  std::optional<Request> PeekHead() const;

  /// The next whole request, taken out of the buffer.
  std::optional<Request> Take();

 private:
  std::string buffer_;
};

}  // namespace openfc::testing
