#include "runtime/http/server.h"

#include "runtime/base/log.h"
#include "runtime/base/unique_fd.h"
#include "runtime/http/input_buffer.h"
#include "runtime/http/listen.h"
#include "runtime/http/mailbox.h"
#include "runtime/http/outbox.h"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <span>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace openfc::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;
using IoError = boost::system::error_code;
// The executor is named, so that no operation goes through a type-erased one.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

constexpr std::size_t kInputSlack = 4096;  // Beyond the header limit, so that it can be exceeded.

// Pipelined requests are left unread while their answers pile up unread to this size.
constexpr std::size_t kMaxOutboxBytes = 1024UL * 1024;

// After a last answer the client's bytes are read and dropped for this long: closing on them at
// once would reset the connection and could take the answer from it.
constexpr seconds kLinger{5};

constexpr milliseconds kAcceptPause{100};

class Connection;

/// What connections share.
struct Surroundings {
  RequestLimits limits;
  RefusalWriter refuse;
  std::shared_ptr<Mailbox> mailbox;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> open;
};

Response RefuseAsText(const Request& /*seen*/, const RequestParser::Refusal& refusal) {
  return Response{.status = refusal.status,
                  .headers = {{"Content-Type", "text/plain"}},
                  .body = refusal.reason + "\n"};
}

