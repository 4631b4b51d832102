#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The encodings in which bytes cross the wire inside of text.
namespace openfc::wire {

std::string EncodeBase64(std::string_view bytes);

/// Nothing when it is not base64; padding may be left out.
std::optional<std::string> DecodeBase64(std::string_view text);

/// %41 becomes A; an escape that is none stays as it stands. In a query, + is a blank.
std::string DecodePercent(std::string_view text, bool is_query = false);

bool IsUtf8(std::string_view bytes);

}  // namespace openfc::wire
