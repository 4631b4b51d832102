#pragma once

#include "runtime/http/body_pipe.h"
#include "runtime/http/gathering.h"
#include "runtime/http/mailbox.h"
#include "runtime/http/request_parser.h"
#include "runtime/http/server.h"
#include "runtime/http/stream_sender.h"
#include "runtime/http/transport.h"
#include "runtime/http/web_socket_session.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace openfc::http {

class Connection;

/// What the connections of a server share.
struct Surroundings {
  ServerOptions options;
  RequestHandler handler;
  std::shared_ptr<Mailbox> mailbox;
  Gathering* gathering = nullptr;  // The server's.
  std::unordered_map<Connection*, std::shared_ptr<Connection>> open;
  std::function<void()> on_closed;  // After a connection has left `open`.
  bool is_draining = false;
};

/// One client: its requests, one after the other, and their answers. Shared by the set of open
/// connections and the operations under way. On the server's thread only.
class Connection final : public Recipient, public TransportOwner, public Holder {
 public:
  Connection(Socket socket, Surroundings& surroundings, std::shared_ptr<const Endpoints> endpoints);

  void Start();

  /// The server ends: a connection between two requests closes, any other after its answer.
  void Drain();

  void Close();

  void OnLetter(std::uint64_t ticket, letter::Content&& content) override;

  void OnRead(std::size_t count, Into where) override;
  void OnReadEnd() override;
  void OnRoom() override { Proceed(); }
  void OnBroken() override { Close(); }

  bool GoesOnHolding(std::uint64_t now) override;
  void OnRoundOver() override;

 private:
  enum class State {
    kReading,    // Collecting a request, or dropping the rest of one that was answered.
    kAnswering,  // The handler has it. Its body may still be coming.
    kUpgraded,   // A WebSocket.
    kLingering,  // The last answer is written or being written; what comes in is dropped.
    kCutOff,     // As soon as all is written, the client is to see that it is not all.
    kClosed,
  };

  // What the client is to be hurried with.
  enum class Awaited { kNothing, kHead, kBody, kGoodbye };

  /// Does everything that can be done now.
  void Proceed();
  void KeepReading();
  void Send();
  bool MayGather();
  void EndIfDone();
  /// Whether what was received is still to be worked off, so that the connection stays although
  /// nothing more comes.
  bool WaitsForHandler();

  // Requests:

  /// True when there may be more to parse once the answers so far are sent.
  bool ParseRequests();
  bool MayParse();
  void TakeParsed();
  void FinishRequest();
  void Dispatch(Request&& request);
  /// Where the handler wants it, hands the request over before its body is there.
  void ConsiderStreaming();
  void MovePart();
  void InviteBody();
  void DropRestOfBody();
  /// Answers in the place of the handler, for what is wrong with the request.
  void Refuse();

  // Answers:

  void OnAnswer(Response response);
  void OnBegin(letter::Begin begin);
  void OnUpgrade(letter::Upgrade upgrade);
  void OnOverrule(Response response);
  void OnWatch(letter::Watch watch);
  void Write(Response response);
  /// False: after this answer the connection has to close.
  bool CanGoOn() const;
  /// True when the answer became complete.
  bool PumpAnswer();
  void FinishAnswer();
  void CutOff();
  void TellHalfClosed();
  void TellGone();
  void ForgetWatches();

  // Time:

  void KeepTime();
  void StopTime();
  /// The server has begun to drain, which shortens what is waited for.
  void HurryUp();
  void SetTimer();
  Awaited WhatIsAwaited();
  void OnTimeUp();
  Clock::time_point Limit() const;

  Surroundings& surroundings_;
  const std::shared_ptr<const Endpoints> endpoints_;
  Transport transport_;
  const std::shared_ptr<Line> line_;
  RequestParser parser_;
  State state_ = State::kReading;
  bool is_busy_ = false;      // Within Proceed() or the handler: whoever changes something returns.
  bool is_nudged_ = false;    // Meanwhile.
  bool is_in_round_ = false;  // Will be told of its end.
  bool is_gathering_ = false;  // Known to the gathering.
  bool is_lingering_ = false;  // All is written, the end of sending was told.
  bool is_hurried_ = false;    // The server drains.
  bool ends_hard_ = false;     // When cut off: a regular end would look like the end of the answer.

  std::optional<std::uint64_t> holds_since_;  // The moment; set while what waits is held back.

  // The request at hand:
  std::uint64_t ticket_ = 0;
  AnswerStyle style_;
  std::string websocket_key_;  // Empty: it does not ask for a WebSocket.
  std::function<void()> when_half_closed_;
  std::function<void()> when_gone_;
  std::shared_ptr<BodyPipe> body_;        // Where its body goes while that is still coming.
  bool was_offered_ = false;              // Whether to hand it over early has been decided.
  std::optional<std::size_t> drop_left_;  // The body is dropped; how much of it at most.

  std::optional<StreamSender> sender_;  // Of the answer, once it has begun.
  std::optional<WebSocketSession> session_;

  Timer timer_;
  Awaited awaited_ = Awaited::kNothing;
  Clock::time_point awaited_since_;
};

}  // namespace openfc::http
