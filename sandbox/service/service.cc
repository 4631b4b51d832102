#include "sandbox/service/service.h"

#include "runtime/base/metrics_page.h"
#include "sandbox/service/cross_origin.h"
#include "sandbox/service/dressed_answers.h"
#include "sandbox/service/operator_routes.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <exception>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr std::size_t kWorkers = 2;
constexpr unsigned kLoopbackNet = 127;
constexpr unsigned kNetShift = 24;

/// Whether only programs of this machine reach it.
bool IsLoopback(const std::string& address) {
  in_addr four{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1) {
    return (ntohl(four.s_addr) >> kNetShift) == kLoopbackNet;
  }
  in6_addr six{};
  return ::inet_pton(AF_INET6, address.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

}  // namespace

Status Service::MayListen(const ServiceOptions& options) {
  if (!options.keys.empty() || IsLoopback(options.address)) return Ok();
  return Error{ErrorCode::kInvalidArgument,
               "listening on " + options.address +
                   " needs --api-key-file: whoever reaches it could run code here"};
}

Expected<std::unique_ptr<Service>> Service::Start(Executor& executor, std::string name,
                                                  const DialectMaker& make,
                                                  ServiceOptions options) {
  if (const Status may = MayListen(options); !may) return may.error();
  // Not make_unique: the constructor is private.
  std::unique_ptr<Service> service(
      new Service(executor, std::move(name), make, std::move(options)));
  if (const Status listens = service->Listen(); !listens) return listens.error();
  return service;
}

Service::Service(Executor& executor, std::string name, const DialectMaker& make,
                 ServiceOptions options)
    : options_(std::move(options)),
      own_hosts_(options_.allowed_hosts),
      log_(options_.log_fd),
      executor_(executor, std::move(name), log_),
      workers_(kWorkers),
      dialect_(make({.executor = executor_,
                     .workers = workers_,
                     .state = options_.state,
                     .limits = options_.limits})) {}

Service::~Service() {
  if (server_) server_->Stop();
  executor_
      .Close();  // The ends that it tells of are the workers' to answer, in the dialect's words.
  workers_.Finish();
}

Status Service::Listen() {
  http::ServerOptions server{.address = options_.address,
                             .port = options_.port.value_or(dialect_->default_port()),
                             .limits = dialect_->request_limits()};
  server.refuse = [this](const http::Request& seen, const http::RequestParser::Refusal& refusal) {
    http::Response response = dialect_->Refuse(refusal.status, refusal.reason);
    for (auto& header : HeadersFor(seen)) response.headers.push_back(std::move(header));
    return response;
  };
  auto started =
      http::Server::Start(server, [this](http::Request request, http::Responder responder) {
        Handle(std::move(request), std::move(responder));
      });
  if (!started) return started.error();
  server_ = *std::move(started);
  return Ok();
}

void Service::Handle(http::Request request, http::Responder responder) try {
  http::Responder dressed = DressAnswers(std::move(responder), HeadersFor(request));
  if (auto answer = AnswerItself(request)) return std::move(dressed).Send(*std::move(answer));
  dialect_->Handle(std::move(request), std::move(dressed));
} catch (const std::exception&) {
  // The Responder has answered as it went; what the exception says is no client's business.
}

std::optional<http::Response> Service::AnswerItself(const http::Request& request) const {
  if (options_.allows_cross_origin) {
    if (auto preflight = AnswerPreflight(request)) return preflight;
  }
  if (auto refusal = Guard(request)) return refusal;
  if (auto health = AnswerHealth(request)) return health;
  if (!options_.keys.LetsIn(request)) {
    http::Response refusal = dialect_->Refuse(401, "a key of this service is needed");
    refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
    return refusal;
  }
  if (AsksForMetrics(request)) {
    return http::Response{
        .headers = {{"Content-Type", kMetricsContentType}},
        .body = executor_.figures().Text(executor_.load(), executor_.isolation(), log_.dropped())};
  }
  return AnswerIsolation(request, executor_.isolation());
}

std::optional<http::Response> Service::Guard(const http::Request& request) const {
  if (options_.allows_cross_origin) return std::nullopt;
  const auto foreign = own_hosts_.FindForeign(request, http::OwnHosts::Pages::kOfThisServer);
  if (!foreign) return std::nullopt;
  return dialect_->Refuse(403, *foreign == http::OwnHosts::Foreign::kHost
                                   ? "the Host is not one of this service: use its address or "
                                     "localhost, or start it with --allow-host"
                                   : "pages of that Origin may not run code here: start the "
                                     "service with --allow-host HOST[:PORT] or --cors");
}

http::HeaderList Service::HeadersFor(const http::Request& request) const {
  http::HeaderList headers;
  if (options_.allows_cross_origin) headers = CrossOriginHeaders(request);
  headers.emplace_back(kIsolationHeader, IsolationHeader(executor_.isolation()));
  return headers;
}

}  // namespace openfc::sandbox
