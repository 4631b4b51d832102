#include "runtime/http/server.h"

#include "runtime/http/acceptor.h"
#include "runtime/http/connection.h"
#include "runtime/http/gathering.h"
#include "runtime/http/listen.h"
#include "runtime/http/lookout.h"
#include "runtime/http/mailbox.h"
#include "runtime/http/reactor.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>
#include <utility>
#include <vector>

namespace openfc::http {
namespace {

// As much is done of what is ready before a Drive() returns that somebody has woken.
constexpr int kRound = 512;

Response RefuseAsText(const Request& /*seen*/, const RequestParser::Refusal& refusal) {
  return Response{.status = refusal.status,
                  .headers = {{"Content-Type", "text/plain"}},
                  .body = refusal.reason + "\n"};
}

/// A listening socket, and the connections of those who came by it.
class Hall {
 public:
  /// `surroundings` must outlive all operations that `io` has left over.
  Hall(asio::io_context& io, UniqueFd listener, Surroundings& surroundings)
      : surroundings_(surroundings),
        acceptor_(io, std::move(listener), surroundings.options.max_connections,
                  [this](Socket socket, std::shared_ptr<const Endpoints> endpoints) {
                    Open(std::move(socket), std::move(endpoints));
                  }) {
    surroundings_.on_closed = [this] {
      acceptor_.GiveBack();
      TellIfEmpty();
    };
    acceptor_.Start();
  }

  void Drain(std::function<void()> when_empty) {
    when_empty_ = std::move(when_empty);
    acceptor_.Stop();
    surroundings_.is_draining = true;
    for (const auto& connection : Connections()) connection->Drain();
    TellIfEmpty();
  }

  void Close() {
    acceptor_.Stop();
    when_empty_ = nullptr;
    for (const auto& connection : Connections()) connection->Close();
  }

 private:
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

  void TellIfEmpty() {
    if (!surroundings_.open.empty()) return;
    if (const auto tell = std::exchange(when_empty_, nullptr)) tell();
  }

  Surroundings& surroundings_;
  Acceptor acceptor_;
  std::function<void()> when_empty_;
};

/// A descriptor of somebody else's that the thread waits for, once for each Begin(). Shared with
/// the wait under way, which may be over already when it ends.
class Vigil : public std::enable_shared_from_this<Vigil> {
 public:
  using WhenReady = std::function<void(std::shared_ptr<Vigil>)>;

  Vigil(asio::io_context& io, UniqueFd fd, WhenReady when_ready)
      : fd_(io, fd.Release()), when_ready_(std::move(when_ready)) {}

  void Begin() {
    if (!fd_.is_open()) return;
    fd_.async_wait(asio::posix::descriptor_base::wait_read,
                   [self = shared_from_this()](const IoError& error) {
                     if (!error && self->fd_.is_open()) self->when_ready_(self);
                   });
  }

  void End() {
    IoError ignored;
    fd_.close(ignored);
  }

 private:
  asio::posix::basic_stream_descriptor<Executor> fd_;
  const WhenReady when_ready_;
};

}  // namespace

/// The listening sockets, the thread, and all that runs on it.
class Server::Core {
 public:
  Core(ServerOptions options, RequestHandler handler, UniqueFd listener, std::uint16_t port)
      : port_(port),
        options_(std::move(options)),
        mailbox_(std::make_shared<Mailbox>(
            [this] { asio::post(io_, [this] { mailbox_->Deliver(); }); })),
        work_(asio::make_work_guard(io_)) {
    AddHall(next_door_++, std::move(listener), options_, std::move(handler));
    StartThread();
  }

  ~Core() { Stop(); }  // NOLINT(bugprone-exception-escape): out of memory here ends the process.
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  std::uint16_t port() const { return port_; }

  const ServerOptions& options() const { return options_; }

  DoorId AlsoServe(UniqueFd listener, const ServerOptions& options, RequestHandler handler) {
    const DoorId door = next_door_++;
    asio::dispatch(io_, [this, door, options, listener = std::move(listener),
                         handler = std::move(handler)]() mutable {
      AddHall(door, std::move(listener), options, std::move(handler));
    });
    return door;
  }

