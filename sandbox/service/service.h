#pragma once

#include "runtime/base/error.h"
#include "runtime/http/own_hosts.h"
#include "runtime/http/server.h"
#include "sandbox/service/api_keys.h"
#include "sandbox/service/dialect.h"
#include "sandbox/service/run_log.h"
#include "sandbox/service/watched_executor.h"
#include "sandbox/service/workers.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace openfc::sandbox {

struct ServiceOptions {
  std::string address = "127.0.0.1";
  std::optional<std::uint16_t> port = {};  // 0: the system chooses; nothing: the dialect's.
  ApiKeys keys = {};
  std::vector<std::string> allowed_hosts = {};  // Beside those that are always ours (OwnHosts).
  bool allows_cross_origin = false;             // Pages of any host may call.
  std::string state = {};                       // A folder of ours, for what the dialect keeps.
  LimitChoice limits = {};                      // Of each run.
  int log_fd = 1;                               // A line for each run; borrowed.
};

/// Knows how to make one dialect.
using DialectMaker = std::function<std::unique_ptr<Dialect>(const Ground&)>;

/// One dialect, served.
class Service {
 public:
  /// kInvalidArgument with a sentence when it may not listen there without a key.
  static Status MayListen(const ServiceOptions& options);

  /// Listens at once. `executor` is borrowed. As MayListen(), and when it cannot.
  static Expected<std::unique_ptr<Service>> Start(Executor& executor, std::string name,
                                                  const DialectMaker& make, ServiceOptions options);
  /// Cancels what runs.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  std::uint16_t port() const { return server_->port(); }

  /// Takes no more clients, and calls `when_empty` on a thread of its own once all that are there
  /// have been answered. Once.
  void Drain(std::function<void()> when_empty) { server_->Drain(std::move(when_empty)); }

 private:
  Service(Executor& executor, std::string name, const DialectMaker& make, ServiceOptions options);

  Status Listen();
  void Handle(http::Request request, http::Responder responder);
  /// The answer to a request that is none of the dialect's.
  std::optional<http::Response> AnswerItself(const http::Request& request) const;
  std::optional<http::Response> Guard(const http::Request& request) const;
  /// What all answers to it have.
  http::HeaderList HeadersFor(const http::Request& request) const;

  const ServiceOptions options_;
  const http::OwnHosts own_hosts_;
  RunLog log_;
  WatchedExecutor executor_;
  Workers workers_;
  const std::unique_ptr<Dialect> dialect_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace openfc::sandbox
