#include "emulator/service_file/function_section.h"

#include "emulator/service_file/custom_runtime_section.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr auto kCustomRuntimes = std::to_array<std::string_view>(
    {"custom", "custom.debian10", "custom.debian11", "custom.debian12"});

bool IsCustom(std::string_view runtime) {
  return std::find(kCustomRuntimes.begin(), kCustomRuntimes.end(), runtime) !=
         kCustomRuntimes.end();
}

Error RefuseRuntime(const YamlSection& section, const std::string& runtime) {
  if (runtime.starts_with("custom-container")) {
    return section.Refusal("runtime",
                           "is custom-container, but no image is run here: unpack what is in it, "
                           "and give its start command with `runtime: custom.debian12` and "
                           "customRuntimeConfig.command");
  }
  return section.Refusal(
      "runtime",
      "is " + runtime +
          ", which is not built in here, python3 is: give a start command that serves HTTP with "
          "`runtime: custom.debian12` and customRuntimeConfig.command, or a program that speaks "
          "the Runtime API with --bootstrap");
}

Status ReadRuntime(const ServiceFileQuery& query, YamlSection& section, ServiceFunction& into) {
  if (query.has_own_runtime) return Ok();
  auto runtime = section.RequiredText("runtime");
  if (!runtime) return runtime.error();
  into.definition.runtime = *runtime;
  if (runtime->starts_with("python3")) return Ok();
  if (IsCustom(*runtime)) return ReadCustomRuntime(section, into);
  return RefuseRuntime(section, *runtime);
}

/// The path in the file: a text, or an object's `src`.
Expected<std::string> ReadCodePath(YamlSection& section, const char* key) {
  const auto node = section.Node(key);
  if (!node) return node.error();
  if (!*node || (*node)->kind != YamlNode::Kind::kMap) return section.RequiredText(key);
  auto object = section.Section(key);
  if (!object) return object.error();
  // Editions 1 and 3 differ in the first letter.
  auto source = (*object)->Text((*node)->Find("Src") != nullptr ? "Src" : "src");
  if (!source) return source.error();
  if (*source) return **std::move(source);
  return section.Refusal(key, "is not in this folder: fetch it, and give its path with --code");
}

Status ReadCode(const ServiceFileQuery& query, YamlSection& section, ServiceFunction& into) {
  const char* const key = into.definition.edition == Edition::kFc3 ? "code" : "codeUri";
  if (query.code_path) {
    section.MarkRead(key);
    into.definition.code_path = *query.code_path;
    return Ok();
  }
  const auto code = ReadCodePath(section, key);
  if (!code) return code.error();
  const fs::path path = fs::absolute(query.path).parent_path() / *code;
  into.definition.code_path = path.lexically_normal().string();
  return Ok();
}

Status ReadHandler(const ServiceFileQuery& query, YamlSection& section, ServiceFunction& into) {
  if (query.handler) {
    section.MarkRead("handler");
    into.definition.handler = *query.handler;
    return Ok();
  }
  if (into.definition.custom) return Take(section.Text("handler"), into.definition.handler);
  return Take(section.RequiredText("handler"), into.definition.handler);
}

Status ReadCpu(YamlSection& section, ServiceFunction& into) {
  const Status read = Take(section.Decimal("cpu"), into.definition.cpu);
  if (!read) return read.error();
  const auto node = section.Node("cpu");
  if (!*node || into.definition.cpu > 0) return Ok();
  return section.Refusal("cpu", "must be more than 0");
}

Status ReadConcurrency(YamlSection& section, ServiceFunction& into) {
  FunctionDefinition& function = into.definition;
  const Status read = Take(section.Int("instanceConcurrency"), function.instance_concurrency);
  if (!read) return read.error();
  if (function.instance_concurrency > 1 && function.runtime.starts_with("python3")) {
    into.notices.push_back(section.PathOf("instanceConcurrency") + " is " +
                           std::to_string(function.instance_concurrency) +
                           ": it counts here, but the platform takes it for custom runtimes only");
  }
  return Ok();
}

}  // namespace

Status ReadFunction(const ServiceFileQuery& query, YamlSection& section, ServiceFunction& into) {
  FunctionDefinition& function = into.definition;
  Status read = ReadRuntime(query, section, into);
  if (read) read = ReadCode(query, section, into);
  if (read) read = ReadHandler(query, section, into);
  if (read) read = Take(section.Number("timeout"), function.timeout);
  if (read) read = Take(section.Number("memorySize"), function.memory_mb);
  if (read) read = ReadCpu(section, into);
  if (read) read = ReadConcurrency(section, into);
  if (read) read = Take(section.List("layers"), function.layers);
  if (read) read = Take(section.Texts("environmentVariables"), function.environment);
  return read;
}

}  // namespace openfc::emulator
