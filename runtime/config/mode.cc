#include "runtime/config/mode.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace openfc {
namespace {

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, port);
  if (error != std::errc() || end != last || port == 0) return std::nullopt;
  return port;
}

/// Letters, digits and what else stands in host names and addresses: no path, no scheme, no blank.
bool IsHost(std::string_view host) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%";
  return !host.empty() && host.find_first_not_of(kAllowed) == std::string_view::npos;
}

constexpr std::string_view kSocketVariable = "OPENFC_RUNTIME_SOCKET";

/// The kernel's, without the zero behind a path.
constexpr std::size_t kMostSocketName = 107;

/// Empty when none is set.
Expected<std::string> ReadSocket(const Environment& environment) {
  const std::string name(Find(environment, kSocketVariable).value_or(""));
  const bool is_name = name.size() > 1 && (name.front() == '@' || name.front() == '/');
  if (name.empty() || (is_name && name.size() <= kMostSocketName)) return name;
  return Invalid(std::string(kSocketVariable) + " is '" + name +
                 "', but must be the path of a Unix socket, or @ and the name of an abstract one, "
                 "of at most 107 bytes");
}

}  // namespace

Expected<ApiAddress> ParseApiAddress(std::string_view variable, std::string_view text) {
  const Error malformed = Invalid(std::string(variable) + " is '" + std::string(text) +
                                  "', but must be host:port, as in 127.0.0.1:9001");
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return malformed;
  std::string_view host = text.substr(0, colon);
  const bool has_brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (has_brackets) host = host.substr(1, host.size() - 2);
  const bool has_colon = host.find(':') != std::string_view::npos;
  const auto port = ParsePort(text.substr(colon + 1));
  if (!port || !IsHost(host) || has_colon != has_brackets) return malformed;
  return ApiAddress{.host = std::string(host), .port = *port};
}

Expected<Mode> ChooseMode(const Environment& environment, bool wants_http) {
  const auto fc = Find(environment, "FC_RUNTIME_API");
  const auto aws = Find(environment, "AWS_LAMBDA_RUNTIME_API");
  if (fc && aws) {
    return Invalid("FC_RUNTIME_API and AWS_LAMBDA_RUNTIME_API are both set: unset one of them");
  }
  if ((fc || aws) && wants_http) {
    return Invalid(std::string("--http and ") + (fc ? "FC_RUNTIME_API" : "AWS_LAMBDA_RUNTIME_API") +
                   " contradict each other: drop one of them");
  }
  auto socket = ReadSocket(environment);
  if (!socket) return socket.error();
  if (!fc && !aws && !socket->empty()) {
    return Invalid(std::string(kSocketVariable) +
                   " is set, but names no Runtime API alone: set FC_RUNTIME_API, too");
  }
  if (!fc && !aws) return Mode{.dialect = Dialect::kFc, .api = {}, .is_http = true};
  auto address =
      fc ? ParseApiAddress("FC_RUNTIME_API", *fc) : ParseApiAddress("AWS_LAMBDA_RUNTIME_API", *aws);
  if (!address) return address.error();
  address->socket = *std::move(socket);
  return Mode{.dialect = fc ? Dialect::kFc : Dialect::kAws, .api = *std::move(address)};
}

}  // namespace openfc
