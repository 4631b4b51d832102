#include "emulator/service_file/async_section.h"

#include <string>

namespace openfc::emulator {
namespace {

/// The names that the editions have for the same.
struct Words {
  const char* config;
  const char* has_tasks;
  const char* destinations;
};

constexpr Words kEdition3 = {"asyncInvokeConfig", "asyncTask", "destinationConfig"};
constexpr Words kEdition1 = {"asyncConfiguration", "statefulInvocation", "destination"};

/// Edition 1 has a text, edition 3 a map that holds it; either is understood in both.
Status ReadDestination(YamlSection& destinations, const char* key, ServiceFunction& into,
                       std::string& destination) {
  const auto node = destinations.Node(key);
  if (!node) return node.error();
  if (!*node || (*node)->kind != YamlNode::Kind::kMap) {
    return Take(destinations.Text(key), destination);
  }
  auto section = destinations.Section(key);
  if (!section) return section.error();
  Status read = Take((*section)->RequiredText("destination"), destination);
  (*section)->ListUnread(into.without_effect);
  return read;
}

Status ReadDestinations(YamlSection& config, const char* key, ServiceFunction& into) {
  auto section = config.Section(key);
  if (!section) return section.error();
  if (!*section) return Ok();
  AsyncConfig& async = into.definition.async;
  Status read = ReadDestination(**section, "onSuccess", into, async.on_success);
  if (read) read = ReadDestination(**section, "onFailure", into, async.on_failure);
  (*section)->ListUnread(into.without_effect);
  return read;
}

}  // namespace

Status ReadAsyncConfig(YamlSection& function, ServiceFunction& into) {
  const Words& words = into.definition.edition == Edition::kFc3 ? kEdition3 : kEdition1;
  auto config = function.Section(words.config);
  if (!config) return config.error();
  if (!*config) return Ok();
  AsyncConfig& async = into.definition.async;
  Status read = Take((*config)->Flag(words.has_tasks), async.has_tasks);
  if (read) read = Take((*config)->Number("maxAsyncEventAgeInSeconds"), async.max_age);
  if (read) read = Take((*config)->Int("maxAsyncRetryAttempts"), async.max_retries);
  if (read) read = ReadDestinations(**config, words.destinations, into);
  (*config)->ListUnread(into.without_effect);
  return read;
}

}  // namespace openfc::emulator