/// One client. Shared by the set of open connections and the operations under way, which may end
/// after it was closed.
class Connection final : public Recipient, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, const RequestHandler& handler, Surroundings& surroundings)
      : surroundings_(surroundings),
        handler_(handler),
        socket_(std::move(socket)),
        linger_(socket_.get_executor()),
        line_(std::make_shared<Line>(surroundings.mailbox, *this)),
        parser_(surroundings.limits),
        input_(surroundings.limits.max_header_bytes + kInputSlack) {}

  void Start() { KeepReading(); }

  void OnAnswer(std::uint64_t ticket, Response response) override {
    if (ticket != ticket_ || state_ != State::kAnswering) return;
    when_gone_ = nullptr;
    Write(std::move(response));
    state_ = parser_.style().keep_alive ? State::kReading : State::kLingering;
    if (!is_dispatching_) Proceed();
  }

  void OnWatch(std::uint64_t ticket, std::function<void()> callback) override {
    if (ticket != ticket_ || state_ != State::kAnswering) return;
    when_gone_ = std::move(callback);
    if (saw_end_) TellGone();
  }

  void Close() {
    if (state_ == State::kClosed) return;
    state_ = State::kClosed;
    line_->MarkGone();
    line_->Cut();
    TellGone();
    IoError ignored;
    linger_.cancel();
    socket_.close(ignored);
    surroundings_.open.erase(this);  // Lives on for as long as its caller holds it.
  }

 private:
  enum class State {
    kReading,    // Collecting a request.
    kAnswering,  // The handler has it.
    kLingering,  // The last answer is written or being written; what comes in is dropped.
    kClosed,
  };

  void Write(Response response) {
    AppendHead(response, parser_.style(), outbox_.Tail());
    if (HasBody(response.status, parser_.style())) outbox_.Add(std::move(response.body));
  }

  /// Does everything that can be done now.
  void Proceed() {
    const auto self = shared_from_this();
    bool is_held_up = false;
    do {
      is_held_up = ParseRequests();
      Flush();
    } while (is_held_up && outbox_.empty());
    if (state_ == State::kClosed) return;
    if (outbox_.empty() && !is_writing_) EndIfDone();
    KeepReading();
  }

  /// True when there may be more to parse once the answers so far are sent.
  bool ParseRequests() {
    while (state_ == State::kReading && !input_.unread().empty()) {
      if (outbox_.bytes() >= kMaxOutboxBytes) return true;
      const std::size_t used = parser_.Feed(input_.unread());
      input_.Use(used);
      if (parser_.state() == RequestParser::State::kComplete) {
        Dispatch();
      } else if (parser_.state() == RequestParser::State::kRefused) {
        Refuse();
      } else if (used == 0) {
        break;
      }
    }
    if (state_ == State::kReading && parser_.TakeContinueWish()) {
      outbox_.Tail().append("HTTP/1.1 100 Continue\r\n\r\n");
    }
    return false;
  }

  void Dispatch() {
    state_ = State::kAnswering;
    ++ticket_;
    is_dispatching_ = true;
    handler_(parser_.TakeRequest(), Responder(line_, ticket_));
    is_dispatching_ = false;
  }

  void Refuse() {
    Write(surroundings_.refuse(parser_.seen(), parser_.refusal()));
    state_ = State::kLingering;
  }

  // Reading --------------------------------------------------------------------------------------

  /// Also while an answer is pending: that is how a client that goes away is noticed.
  void KeepReading() {
    if (is_reading_ || saw_end_ || state_ == State::kClosed) return;
    if (state_ == State::kLingering) input_.Clear();
    const auto body = input_.unread().empty() ? BodySpace() : std::span<char>();
    const bool is_direct = !body.empty();
    const std::span<char> room = is_direct ? body : input_.Room();
    if (room.empty()) return;
    is_reading_ = true;
    socket_.async_read_some(
        asio::buffer(room.data(), room.size()),
        [self = shared_from_this(), is_direct](const IoError& error, std::size_t count) {
          self->OnRead(error, count, is_direct);
        });
  }

  std::span<char> BodySpace() {
    return state_ == State::kReading ? parser_.BodySpace() : std::span<char>();
  }

  void OnRead(const IoError& error, std::size_t count, bool is_direct) {
    is_reading_ = false;
    if (state_ == State::kClosed) return;
    if (error) {
      OnEnd(error);
      return;
    }
    if (is_direct) {
      parser_.CommitBody(count);
      if (parser_.state() == RequestParser::State::kComplete) Dispatch();
    } else {
      input_.Commit(count);
    }
    Proceed();
  }

  /// The client sends no more. It may still read, unless the connection was reset.
  void OnEnd(const IoError& error) {
    saw_end_ = true;
    line_->MarkGone();
    if (error != asio::error::eof) {
      Close();
      return;
    }
    TellGone();
    Proceed();
  }

  void TellGone() {
    if (const auto callback = std::exchange(when_gone_, nullptr)) callback();
  }

  // Writing --------------------------------------------------------------------------------------

  void Flush() {
    while (!is_writing_ && !outbox_.empty() && state_ != State::kClosed) {
      std::array<iovec, 16> pieces;
      msghdr message{};
      message.msg_iov = pieces.data();
      message.msg_iovlen = outbox_.Describe(pieces);
      const ssize_t sent =
          ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0) {
        outbox_.Drop(static_cast<std::size_t>(sent));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        AwaitRoom();
      } else if (errno != EINTR) {
        Close();
      }
    }
  }

  void AwaitRoom() {
    is_writing_ = true;
    socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const IoError&) {
      self->is_writing_ = false;
      if (self->state_ != State::kClosed) self->Proceed();
    });
  }

  /// All is written. A client that sends no more is let go; after a last answer it has some time to
  /// close.
  void EndIfDone() {
    if (saw_end_ && state_ != State::kAnswering) {
      Close();
    } else if (state_ == State::kLingering && !std::exchange(is_lingering_, true)) {
      IoError ignored;
      socket_.shutdown(tcp::socket::shutdown_send, ignored);
      linger_.expires_after(kLinger);
      linger_.async_wait([self = shared_from_this()](const IoError& error) {
        if (!error) self->Close();
      });
    }
  }

  Surroundings& surroundings_;
  const RequestHandler& handler_;
  Socket socket_;
  Timer linger_;
  const std::shared_ptr<Line> line_;
  RequestParser parser_;
  InputBuffer input_;
  Outbox outbox_;
  State state_ = State::kReading;
  std::uint64_t ticket_ = 0;  // Of the request at hand.
  std::function<void()> when_gone_;
  bool is_dispatching_ = false;
  bool is_reading_ = false;
  bool is_writing_ = false;  // Waiting until the kernel takes more.
  bool is_lingering_ = false;
  bool saw_end_ = false;
};

/// A listening socket and whom its clients talk to.
class Door {
 public:
  Door(asio::io_context& io, UniqueFd listener, RequestHandler handler, Surroundings& surroundings)
      : io_(io),
        listener_(io, listener.Release()),
        pause_(io),
        handler_(std::move(handler)),
        surroundings_(surroundings) {}

  void AwaitClients() {
    listener_.async_wait(Descriptor::wait_read, [this](const IoError& error) {
      if (!error) Accept();
    });
  }

  /// Those that have connected already are let in first.
  void Close() {
    if (!listener_.is_open()) return;
    pause_.cancel();
    Accept();
    IoError ignored;
    listener_.close(ignored);
  }

