#pragma once

#include <string>
#include <string_view>

namespace openfc::soak {

/// An HTTP response whose body ends where it says.
std::string MakeResponse(int status, std::string_view body = {}, std::string_view headers = {});

/// The head of an answer to a poll, and of the whole of it the body.
std::string MakeInvocationHead(std::string_view id, std::size_t length);

}  // namespace openfc::soak
