#include "emulator/service_file/service_file.h"

#include "emulator/service_file/edition_section.h"
#include "emulator/service_file/file_frame.h"
#include "emulator/service_file/substitution.h"
#include "emulator/service_file/yaml_tree.h"

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>
#include <utility>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostFileBytes = 4UL * 1024 * 1024;

enum class Wanted { kOne, kAll };

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

Expected<std::string> ReadText(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return Invalid("cannot be read: " + error.message());
  if (size > kMostFileBytes) return Invalid("is too large for a s.yaml");
  std::ifstream file(path, std::ios::binary);
  if (!file) return Invalid("cannot be read: " + std::generic_category().message(errno));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Expected<ServiceFunction> ReadEntry(const ServiceFileQuery& query, FileEntry& entry) {
  auto props = entry.section.Section("props");
  if (!props) return props.error();
  if (!*props) return entry.section.Refusal("props", "is missing");
  ServiceFunction function;
  entry.section.ListUnread(function.without_effect);
  const Status read = entry.IsFc3() ? ReadEdition3(query, **props, function)
                                    : ReadEdition1(query, **props, function);
  if (!read) return read.error();
  return function;
}

Expected<std::vector<std::size_t>> Choose(const FileFrame& frame, const std::string& name,
                                          Wanted wanted) {
  if (wanted == Wanted::kAll && name.empty()) return frame.Functions();
  const auto place = frame.Choose(name);
  if (!place) return place.error();
  return std::vector<std::size_t>{*place};
}

Expected<std::vector<ServiceFunction>> ReadEntries(const ServiceFileQuery& query, FileFrame& frame,
                                                   Wanted wanted) {
  const auto places = Choose(frame, query.function, wanted);
  if (!places) return places.error();
  std::vector<ServiceFunction> functions;
  std::map<std::pair<std::string, std::string>, std::string> paths;
  for (const std::size_t place : *places) {
    FileEntry& entry = frame.Entry(place);
    auto function = ReadEntry(query, entry);
    if (!function) return function.error();
    const FunctionDefinition& definition = function->definition;
    const auto [other, is_new] =
        paths.try_emplace({definition.service_name, definition.name}, entry.section.path());
    if (!is_new) {
      return Invalid("line " + std::to_string(entry.section.line()) + ": " + entry.section.path() +
                     " has the function name " + definition.name + ", which " + other->second +
                     " has too");
    }
    functions.push_back(*std::move(function));
  }
  auto& noted = functions.front().without_effect;
  noted.insert(noted.begin(), frame.without_effect().begin(), frame.without_effect().end());
  return functions;
}

Expected<std::vector<ServiceFunction>> ReadDocument(const ServiceFileQuery& query,
                                                    const Variables& environment, Wanted wanted) {
  const auto text = ReadText(query.path);
  if (!text) return text.error();
  const auto document = ParseYaml(*text);
  if (!document) return document.error();
  const Substitution substitution(document->Find("vars"), environment);
  auto frame = FileFrame::Read(*document, substitution);
  if (!frame) return frame.error();
  return ReadEntries(query, *frame, wanted);
}

Expected<std::vector<ServiceFunction>> ReadNamed(const ServiceFileQuery& query,
                                                 const Variables& environment, Wanted wanted) {
  auto functions = ReadDocument(query, environment, wanted);
  if (functions) return functions;
  return Error{functions.error().code, query.path + ": " + functions.error().message};
}

}  // namespace

Expected<ServiceFunction> ReadServiceFile(const ServiceFileQuery& query,
                                          const Variables& environment) {
  auto functions = ReadNamed(query, environment, Wanted::kOne);
  if (!functions) return functions.error();
  return std::move(functions->front());
}

Expected<std::vector<ServiceFunction>> ReadServiceFunctions(const ServiceFileQuery& query,
                                                            const Variables& environment) {
  return ReadNamed(query, environment, Wanted::kAll);
}

}  // namespace openfc::emulator
