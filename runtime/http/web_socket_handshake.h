#pragma once

#include "runtime/http/request.h"
#include "runtime/http/response.h"

#include <string>
#include <string_view>

namespace openfc::http {

/// True for a GET that asks for a WebSocket of version 13 in every way it must (RFC 6455, 4.1); one
/// that asks otherwise is an ordinary request.
bool AsksForWebSocket(const Request& request);

/// Sec-WebSocket-Accept for a client's key.
std::string AcceptKey(std::string_view key);

/// Appends the 101 for a request whose key that was.
void AppendUpgradeHead(std::string_view key, const HeaderList& headers, std::string& out);

}  // namespace openfc::http
