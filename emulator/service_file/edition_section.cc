#include "emulator/service_file/edition_section.h"

#include "emulator/service_file/async_section.h"
#include "emulator/service_file/function_section.h"
#include "emulator/service_file/hook_section.h"
#include "emulator/service_file/trigger_section.h"

#include <cstdint>

namespace openfc::emulator {
namespace {

constexpr std::int64_t kDefaultMemoryOfEdition1 = 128;

Status ReadLog(YamlSection& section, ServiceFunction& into) {
  const auto node = section.Node("logConfig");
  if (!node) return node.error();
  if (!*node || (*node)->kind == YamlNode::Kind::kText) return Ok();  // `auto`: the cloud chooses.
  auto log = section.Section("logConfig");
  if (!log) return log.error();
  Status read = Take((*log)->Text("project"), into.definition.log_project);
  if (read) read = Take((*log)->Text("logstore"), into.definition.log_store);
  (*log)->ListUnread(into.without_effect);
  return read;
}

Status ReadService(YamlSection& props, ServiceFunction& into) {
  auto service = props.Section("service");
  if (!service) return service.error();
  if (!*service) return Ok();
  Status read = Take((*service)->RequiredText("name"), into.definition.service_name);
  if (read) read = ReadLog(**service, into);
  (*service)->ListUnread(into.without_effect);
  return read;
}

Status ReadFunctionOfEdition1(const ServiceFileQuery& query, YamlSection& props,
                              ServiceFunction& into) {
  auto function = props.Section("function");
  if (!function) return function.error();
  if (!*function) return props.Refusal("function", "is missing");
  Status read = Take((*function)->RequiredText("name"), into.definition.name);
  if (read) read = ReadFunction(query, **function, into);
  if (read) read = ReadInitializerOfEdition1(**function, into);
  if (read) read = ReadHooks(**function, into);
  if (read) read = ReadAsyncConfig(**function, into);
  (*function)->ListUnread(into.without_effect);
  return read;
}

}  // namespace

Status ReadEdition3(const ServiceFileQuery& query, YamlSection& props, ServiceFunction& into) {
  into.definition.edition = Edition::kFc3;
  Status read = Take(props.RequiredText("functionName"), into.definition.name);
  if (read) read = Take(props.Text("region"), into.definition.region);
  if (read) read = ReadLog(props, into);
  if (read) read = ReadFunction(query, props, into);
  if (read) read = ReadHooks(props, into);
  if (read) read = ReadTriggers(props, into);
  if (read) read = ReadAsyncConfig(props, into);
  props.ListUnread(into.without_effect);
  return read;
}

Status ReadEdition1(const ServiceFileQuery& query, YamlSection& props, ServiceFunction& into) {
  into.definition.edition = Edition::kFc2;
  into.definition.memory_mb = kDefaultMemoryOfEdition1;
  Status read = Take(props.Text("region"), into.definition.region);
  if (read) read = ReadService(props, into);
  if (read) read = ReadFunctionOfEdition1(query, props, into);
  if (read) read = ReadTriggers(props, into);
  props.ListUnread(into.without_effect);
  return read;
}

}  // namespace openfc::emulator
