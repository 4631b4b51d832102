#include "sandbox/api/forms/form_data.h"

#include "runtime/wire/encoding.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr std::size_t kMostFields = 1000;
constexpr std::size_t kMostHeadBytes = std::size_t{16} << 10U;

Error Broken(const std::string& why) {
  return Error{ErrorCode::kInvalidArgument, "the multipart form is broken: " + why};
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// A value in quotes, without them; `at` is moved behind it.
std::string Quoted(std::string_view text, std::size_t& at) {
  std::string value;
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    // Browsers write \" and \\, and paths of Windows with single ones.
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) {
      ++at;
    }
    value += text[at];
  }
  if (at < text.size()) ++at;
  return value;
}

/// A parameter of a header such as `form-data; name="a"`.
std::optional<std::string> ParameterOf(std::string_view header, std::string_view wanted) {
  std::size_t at = header.find(';');
  while (at < header.size()) {
    const std::size_t equals = header.find('=', ++at);
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string name = Lower(Trimmed(header.substr(at, equals - at)));
    at = equals + 1;
    while (at < header.size() && header[at] == ' ') ++at;
    std::string value;
    if (at < header.size() && header[at] == '"') {
      value = Quoted(header, at);
      at = std::min(header.find(';', at), header.size());
    } else {
      const std::size_t end = std::min(header.find(';', at), header.size());
      value = Trimmed(header.substr(at, end - at));
      at = end;
    }
    if (name == wanted) return value;
  }
  return std::nullopt;
}

/// The first header of that name among a part's.
std::string_view HeaderOf(std::string_view head, std::string_view wanted) {
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && Lower(line.substr(0, colon)) == wanted) {
      return Trimmed(line.substr(colon + 1));
    }
  }
  return {};
}

Expected<FormField> FieldOf(std::string_view part) {
  const std::string_view start = part.substr(0, kMostHeadBytes);
  const auto head_end = start.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return Broken("a part has no end of its headers");
  const std::string_view disposition = HeaderOf(part.substr(0, head_end), "content-disposition");
  auto name = ParameterOf(disposition, "name");
  if (!name) return Broken("a part has no name");
  FormField field{.name = *std::move(name), .value = std::string(part.substr(head_end + 4))};
  if (auto file_name = ParameterOf(disposition, "filename")) {
    field.is_file = true;
    field.file_name = *std::move(file_name);
  }
  return field;
}

Expected<Form> ReadMultipart(std::string_view content_type, std::string_view body) {
  const auto boundary = ParameterOf(content_type, "boundary");
  if (!boundary || boundary->empty()) return Broken("its type names no boundary");
  const std::string delimiter = "\r\n--" + *boundary;
  std::vector<FormField> fields;
  // The first boundary has no line before it, unless somebody has put one there.
  const std::string first = delimiter.substr(2);
  std::size_t at = body.starts_with(first) ? first.size() : body.find(delimiter);
  if (at == std::string_view::npos) return Broken("its boundary is not there");
  if (at != first.size()) at += delimiter.size();
  while (true) {
    if (body.substr(at, 2) == "--") return Form(std::move(fields));
    while (at < body.size() && (body[at] == ' ' || body[at] == '\t')) ++at;
    if (body.substr(at, 2) != "\r\n") return Broken("there is text behind a boundary");
    at += 2;
    const std::size_t end = body.find(delimiter, at);
    if (end == std::string_view::npos) return Broken("it ends in the middle");
    if (fields.size() == kMostFields) return Broken("it has more than a thousand fields");
    auto field = FieldOf(body.substr(at, end - at));
    if (!field) return field.error();
    fields.push_back(*std::move(field));
    at = end + delimiter.size();
  }
}

Form ReadUrlEncoded(std::string_view body) {
  std::vector<FormField> fields;
  while (!body.empty() && fields.size() < kMostFields) {
    const std::size_t end = std::min(body.find('&'), body.size());
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    fields.push_back(
        {.name = wire::DecodePercent(pair.substr(0, equals), true),
         .value = wire::DecodePercent(pair.substr(std::min(equals + 1, pair.size())), true)});
  }
  return Form(std::move(fields));
}

}  // namespace

const FormField* Form::Find(std::string_view name, bool is_file) const {
  const auto found = std::find_if(fields_.rbegin(), fields_.rend(), [&](const FormField& field) {
    return field.is_file == is_file && field.name == name;
  });
  return found == fields_.rend() ? nullptr : &*found;
}

std::optional<std::string> Form::TakeFile(std::string_view name) {
  const FormField* file = FindFile(name);
  if (file == nullptr) return std::nullopt;
  return std::move(fields_[static_cast<std::size_t>(file - fields_.data())].value);
}

Expected<Form> ReadForm(std::string_view content_type, std::string_view body) {
  const std::string type =
      Lower(Trimmed(content_type.substr(0, std::min(content_type.find(';'), content_type.size()))));
  if (type == "multipart/form-data") return ReadMultipart(content_type, body);
  if (type == "application/x-www-form-urlencoded") return ReadUrlEncoded(body);
  return Form();
}

}  // namespace openfc::sandbox