  void Retire(DoorId door) {
    asio::dispatch(io_, [this, door] {
      const auto hall = halls_.find(door);
      if (hall != halls_.end()) hall->second->Close();
    });
  }

  void Watch(UniqueFd fd, std::function<void()> when_ready) {
    asio::post(io_, [this, fd = std::move(fd), when_ready = std::move(when_ready)]() mutable {
      auto then = [this, when_ready = std::move(when_ready)](std::shared_ptr<Vigil> vigil) {
        when_ready();
        is_handed_over_ ? resting_.push_back(std::move(vigil)) : vigil->Begin();
      };
      vigils_.push_back(BeginVigil(std::move(fd), std::move(then)));
    });
  }

  void WatchInDrive(UniqueFd fd, std::function<void()> when_ready) {
    asio::post(io_, [this, fd = std::move(fd), when_ready = std::move(when_ready)]() mutable {
      auto then = [this, when_ready = std::move(when_ready)](std::shared_ptr<Vigil> vigil) {
        when_ready();
        resting_to_drive_ = std::move(vigil);
      };
      EndDriversVigil();
      drivers_vigil_ = BeginVigil(std::move(fd), std::move(then));
    });
  }

  void AfterRound(std::function<void()> call) { asio::post(io_, std::move(call)); }

  void Drain(std::function<void()> when_empty) {
    asio::post(io_, [this, when_empty = std::move(when_empty)]() mutable {
      halls_.begin()->second->Drain(std::move(when_empty));
    });
  }

  void HandOver(Gate& gate, bool answers_may_wait) {
    asio::post(io_, [this] { io_.stop(); });
    thread_.join();
    io_.restart();
    is_handed_over_ = true;
    mailbox_->ClearOwner();
    mailbox_->UseGate(gate, answers_may_wait);
  }

  bool Drive(Deadline until) {
    BeginDrive();
    if (const auto vigil = std::exchange(resting_to_drive_, nullptr)) vigil->Begin();
    RunToWake(until);
    for (int done = 0; done < kRound && io_.poll_one() > 0; ++done) {
    }
    return EndDrive();
  }

  void DriveToWake() {
    BeginDrive();
    RunToWake(Deadline::Never());
    (void)EndDrive();
  }

  void Wake() {
    if (is_woken_.exchange(true)) return;
    // Who begins to drive only now sees it.
    if (mailbox_->HasOwner() && !mailbox_->IsOwnThread()) asio::post(io_, [] {});
  }

  void Stop() {
    if (std::exchange(is_stopped_, true)) return;
    asio::post(io_, [this] { CloseAll(); });
    if (thread_.joinable()) {
      thread_.join();
    } else {
      mailbox_->SetOwner();
      io_.run();
    }
  }

 private:
  void AddHall(DoorId door, UniqueFd listener, const ServerOptions& options,
               RequestHandler handler) {
    Surroundings& surroundings = *surroundings_.emplace_back(std::make_unique<Surroundings>());
    surroundings.options = options;
    if (!options.refuse) surroundings.options.refuse = RefuseAsText;
    surroundings.handler = std::move(handler);
    surroundings.mailbox = mailbox_;
    surroundings.gathering = &gathering_;
    halls_.emplace(door, std::make_unique<Hall>(io_, std::move(listener), surroundings));
  }

  std::shared_ptr<Vigil> BeginVigil(UniqueFd fd, Vigil::WhenReady when_ready) {
    auto vigil = std::make_shared<Vigil>(io_, std::move(fd), std::move(when_ready));
    vigil->Begin();
    return vigil;
  }

  void EndDriversVigil() {
    if (const auto vigil = std::exchange(drivers_vigil_, nullptr)) vigil->End();
    resting_to_drive_ = nullptr;
  }

