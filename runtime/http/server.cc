#include "runtime/http/server.h"

#include "runtime/http/acceptor.h"
#include "runtime/http/connection.h"
#include "runtime/http/listen.h"
#include "runtime/http/mailbox.h"
#include "runtime/http/reactor.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <signal.h>

#include <thread>
#include <utility>
#include <vector>

namespace openfc::http {
namespace {

Response RefuseAsText(const Request& /*seen*/, const RequestParser::Refusal& refusal) {
  return Response{.status = refusal.status,
                  .headers = {{"Content-Type", "text/plain"}},
                  .body = refusal.reason + "\n"};
}

}  // namespace

/// The listening socket, the thread, and all that runs on it.
class Server::Core {
 public:
  Core(const ServerOptions& options, RequestHandler handler, UniqueFd listener, std::uint16_t port)
      : port_(port),
        work_(asio::make_work_guard(io_)),
        acceptor_(io_, std::move(listener), options.max_connections,
                  [this](Socket socket, std::shared_ptr<const Endpoints> endpoints) {
                    Open(std::move(socket), std::move(endpoints));
                  }) {
    surroundings_.options = options;
    if (!options.refuse) surroundings_.options.refuse = RefuseAsText;
    surroundings_.handler = std::move(handler);
    surroundings_.mailbox = std::make_shared<Mailbox>(
        [this] { asio::post(io_, [this] { surroundings_.mailbox->Deliver(); }); });
    surroundings_.on_closed = [this] {
      acceptor_.GiveBack();
      TellIfEmpty();
    };
    acceptor_.Start();
    StartThread();
  }

  ~Core() { Stop(); }  // NOLINT(bugprone-exception-escape): out of memory here ends the process.
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  std::uint16_t port() const { return port_; }

  void Drain(std::function<void()> when_empty) {
    asio::post(io_, [this, when_empty = std::move(when_empty)]() mutable {
      when_empty_ = std::move(when_empty);
      StartDraining();
    });
  }

  void Stop() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] { CloseAll(); });
    thread_.join();
  }

 private:
  /// The thread inherits a mask of all signals: they are its starter's to handle.
  void StartThread() {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::jthread([this] {
      surroundings_.mailbox->SetOwner();
      io_.run();
    });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void Open(Socket socket, std::shared_ptr<const Endpoints> endpoints) {
    const auto connection =
        std::make_shared<Connection>(std::move(socket), surroundings_, std::move(endpoints));
    surroundings_.open.emplace(connection.get(), connection);
    connection->Start();
  }

  /// As it is now: connections leave while they are gone through.
  std::vector<std::shared_ptr<Connection>> Connections() const {
    std::vector<std::shared_ptr<Connection>> connections;
    for (const auto& [key, connection] : surroundings_.open) connections.push_back(connection);
    return connections;
  }

  void StartDraining() {
    acceptor_.Stop();
    surroundings_.is_draining = true;
    for (const auto& connection : Connections()) connection->Drain();
    TellIfEmpty();
  }

  void TellIfEmpty() {
    if (!surroundings_.open.empty()) return;
    if (const auto tell = std::exchange(when_empty_, nullptr)) tell();
  }

  void CloseAll() {
    acceptor_.Stop();
    surroundings_.mailbox->Deliver();
    surroundings_.mailbox->Close();
    when_empty_ = nullptr;
    for (const auto& connection : Connections()) connection->Close();
    work_.reset();
  }

  const std::uint16_t port_;
  Surroundings surroundings_;  // Before io_: operations that are left over still refer to it.
  asio::io_context io_{1};     // One thread: no locks within.
  asio::executor_work_guard<Executor> work_;
  Acceptor acceptor_;
  std::function<void()> when_empty_;
  std::jthread thread_;  // Last: the others outlive it.
};

Expected<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                RequestHandler handler) {
  auto listener = Listen(options.address, options.port);
  if (!listener) return listener.error();
  return StartOn(*std::move(listener), options, std::move(handler));
}

Expected<std::unique_ptr<Server>> Server::StartOn(UniqueFd listener, const ServerOptions& options,
                                                  RequestHandler handler) {
  const auto prepared = PrepareListener(listener);
  if (!prepared) return prepared.error();
  const auto port = LocalPort(listener);
  if (!port) return port.error();
  return std::unique_ptr<Server>(
      new Server(std::make_unique<Core>(options, std::move(handler), std::move(listener), *port)));
}

Server::Server(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return core_->port(); }

void Server::Drain(std::function<void()> when_empty) { core_->Drain(std::move(when_empty)); }

void Server::Stop() { core_->Stop(); }

}  // namespace openfc::http
