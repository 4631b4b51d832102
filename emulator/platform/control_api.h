#pragma once

#include "emulator/platform/async_invocations.h"
#include "emulator/platform/call_watch.h"
#include "emulator/platform/control_documents.h"
#include "emulator/platform/function_table.h"
#include "emulator/platform/history.h"
#include "emulator/platform/invoke_api.h"
#include "emulator/platform/request_logs.h"
#include "runtime/http/request.h"
#include "runtime/http/responder.h"

#include <functional>
#include <string>
#include <string_view>

namespace openfc::emulator {

/// The console page, and the JSON API below /_openfc/ with which it and fclocal's other commands
/// look at a platform, on the platform's thread. emulator/console/assets.h is its contract; beside
/// it there is
///
///   POST /_openfc/stop      ends this fclocal
class ControlApi {
 public:
  /// What it looks at; all of it outlives it.
  struct Subject {
    const FunctionTable& functions;
    History& history;
    const RequestLogs& logs;
    PlatformLoop& loop;
    AsyncInvocations* async = nullptr;  // May be null: asynchronous calls are refused then.
  };

  struct Options {
    std::string token;  // That every call must have; empty: none is served.
    NextFiring next_firing = {};
    std::function<void()> stop = {};
    bool is_page_for_all = true;  // Else the page, and the token in it, is for this machine alone.
  };

  ControlApi(const Subject& subject, Options options);

  /// Whether a path is one of these.
  static bool Serves(std::string_view path);

  void Serve(http::Request request, http::Responder responder);

 private:
  bool HasToken(const http::Request& request) const;
  void ServePage(const http::Request& request, http::Responder responder) const;
  void ServeGet(const http::Request& request, http::Responder responder);
  void ServePost(http::Request request, http::Responder responder);
  void ServeInvoke(std::string_view name, http::Request& request, http::Responder responder);
  void ServeStop(std::string_view instance_id, http::Responder responder);
  void ServeLog(std::string_view request_id, http::Responder responder) const;
  void Submit(FunctionPool& pool, Call call, http::Responder responder);
  void SubmitAsync(FunctionPool& pool, Call call, http::Responder responder) const;

  const Subject subject_;
  const Options options_;
  CallWatch calls_;
};

}  // namespace openfc::emulator
