#include "sandbox/api/executor/execute_request.h"

#include "runtime/base/json_depth.h"
#include "sandbox/api/executor/model_field.h"
#include "sandbox/service/dialect.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace openfc::sandbox {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kLeastTimeout = 1;
constexpr std::int64_t kMostTimeout = 60;
constexpr std::size_t kDeepest = 100;

http::Response Unprocessable(const Json& errors) {
  return JsonAnswer(422,
                    Json{{"detail", errors}}.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// Whether FastAPI would read it as JSON.
bool IsJson(const http::Request& request) {
  std::string type(request.Header("content-type").value_or("application/json"));
  type = type.substr(0, type.find(';'));
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char sign) { return static_cast<char>(std::tolower(sign)); });
  while (type.ends_with(' ')) type.pop_back();
  return type == "application/json" ||
         (type.starts_with("application/") && type.ends_with("+json"));
}

/// What Python's reader would say of a text that ours refuses with these words.
std::string_view PythonWords(std::string_view ours) {
  static constexpr auto kWords = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"missing closing quote", "Unterminated string starting at"},
       {"control character", "Invalid control character at"},
       {"must be escaped", "Invalid control character at"},
       {"parsing object key", "Expecting property name enclosed in double quotes"},
       {"parsing object separator", "Expecting ':' delimiter"},
       {"expected '}'", "Expecting ',' delimiter"},
       {"expected ']'", "Expecting ',' delimiter"},
       {"; expected end of input", "Extra data"}});
  const auto* const found = std::find_if(kWords.begin(), kWords.end(), [ours](const auto& pair) {
    return ours.find(pair.first) != std::string_view::npos;
  });
  return found == kWords.end() ? "Expecting value" : found->second;
}

http::Response BrokenJson(const Json::parse_error& failure) {
  const std::size_t place = failure.byte > 0 ? failure.byte - 1 : 0;
  return Unprocessable({{{"type", "json_invalid"},
                         {"loc", {"body", place}},
                         {"msg", "JSON decode error"},
                         {"input", Json::object()},
                         {"ctx", {{"error", PythonWords(failure.what())}}}}});
}

/// What FastAPI says of a body that breaks its reader, where it has no word for the place.
http::Response UnreadableBody() {
  return JsonAnswer(400, R"({"detail":"There was an error parsing the body"})");
}

http::Response NoObject(const Json& input) {
  return Unprocessable(
      {{{"type", "model_attributes_type"},
        {"loc", {"body"}},
        {"msg", "Input should be a valid dictionary or object to extract fields from"},
        {"input", input}}});
}

http::Response NoBody() {
  return Unprocessable(
      {{{"type", "missing"}, {"loc", {"body"}}, {"msg", "Field required"}, {"input", nullptr}}});
}

/// The fields of one body, read one after the other; what is wrong with them piles up.
class Fields {
 public:
  explicit Fields(const Json& body) : body_(body) {}

  void ReadCode(std::string& code) {
    const auto found = body_.find("code");
    if (found == body_.end()) {
      errors_.push_back({{"type", "missing"},
                         {"loc", {"body", "code"}},
                         {"msg", "Field required"},
                         {"input", body_}});
      return;
    }
    if (ReadText("code")) code = found->get<std::string>();
  }

  void ReadTimeout(std::chrono::seconds& timeout) {
    const auto found = body_.find("timeout");
    if (found == body_.end()) return;
    const IntegerField field = ReadIntegerField(found->dump());
    if (!field.value) return Add("timeout", field.error);
    if (const auto error = CheckBounds(*field.value, kLeastTimeout, kMostTimeout)) {
      return Add("timeout", *error);
    }
    timeout = std::chrono::seconds(*field.value);
  }

  /// Taken under either name, and used for nothing, as the original does.
  void ReadOutputFormat() {
    for (const char* name : {"outputFormat", "output_format"}) {
      if (!body_.contains(name)) continue;
      (void)ReadText(name);
      return;
    }
  }

  const Json& errors() const { return errors_; }

 private:
  bool ReadText(const char* name) {
    if (body_.at(name).is_string()) return true;
    Add(name, {.type = "string_type", .message = "Input should be a valid string", .context = {}});
    return false;
  }

  void Add(const char* name, const FieldError& error) {
    Json entry{{"type", error.type},
               {"loc", {"body", name}},
               {"msg", error.message},
               {"input", body_.at(name)}};
    if (!error.context.empty()) entry["ctx"] = Json::parse(error.context);
    errors_.push_back(std::move(entry));
  }

  const Json& body_;
  Json errors_ = Json::array();
};

std::variant<ExecuteRequest, http::Response> ReadFields(const Json& body) {
  ExecuteRequest request;
  Fields fields(body);
  fields.ReadCode(request.code);
  fields.ReadTimeout(request.timeout);
  fields.ReadOutputFormat();
  if (!fields.errors().empty()) return Unprocessable(fields.errors());
  return request;
}

}  // namespace

std::variant<ExecuteRequest, http::Response> ReadExecuteRequest(const http::Request& request) try {
  const std::string& text = request.body();
  if (text.empty()) return NoBody();
  if (!IsJson(request)) return NoObject(text);
  if (IsNestedDeeperThan(text, kDeepest)) return UnreadableBody();
  const Json body = Json::parse(text);
  if (body.is_null()) return NoBody();
  if (!body.is_object()) return NoObject(body);
  return ReadFields(body);
} catch (const Json::parse_error& failure) {
  return BrokenJson(failure);
} catch (const Json::out_of_range&) {
  return UnreadableBody();  // A number that no double holds, as 1e400.
}

}  // namespace openfc::sandbox
