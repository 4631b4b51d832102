#pragma once

#include "tests/fakes/program.h"
#include "tests/fakes/request.h"
#include "tests/fakes/temp_dir.h"
#include "tests/unit/runtime/http/raw_client.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::testing {

/// What a test sends.
struct HttpAsk {
  std::string method = "POST";
  std::string target = "/invoke";
  HeaderPairs headers = {};
  std::string body = {};
};

/// What came back.
struct HttpReply {
  int status = 0;  // 0: the connection ended without an answer.
  HeaderPairs headers;
  std::string body;

  /// The first header of that name, whatever its case.
  std::optional<std::string> Header(std::string_view name) const;
};

/// The bytes of a request; Host and Content-Length are added.
std::string BytesOf(const HttpAsk& ask);

/// One answer, whole, by its Content-Length or its chunks.
HttpReply ReadReply(http::RawClient& client);

/// An instance in the HTTP mode: the real rloader and bootstrap, a folder with the function's code,
/// and a port that was free. Killed at the end.
class HttpInstance {
 public:
  using Variables = std::map<std::string, std::string>;

  /// `code` is index.py.
  explicit HttpInstance(const std::string& code);

  /// `variables` come on top of those that name the code and the port.
  Program& Start(const Variables& variables = {}, const std::vector<std::string>& arguments = {});
  Program& program() { return *program_; }
  const std::filesystem::path& code() const { return code_; }

  /// Once started: where it listens. Throws when it does not.
  std::uint16_t port() const { return PortOf("requests"); }
  std::uint16_t metrics_port() const { return PortOf("metrics"); }

  http::RawClient Connect() const { return http::RawClient(port()); }

  /// Over a connection of its own.
  HttpReply Ask(const HttpAsk& ask) const;
  HttpReply Invoke(const std::string& event, const HeaderPairs& headers = {}) const {
    return Ask({.headers = headers, .body = event});
  }
  /// All figures, by name and labels as they stand in the text.
  std::map<std::string, double> Metrics() const;

 private:
  std::uint16_t PortOf(const std::string& purpose) const;

  TempDir folder_;
  std::filesystem::path code_;
  std::optional<Program> program_;
};

}  // namespace openfc::testing
