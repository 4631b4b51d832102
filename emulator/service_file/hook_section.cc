#include "emulator/service_file/hook_section.h"

#include <optional>
#include <string>
#include <utility>

namespace openfc::emulator {
namespace {

Status ReadHook(YamlSection& lifecycle, const char* key, ServiceFunction& into,
                std::optional<HookDefinition>& hook) {
  auto section = lifecycle.Section(key);
  if (!section) return section.error();
  if (!*section) return Ok();
  HookDefinition made;
  Status read = Take((*section)->Text("handler"), made.handler);
  if (read) read = Take((*section)->Number("timeout"), made.timeout);
  if (read && into.definition.edition == Edition::kFc3) {
    read = Take((*section)->List("command"), made.command);
  }
  (*section)->ListUnread(into.without_effect);
  if (!made.handler.empty() || !made.command.empty()) hook = std::move(made);
  return read;
}

}  // namespace

Status ReadHooks(YamlSection& function, ServiceFunction& into) {
  auto lifecycle = function.Section("instanceLifecycleConfig");
  if (!lifecycle) return lifecycle.error();
  if (!*lifecycle) return Ok();
  FunctionDefinition& definition = into.definition;
  Status read = definition.edition == Edition::kFc3
                    ? ReadHook(**lifecycle, "initializer", into, definition.initializer)
                    : ReadHook(**lifecycle, "preFreeze", into, definition.pre_freeze);
  if (read) read = ReadHook(**lifecycle, "preStop", into, definition.pre_stop);
  (*lifecycle)->ListUnread(into.without_effect);
  return read;
}

Status ReadInitializerOfEdition1(YamlSection& function, ServiceFunction& into) {
  HookDefinition hook;
  Status read = Take(function.Text("initializer"), hook.handler);
  if (read) read = Take(function.Number("initializationTimeout"), hook.timeout);
  if (!hook.handler.empty()) into.definition.initializer = std::move(hook);
  return read;
}

}  // namespace openfc::emulator
