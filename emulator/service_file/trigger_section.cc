#include "emulator/service_file/trigger_section.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::emulator {
namespace {

constexpr auto kOtherTypes = std::to_array<std::string_view>(
    {"oss", "log", "eventbridge", "mns_topic", "cdn_events", "tablestore"});
constexpr auto kAuthTypes = std::to_array<std::string_view>({"anonymous", "function", "jwt"});
constexpr auto kMethods =
    std::to_array<std::string_view>({"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"});

/// The names that the editions have for the same.
struct Words {
  const char* name;
  const char* type;
  const char* config;
};

constexpr Words kEdition3 = {"triggerName", "triggerType", "triggerConfig"};
constexpr Words kEdition1 = {"name", "type", "config"};

template <typename Words>
bool Holds(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <typename Words>
std::string Join(const Words& words) {
  std::string joined;
  for (const std::string_view word : words) joined.append(joined.empty() ? "" : ", ").append(word);
  return joined;
}

/// Reads the triggers of one function, one after the other.
class TriggerReader {
 public:
  explicit TriggerReader(ServiceFunction& into)
      : into_(into), words_(into.definition.edition == Edition::kFc3 ? kEdition3 : kEdition1) {}

  Status Read(YamlSection& trigger) {
    std::string name;
    std::string type;
    Status read = Take(trigger.RequiredText(words_.name), name);
    if (read) read = Take(trigger.RequiredText(words_.type), type);
    if (!read) return read.error();
    if (!names_.insert(name).second) {
      return trigger.Refusal(words_.name, "is " + name + ", which another trigger is called too");
    }
    if (type == "http") return ReadHttp(trigger, std::move(name));
    if (type == "timer") return ReadTimer(trigger, std::move(name));
    if (Holds(kOtherTypes, type)) {
      into_.without_effect.push_back(trigger.path() + " (" + type + ")");
      return Ok();
    }
    return trigger.Refusal(words_.type,
                           "is " + type + ", but the types are http, timer, " + Join(kOtherTypes));
  }

 private:
  Status ReadHttp(YamlSection& trigger, std::string name) {
    auto qualifier = trigger.Text("qualifier");
    if (!qualifier) return qualifier.error();
    if (into_.definition.http_trigger) return RefuseSecond(trigger, qualifier->value_or(""));
    http_qualifier_ = qualifier->value_or("");
    HttpTrigger& http = into_.definition.http_trigger.emplace();
    http.name = std::move(name);
    auto config = trigger.Section(words_.config);
    if (!config) return config.error();
    Status read = Ok();
    if (*config) {
      read = ReadHttpConfig(**config, http);
      (*config)->ListUnread(into_.without_effect);
    }
    trigger.ListUnread(into_.without_effect);
    return read;
  }

  /// Versions and aliases have one each; there is but one version here.
  Status RefuseSecond(const YamlSection& trigger, const std::string& qualifier) {
    if (qualifier == http_qualifier_) {
      return trigger.Refusal(words_.type,
                             "is http a second time, but the platform takes one http "
                             "trigger for a function");
    }
    into_.without_effect.push_back(trigger.path() + " (http of " + qualifier + ")");
    return Ok();
  }

  static Status ReadHttpConfig(YamlSection& config, HttpTrigger& http) {
    Status read = Take(config.Text("authType"), http.auth_type);
    if (read) read = Take(config.List("methods"), http.methods);
    if (!read) return read.error();
    if (!Holds(kAuthTypes, http.auth_type)) {
      return config.Refusal("authType",
                            "is " + http.auth_type + ", but can be one of " + Join(kAuthTypes));
    }
    for (std::string& method : http.methods) {
      std::transform(method.begin(), method.end(), method.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      if (!Holds(kMethods, method)) {
        return config.Refusal("methods",
                              "names " + method + ", but the platform takes " + Join(kMethods));
      }
    }
    return Ok();
  }

  Status ReadTimer(YamlSection& trigger, std::string name) {
    auto config = trigger.Section(words_.config);
    if (!config) return config.error();
    if (!*config) return trigger.Refusal(words_.config, "is missing");
    TimerTrigger timer{.name = std::move(name), .expression = {}};
    Status read = Take((*config)->RequiredText("cronExpression"), timer.expression);
    if (read) read = Take((*config)->Flag("enable"), timer.is_enabled);
    if (read) read = Take((*config)->Text("payload"), timer.payload);
    (*config)->ListUnread(into_.without_effect);
    trigger.ListUnread(into_.without_effect);
    into_.definition.timers.push_back(std::move(timer));
    return read;
  }

  ServiceFunction& into_;
  const Words& words_;
  std::set<std::string> names_;
  std::string http_qualifier_;
};

}  // namespace

Status ReadTriggers(YamlSection& props, ServiceFunction& into) {
  auto triggers = props.Sections("triggers");
  if (!triggers) return triggers.error();
  TriggerReader reader(into);
  for (YamlSection& trigger : *triggers) {
    if (const Status read = reader.Read(trigger); !read) return read.error();
  }
  return Ok();
}

}  // namespace openfc::emulator
