#include "bootstrap/rloader/command_line.h"

#include <CLI/CLI.hpp>

namespace openfc::bootstrap {

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
  try {
    app.parse(count, words);
  } catch (const CLI::CallForHelp&) {
    return Outcome(Printout{app.help()});
  } catch (const CLI::CallForVersion& version) {
    return Outcome(Printout{std::string(version.what()) + "\n"});
  } catch (const CLI::ParseError& error) {
    return Error{ErrorCode::kInvalidArgument,
                 std::string(error.what()) + " (rloader --help lists the options)"};
  }
  line.restarts = !has_no_restart;
  return Outcome(line);
}

}  // namespace openfc::bootstrap
