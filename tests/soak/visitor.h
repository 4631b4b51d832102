#pragma once

#include "tests/soak/visit_tally.h"
#include "tests/unit/runtime/http/raw_client.h"

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>

namespace openfc::soak {

/// A client of one instance that behaves well in one visit and badly in the next: each draws one of
/// its conducts. Whoever sends a request whole and waits must get the answer to that very request.
class Visitor {
 public:
  Visitor(std::uint16_t port, VisitTally& tally, std::string name, std::uint64_t seed)
      : port_(port), tally_(tally), name_(std::move(name)), random_(seed) {}
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;
  virtual ~Visitor() = default;

  /// One visit; what is wrong with it is in the tally.
  void Visit();

 protected:
  struct Conduct {
    const char* name;
    std::function<void(http::RawClient&)> act;
  };
  virtual Conduct DrawConduct() = 0;

  std::size_t Draw(std::size_t sides) { return random_() % sides; }
  /// An event that nobody else has, of one of these sizes.
  std::string DrawEvent(std::string_view word, std::size_t largest);
  /// The first part of it, anything but all.
  std::string DrawPart(const std::string& bytes) { return bytes.substr(0, Draw(bytes.size())); }
  /// Goes away, politely or not.
  void Leave(http::RawClient& client);
  void NoteFault(const std::string& fault);

 private:
  std::uint16_t port_;
  VisitTally& tally_;
  std::string name_;
  std::mt19937_64 random_;
  std::size_t events_ = 0;
};

/// Of requests to the function.
class RequestVisitor final : public Visitor {
 public:
  RequestVisitor(std::uint16_t port, VisitTally& tally, std::string name, std::uint64_t seed,
                 bool streams)
      : Visitor(port, tally, std::move(name), seed), streams_(streams) {}

 private:
  Conduct DrawConduct() override;

  /// A request that gets an end, and its event.
  std::string DrawFinite(std::size_t largest);
  /// One that gets none from who streams.
  std::string DrawLong();
  void Expect(http::RawClient& client, const std::string& event);
  /// A client that closes its sending half may be gone: a stream to it may be cut off.
  void ExpectNothingElse(http::RawClient& client, const std::string& event);

  void Whole(http::RawClient& client);
  void ByteByByte(http::RawClient& client);
  void KeepAlive(http::RawClient& client);
  void Pipelined(http::RawClient& client);
  void HalfClosed(http::RawClient& client);
  void CutInHead(http::RawClient& client);
  void CutInBody(http::RawClient& client);
  void LeftUnread(http::RawClient& client);
  void LeftAmidAnswer(http::RawClient& client);

  bool streams_;
};

/// Of the function's WebSocket.
class SocketVisitor final : public Visitor {
 public:
  using Visitor::Visitor;

 private:
  Conduct DrawConduct() override;

  bool Connect(http::RawClient& client);
  void Talk(http::RawClient& client, bool byte_by_byte);
  void CutInHandshake(http::RawClient& client);
  void CutInMessage(http::RawClient& client);
  void LeftUntalked(http::RawClient& client);
  void LeftUnheard(http::RawClient& client);
};

}  // namespace openfc::soak