 private:
  void Accept() {
    for (;;) {
      const int fd =
          ::accept4(listener_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (fd >= 0) {
        Open(fd);
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        AwaitClients();
        return;
      } else if (errno != EINTR && errno != ECONNABORTED) {
        Pause(errno);
        return;
      }
    }
  }

  void Open(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    Socket socket(io_);
    IoError error;
    socket.assign(tcp::v4(), fd, error);  // The family is not looked at again.
    if (error) {
      ::close(fd);
      return;
    }
    const auto connection =
        std::make_shared<Connection>(std::move(socket), handler_, surroundings_);
    surroundings_.open.emplace(connection.get(), connection);
    connection->Start();
  }

  /// Out of descriptors or memory: others may give some back.
  void Pause(int error_number) {
    LogWarn("accept_failed error={}", std::strerror(error_number));
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](const IoError& error) {
      if (!error) AwaitClients();
    });
  }

  asio::io_context& io_;
  Descriptor listener_;
  Timer pause_;
  const RequestHandler handler_;
  Surroundings& surroundings_;
};

/// A descriptor of somebody else's that the thread waits for.
class Vigil {
 public:
  Vigil(asio::io_context& io, UniqueFd fd, std::function<void()> when_ready)
      : fd_(io, fd.Release()), when_ready_(std::move(when_ready)) {}

  void Begin() {
    fd_.async_wait(Descriptor::wait_read, [this](const IoError& error) {
      if (error) return;
      when_ready_();
      if (fd_.is_open()) Begin();
    });
  }

  void End() {
    IoError ignored;
    fd_.close(ignored);
  }

 private:
  Descriptor fd_;
  const std::function<void()> when_ready_;
};

/// Asio closes what it waits for, and some of that is only borrowed.
UniqueFd Duplicate(int fd) { return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

}  // namespace

/// The listening sockets, the thread, and all that runs on it.
class Server::Core {
 public:
  Core(const ServerOptions& options, RequestHandler handler, UniqueFd listener, std::uint16_t port)
      : port_(port), work_(asio::make_work_guard(io_)) {
    surroundings_.limits = options.limits;
    surroundings_.refuse = options.refuse ? options.refuse : RefuseAsText;
    surroundings_.mailbox = std::make_shared<Mailbox>(
        [this] { asio::post(io_, [this] { surroundings_.mailbox->Deliver(); }); });
    AddDoor(std::move(listener), std::move(handler));
    StartThread();
  }

  ~Core() { Stop(); }  // NOLINT(bugprone-exception-escape): out of memory here ends the process.
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  std::uint16_t port() const { return port_; }

  void Watch(int fd, std::function<void()> when_ready) {
    asio::post(io_, [this, fd, when_ready = std::move(when_ready)] {
      vigils_.push_back(std::make_unique<Vigil>(io_, Duplicate(fd), when_ready));
      vigils_.back()->Begin();
    });
  }

  void AlsoServe(UniqueFd listener, RequestHandler handler) {
    asio::post(io_, [this, listener = std::move(listener), handler = std::move(handler)]() mutable {
      AddDoor(std::move(listener), std::move(handler));
    });
  }

  void StopListening() {
    asio::post(io_, [this] { doors_.front()->Close(); });
  }

  void Stop() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] { CloseAll(); });
    thread_.join();
  }

 private:
  void AddDoor(UniqueFd listener, RequestHandler handler) {
    doors_.push_back(
        std::make_unique<Door>(io_, std::move(listener), std::move(handler), surroundings_));
    doors_.back()->AwaitClients();
  }

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

  void CloseAll() {
    for (const auto& door : doors_) door->Close();
    for (const auto& vigil : vigils_) vigil->End();
    surroundings_.mailbox->Deliver();
    surroundings_.mailbox->Close();
    while (!surroundings_.open.empty()) {
      const std::shared_ptr<Connection> connection = surroundings_.open.begin()->second;
      connection->Close();
    }
    work_.reset();
  }

  const std::uint16_t port_;
  Surroundings surroundings_;  // Before io_: operations that are left over still refer to it.
  asio::io_context io_{1};     // One thread: no locks within.
  asio::executor_work_guard<Executor> work_;
  std::vector<std::unique_ptr<Door>> doors_;
  std::vector<std::unique_ptr<Vigil>> vigils_;
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
  const auto port = LocalPort(listener);
  if (!port) return port.error();
  return std::unique_ptr<Server>(
      new Server(std::make_unique<Core>(options, std::move(handler), std::move(listener), *port)));
}

Server::Server(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return core_->port(); }

void Server::Watch(int fd, std::function<void()> when_ready) {
  core_->Watch(fd, std::move(when_ready));
}

void Server::AlsoServe(UniqueFd listener, RequestHandler handler) {
  core_->AlsoServe(std::move(listener), std::move(handler));
}

void Server::StopListening() { core_->StopListening(); }

void Server::Stop() { core_->Stop(); }

}  // namespace openfc::http
