#include "bootstrap/rloader/command_line.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string_view>

namespace openfc::bootstrap {
namespace {

constexpr std::string_view kCommandFlag = "--command";

/// With --command, how many words come before the `--` that the command follows; else all.
int CountOwnWords(int count, const char* const* words) {
  const char* const* const end = words + count;
  const auto* const dashes =
      std::find_if(words, end, [](std::string_view word) { return word == "--"; });
  const bool has_command = std::find(words, dashes, kCommandFlag) != dashes;
  return has_command ? static_cast<int>(dashes - words) : count;
}

/// The rest belongs to --command.
Status TakeCommand(bool wants_command, int own, int count, const char* const* words,
                   CommandLine& line) {
  if (!wants_command) return Ok();
  if (own + 1 < count) line.command.assign(words + own + 1, words + count);
  if (line.command.empty() || line.command.front().empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 "--command needs a program: rloader --command -- PROGRAM ARGUMENT..."};
  }
  const bool has_runtime = !line.handler.empty() || !line.bootstrap.empty() || line.wants_http ||
                           !line.port.empty() || !line.interface.empty() ||
                           !line.error_status.empty();
  if (!has_runtime) return Ok();
  return Error{ErrorCode::kInvalidArgument,
               "--command starts a program that is no runtime of ours: a handler, --bootstrap and "
               "the options of the HTTP mode do not go with it"};
}

}  // namespace

Expected<std::variant<CommandLine, Printout>> ParseCommandLine(int count,
                                                               const char* const* words) {
  CommandLine line;
  bool has_no_restart = false;
  CLI::App app("Starts a function's runtime and answers for it: the init of an instance",
               "rloader");
  app.add_option("HANDLER", line.handler,
                 "The function to serve: the HTTP mode's, or AWS's in place of _HANDLER; a "
                 "container image's CMD");
  app.add_option("--bootstrap", line.bootstrap, "The runtime to start")->type_name("PATH");
  app.add_flag("--no-restart", has_no_restart, "End when the runtime ends, with its exit code");
  bool wants_command = false;
  app.add_flag(std::string(kCommandFlag), wants_command,
               "Only supervise the program that follows after --, and end with it");
  app.add_flag("--http", line.wants_http, "Serve HTTP instead of polling a Runtime API");
  app.add_option("--port", line.port, "Where to serve HTTP; else FC_CUSTOM_LISTEN_PORT, 9000")
      ->type_name("PORT")
      ->check(CLI::Range(0, 65535));
  app.add_option("--interface", line.interface, "How to call the function; else found out")
      ->type_name("KIND")
      ->check(CLI::IsMember({"event", "wsgi", "asgi"}));
  app.add_option("--error-status", line.error_status,
                 "The status of a failed event over HTTP; else 404")
      ->type_name("CODE")
      ->check(CLI::Range(400, 599));
  app.set_version_flag("--version", std::string("rloader " OPENFC_VERSION));
  using Outcome = std::variant<CommandLine, Printout>;
  const int own = CountOwnWords(count, words);
  try {
    app.parse(own, words);
  } catch (const CLI::CallForHelp&) {
    return Outcome(Printout{app.help()});
  } catch (const CLI::CallForVersion& version) {
    return Outcome(Printout{std::string(version.what()) + "\n"});
  } catch (const CLI::ParseError& error) {
    return Error{ErrorCode::kInvalidArgument,
                 std::string(error.what()) + " (rloader --help lists the options)"};
  }
  line.restarts = !has_no_restart;
  const Status taken = TakeCommand(wants_command, own, count, words, line);
  if (!taken) return taken.error();
  return Outcome(line);
}

}  // namespace openfc::bootstrap
