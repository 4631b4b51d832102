#include "emulator/commands/command_line.h"

#include <CLI/CLI.hpp>

#include <utility>
#include <vector>

namespace openfc::emulator {
namespace {

/// A command, its parser, and what it has made of it.
struct Declared {
  std::string name;
  CLI::App* app;
  Interpretation interpret;
};

std::vector<Declared> DeclareAll(std::span<const Command> commands, CLI::App& app) {
  std::vector<Declared> all;
  for (const Command& command : commands) {
    CLI::App* const own = app.add_subcommand(command.name, command.description);
    all.push_back({.name = command.name, .app = own, .interpret = command.declare(*own)});
  }
  return all;
}

/// Null when the words got to no command.
const Declared* FindAsked(const std::vector<Declared>& all) {
  for (const Declared& command : all) {
    if (command.app->parsed()) return &command;
  }
  return nullptr;
}

/// The first word, when it is to be a command and is none; else nothing.
std::string UnknownCommand(std::span<const Command> commands, int count, const char* const* words) {
  if (count < 2 || words[1][0] == '-') return {};
  for (const Command& command : commands) {
    if (std::string_view(command.name) == words[1]) return {};
  }
  return words[1];
}

std::string WhereToLook(const Declared* asked) {
  if (asked == nullptr) return " (fclocal --help lists the commands)";
  return " (fclocal " + asked->name + " --help lists the options)";
}

}  // namespace

Expected<std::variant<Work, Printout>> ParseCommandLine(std::span<const Command> commands,
                                                        int count, const char* const* words) {
  using Asked = std::variant<Work, Printout>;
  CLI::App app("Runs functions of Alibaba Cloud Function Compute on this machine", "fclocal");
  app.set_version_flag("--version", std::string("fclocal " OPENFC_VERSION));
  app.require_subcommand(1);
  const std::vector<Declared> all = DeclareAll(commands, app);
  try {
    app.parse(count, words);
  } catch (const CLI::CallForHelp&) {
    const Declared* const asked = FindAsked(all);
    return Asked(Printout{asked != nullptr ? asked->app->help("fclocal") : app.help()});
  } catch (const CLI::CallForVersion& version) {
    return Asked(Printout{std::string(version.what()) + "\n"});
  } catch (const CLI::ParseError& error) {
    if (const std::string word = UnknownCommand(commands, count, words); !word.empty()) {
      return Error{ErrorCode::kInvalidArgument,
                   "there is no command '" + word + "'" + WhereToLook(nullptr)};
    }
    return Error{ErrorCode::kInvalidArgument, error.what() + WhereToLook(FindAsked(all))};
  }
  auto work = FindAsked(all)->interpret();
  if (!work) return work.error();
  return Asked(*std::move(work));
}

}  // namespace openfc::emulator
