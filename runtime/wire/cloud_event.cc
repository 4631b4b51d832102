#include "runtime/wire/cloud_event.h"

#include "runtime/wire/encoding.h"
#include "runtime/wire/http_trigger.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace openfc::wire {
namespace {

using Json = nlohmann::ordered_json;
using Found = Expected<std::optional<CloudEvent>>;

constexpr std::string_view kStructuredType = "application/cloudevents+json";
constexpr std::string_view kBinaryPrefix = "ce-";

Error Invalid(const std::string& what) {
  return Error{ErrorCode::kInvalidArgument, "The CloudEvent " + what};
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

/// Of a Content-Type, without its parameters.
std::string MediaType(std::string_view content_type) {
  std::string type = LowerCase(content_type.substr(0, content_type.find(';')));
  type.erase(type.find_last_not_of(" \t") + 1);
  return type;
}

std::string Dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Status CheckAttributes(const Json& attributes) {
  for (const char* name : {"specversion", "id", "source", "type"}) {
    const auto found = attributes.find(name);
    if (found == attributes.end() || !found->is_string() ||
        found->get_ref<const std::string&>().empty()) {
      return Invalid(std::string("has no ") + name);
    }
  }
  if (attributes.at("specversion") == "1.0") return Ok();
  return Invalid("is not of version 1.0");
}

Found BinaryEvent(const HeaderList& headers, std::string_view content_type, std::string& body) {
  Json attributes = Json::object();
  for (const auto& [name, value] : headers) {
    const std::string lower = LowerCase(name);
    if (!lower.starts_with(kBinaryPrefix)) continue;
    attributes[lower.substr(kBinaryPrefix.size())] = DecodePercent(value);
  }
  if (!content_type.empty()) attributes["datacontenttype"] = content_type;
  if (const Status valid = CheckAttributes(attributes); !valid) return valid.error();
  return std::optional<CloudEvent>({.attributes = Dump(attributes), .data = std::move(body)});
}

bool IsJsonType(const std::string& type) {
  return type.empty() || type == "application/json" || type == "text/json" ||
         type.ends_with("+json");
}

/// Text stands in the envelope as a JSON string, and is meant as what that says.
Expected<std::string> DataOf(const Json& envelope) {
  if (const auto encoded = envelope.find("data_base64"); encoded != envelope.end()) {
    auto bytes =
        encoded->is_string() ? DecodeBase64(encoded->get_ref<const std::string&>()) : std::nullopt;
    if (!bytes) return Invalid("has a data_base64 that is not base64");
    return *std::move(bytes);
  }
  const auto data = envelope.find("data");
  if (data == envelope.end()) return std::string();
  const auto type = envelope.find("datacontenttype");
  const bool is_typed = type != envelope.end() && type->is_string();
  const std::string media = is_typed ? MediaType(type->get_ref<const std::string&>()) : "";
  if (data->is_string() && !IsJsonType(media)) return data->get<std::string>();
  return Dump(*data);
}

Found StructuredEvent(std::string& body) {
  Json envelope = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!envelope.is_object()) return Invalid("is not a JSON object");
  if (const Status valid = CheckAttributes(envelope); !valid) return valid.error();
  auto data = DataOf(envelope);
  if (!data) return data.error();
  envelope.erase("data");
  envelope.erase("data_base64");
  body.clear();
  return std::optional<CloudEvent>({.attributes = Dump(envelope), .data = *std::move(data)});
}

}  // namespace

Expected<std::optional<CloudEvent>> FindCloudEvent(const HeaderList& headers, std::string& body) {
  const std::string_view content_type =
      FindHeader(headers, "content-type").value_or(std::string_view());
  if (MediaType(content_type) == kStructuredType) return StructuredEvent(body);
  if (FindHeader(headers, "ce-specversion")) return BinaryEvent(headers, content_type, body);
  return std::optional<CloudEvent>();
}

}  // namespace openfc::wire
