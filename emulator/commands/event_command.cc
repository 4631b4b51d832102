#include "emulator/commands/event_command.h"

#include "emulator/commands/event_options.h"
#include "emulator/commands/terminal.h"
#include "emulator/events/event_catalog.h"
#include "emulator/events/sample_event.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace openfc::emulator {
namespace {

constexpr const char* kEventExamples = R"(Examples:
  fclocal event --list                        the types, and the fields that have short names
  fclocal event timer                         what a time trigger sends
  fclocal event oss --set bucket=photos --set object=cat.jpg
  fclocal event http --set /headers/Cookie=a=1 --set 'query={"page":"2"}'
  fclocal event tablestore > event.cbor       a binary event
  fclocal event kafka | fclocal invoke -f -   the same as fclocal invoke --event-type kafka)";

struct EventCommandLine {
  std::string type;
  std::vector<std::string> settings;
  bool wants_list = false;
  bool wants_json = false;
};

std::string NamesOf(const EventType& type) {
  std::string names;
  for (const EventField& field : type.fields) {
    names.append(names.empty() ? "" : ", ").append(field.name);
  }
  return names;
}

std::string ListAsText() {
  std::string text;
  for (const EventType& type : EventCatalog()) {
    text += fmt::format("{:<28}  {} (--set {})\n", type.name, type.description, NamesOf(type));
  }
  return text;
}

std::string ListAsJson() {
  auto list = nlohmann::ordered_json::array();
  for (const EventType& type : EventCatalog()) {
    auto fields = nlohmann::ordered_json::array();
    for (const EventField& field : type.fields) fields.push_back(field.name);
    list.push_back({{"type", type.name},
                    {"description", type.description},
                    {"fields", std::move(fields)},
                    {"binary", type.encoding == EventEncoding::kCbor}});
  }
  return list.dump() + "\n";
}

int PrintEvent(const EventType& type, const std::string& event) {
  if (type.encoding == EventEncoding::kCbor && IsOnTerminal()) {
    return RefuseUsage({ErrorCode::kInvalidArgument,
                        "the event " + std::string(type.name) +
                            " is binary, and no terminal shows that: write it to a file with > "
                            "FILE, or pipe it on"});
  }
  // Ended for the eye alone: through a pipe go the bytes that a trigger sends.
  return WriteOutput("the event", IsOnTerminal() ? event + "\n" : event);
}

Expected<Work> InterpretList(const EventCommandLine& options) {
  if (!options.type.empty() || !options.settings.empty()) {
    return Error{ErrorCode::kInvalidArgument, "--list lists all types: it stands alone"};
  }
  return Work([wants_json = options.wants_json](const Variables&) {
    return WriteOutput("the list", wants_json ? ListAsJson() : ListAsText());
  });
}

Expected<Work> Interpret(const EventCommandLine& options) {
  if (options.wants_list) return InterpretList(options);
  if (options.wants_json) {
    return Error{ErrorCode::kInvalidArgument, "--json is for --list: an event is what it is"};
  }
  if (options.type.empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 "which type of event? (fclocal event --list names them)"};
  }
  const auto type = EventTypeOf(options.type);
  if (!type) return type.error();
  const auto settings = ReadEventSettings(options.settings);
  if (!settings) return settings.error();
  auto event = MakeSampleEvent(**type, *settings);
  if (!event) return event.error();
  return Work([type = *type, event = *std::move(event)](const Variables&) {
    return PrintEvent(*type, event);
  });
}

}  // namespace

Interpretation DeclareEvent(CLI::App& app) {
  const auto options = std::make_shared<EventCommandLine>();
  app.add_option("TYPE", options->type, "Whose event: timer, oss, http, ...");
  DeclareEventSettings(app, options->settings);
  app.add_flag("--list", options->wants_list, "List the types");
  app.add_flag("--json", options->wants_json, "The list as JSON");
  app.footer(kEventExamples);
  return [options] { return Interpret(*options); };
}

}  // namespace openfc::emulator