  /// The thread inherits a mask of all signals: they are its starter's to handle.
  void StartThread() {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::jthread([this] {
      mailbox_->SetOwner();
      io_.run();
    });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void BeginDrive() {
    mailbox_->SetOwner();
    mailbox_->Deliver();
  }

  void RunToWake(Deadline until) {
    ResumeVigils();
    while (!is_woken_.load() && RunOne(until)) {
      if (!is_woken_.load()) ResumeVigils();
    }
  }

  void ResumeVigils() {
    for (const auto& vigil : std::exchange(resting_, {})) vigil->Begin();
  }

  bool EndDrive() {
    mailbox_->ClearOwner();
    return is_woken_.exchange(false);
  }

  /// False when the deadline came first.
  bool RunOne(Deadline until) {
    if (may_look_out_ && lookout_.IsWorthwhile() && LookOut(until)) return true;
    const auto begin = Deadline::Clock::now();
    const bool found = (until.IsNever() ? io_.run_one() : io_.run_one_until(until.when())) > 0;
    lookout_.OnSlept(Deadline::Clock::now() - begin);
    return found;
  }

  /// For a moment, without sleeping. Whoever else wants this processor goes first.
  bool LookOut(Deadline until) {
    const auto end = std::min(until, Deadline::After(Lookout::kMoment));
    bool found = io_.poll_one() > 0;
    while (!found && !end.HasPassed()) {
      ::sched_yield();
      found = io_.poll_one() > 0;
    }
    lookout_.OnLooked(/*in_vain=*/!found);
    return found;
  }

  void CloseAll() {
    mailbox_->Deliver();
    mailbox_->Close();
    for (const auto& vigil : vigils_) vigil->End();
    EndDriversVigil();
    for (const auto& [door, hall] : halls_) hall->Close();
    work_.reset();
  }

  const std::uint16_t port_;
  const ServerOptions options_;
  std::atomic<DoorId> next_door_ = 0;
  const std::shared_ptr<Mailbox> mailbox_;
  std::vector<std::unique_ptr<Surroundings>> surroundings_;  // Before io_: see Hall.
  asio::io_context io_{1};                                   // One thread: no locks within.
  Gathering gathering_{io_};
  asio::executor_work_guard<Executor> work_;
  std::map<DoorId, std::unique_ptr<Hall>> halls_;  // The first is the server's own.
  std::vector<std::shared_ptr<Vigil>> vigils_;
  std::vector<std::shared_ptr<Vigil>> resting_;  // Until the thread that drives is to wait again.
  std::shared_ptr<Vigil> drivers_vigil_;         // Of WatchInDrive().
  std::shared_ptr<Vigil> resting_to_drive_;      // The same, until the next Drive().
  Lookout lookout_;                              // The thread's that drives.
  const bool may_look_out_ = std::thread::hardware_concurrency() > 1;
  bool is_handed_over_ = false;
  std::atomic<bool> is_woken_ = false;  // Since the last Drive().
  bool is_stopped_ = false;
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

Expected<Server::DoorId> Server::AlsoServe(UniqueFd listener, RequestHandler handler) {
  return AlsoServe(std::move(listener), core_->options(), std::move(handler));
}

Expected<Server::DoorId> Server::AlsoServe(UniqueFd listener, const ServerOptions& options,
                                           RequestHandler handler) {
  if (const Status prepared = PrepareListener(listener); !prepared) return prepared.error();
  return core_->AlsoServe(std::move(listener), options, std::move(handler));
}

void Server::Retire(DoorId door) { core_->Retire(door); }

void Server::Watch(UniqueFd fd, std::function<void()> when_ready) {
  core_->Watch(std::move(fd), std::move(when_ready));
}

void Server::AfterRound(std::function<void()> call) { core_->AfterRound(std::move(call)); }

void Server::Drain(std::function<void()> when_empty) { core_->Drain(std::move(when_empty)); }

void Server::WatchInDrive(UniqueFd fd, std::function<void()> when_ready) {
  core_->WatchInDrive(std::move(fd), std::move(when_ready));
}

void Server::HandOver(Gate& gate, Answers answers) {
  core_->HandOver(gate, answers == Answers::kMayWait);
}

bool Server::Drive(Deadline until) { return core_->Drive(until); }

void Server::DriveToWake() { core_->DriveToWake(); }

void Server::Wake() { core_->Wake(); }

void Server::Stop() { core_->Stop(); }

}  // namespace openfc::http
