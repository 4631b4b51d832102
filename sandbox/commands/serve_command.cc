#include "sandbox/commands/serve_command.h"

#include "runtime/process/stop_signals.h"
#include "sandbox/api/executor/executor_dialect.h"
#include "sandbox/service/operator_routes.h"
#include "sandbox/service/service.h"

#include <sysexits.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <memory>
#include <utility>

namespace openfc::sandbox {
namespace {

/// By the name that --serve takes.
std::map<std::string, DialectMaker> DialectsOf(const ServeWords& words) {
  return {{"executor", &MakeExecutorDialect},
          {kPremierLangage, [options = words.premierlangage](const Ground& ground) {
             return MakeServedPremierLangageDialect(ground, options);
           }}};
}

void Say(const std::string& sentence) {
  (void)std::fprintf(stderr, "fcsandbox: %s\n", sentence.c_str());
}

int Refuse(const Error& error) {
  Say(error.message);
  return ExitCodeOf(error);
}

std::string UrlOf(const std::string& address, std::uint16_t port) {
  const bool is_six = address.find(':') != std::string::npos;
  return "http://" + (is_six ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Expected<ServiceOptions> OptionsOf(const ServeWords& words) {
  ServiceOptions options{.address = words.address,
                         .port = words.port,
                         .keys = {},
                         .allowed_hosts = words.allowed_hosts,
                         .allows_cross_origin = words.allows_cross_origin,
                         .limits = words.limits,
                         .log_fd = STDOUT_FILENO};
  if (words.api_key_file.empty()) return options;
  auto keys = ApiKeys::ReadFile(words.api_key_file);
  if (!keys) return keys.error();
  options.keys = *std::move(keys);
  return options;
}

/// Until a signal has come and all is answered, or a second one has.
void ServeUntilSignal(Service& service, StopSignals& signals, const EndMark& end) {
  bool is_stopping = false;
  AwaitEnd(signals, end, [&](int /*signal*/) {
    if (std::exchange(is_stopping, true)) return OnStop::kEndNow;
    Say("stopping");
    service.Drain(end.Teller());
    return OnStop::kAwaitEnd;
  });
}

}  // namespace

std::vector<std::string> DialectNames() {
  std::vector<std::string> names;
  for (const auto& [name, make] : DialectsOf({})) names.push_back(name);
  return names;
}

int RunServe(const ServeWords& words) {
  auto options = OptionsOf(words);
  if (!options) return Refuse(options.error());
  if (const Status may = Service::MayListen(*options); !may) return Refuse(may.error());
  if (const Status fits = CheckLimits(words.limits.Over({}), WidestLimits()); !fits) {
    return Refuse(fits.error());
  }
  const auto signals = StopSignals::Hold();
  if (!signals) return Refuse(signals.error());
  auto ready = SetUpEngine(words.engine);
  if (!ready) return Refuse(ready.error());
  options->state = ready->state;
  const EndMark end;
  const auto service = Service::Start(*ready->engine, words.dialect,
                                      DialectsOf(words).at(words.dialect), *std::move(options));
  if (!service) return Refuse(service.error());
  Say("serving " + words.dialect + " on " + UrlOf(words.address, (*service)->port()) +
      ", isolation " + IsolationHeader(ready->engine->isolation()) + " (Ctrl-C stops it)");
  ServeUntilSignal(**service, **signals, end);
  return 0;
}

}  // namespace openfc::sandbox
