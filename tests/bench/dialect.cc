#include "tests/bench/dialect.h"

#include <charconv>

namespace openfc::bench {
namespace {

constexpr std::string_view kIdStart = "1-12345678-";

std::string Length(std::size_t length) {
  return "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

}  // namespace

std::string_view AddressVariable(Dialect dialect) {
  return dialect == Dialect::kFc ? "FC_RUNTIME_API" : "AWS_LAMBDA_RUNTIME_API";
}

InvocationHead MakeInvocationHead(Dialect dialect, std::string_view handler, std::size_t length) {
  const std::string id(kIdStart);
  if (dialect == Dialect::kAws) {
    return {.before =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                "Lambda-Runtime-Aws-Request-Id: " +
                id,
            .after =
                "\r\nLambda-Runtime-Deadline-Ms: 4102444800000\r\n"
                "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:here:1:function:bench\r\n"
                "Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700\r\n" +
                Length(length)};
  }
  return {.before = "HTTP/1.1 200 OK\r\nx-fc-request-id: " + id,
          .after = "\r\nx-fc-function-handler: " + std::string(handler) +
                   "\r\nx-fc-function-name: bench\r\nx-fc-function-memory: 128\r\n"
                   "x-fc-function-timeout: 60\r\n" +
                   Length(length)};
}

std::string_view Accepted(Dialect dialect) {
  return dialect == Dialect::kFc ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                 : "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
}

std::optional<std::size_t> NumberIn(std::string_view path) {
  const auto start = path.find(kIdStart);
  if (start == std::string_view::npos) return std::nullopt;
  path.remove_prefix(start + kIdStart.size());
  std::size_t number = 0;
  const auto [end, failure] = std::from_chars(path.data(), path.data() + path.size(), number);
  if (failure != std::errc()) return std::nullopt;
  return number;
}

}  // namespace openfc::bench
