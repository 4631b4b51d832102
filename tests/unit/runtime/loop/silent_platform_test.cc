// The loop over real connections to a platform that takes a post and then says nothing.

#include "runtime/client/http_runtime_api.h"
#include "runtime/client/platform_connection.h"
#include "runtime/loop/pollers.h"
#include "tests/fakes/peer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace openfc {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using ::testing::HasSubstr;
using testing::Peer;
using ::testing::StartsWith;

const std::string kAccepted = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

std::string EventOf(const std::string& id) {
  return "HTTP/1.1 200 OK\r\nx-fc-request-id: " + id + "\r\nContent-Length: 2\r\n\r\n{}";
}

/// Answers at once. Its language has a lock, so that connections are shared.
class QuickHandler final : public Handler, private LanguageLock {
 public:
  void Handle(Invocation /*invocation*/, Reply reply) override {
    std::move(reply).Send(Response{});
  }
  LanguageLock* language_lock() override { return this; }

 private:
  void Lock() override { mutex_.lock(); }
  void Unlock() override { mutex_.unlock(); }

  std::mutex mutex_;
};

class SilentPlatformTest : public ::testing::Test {
 protected:
  /// Until the platform's script triggers the interrupt. The second poller's connection goes to a
  /// peer that brings nothing.
  void RunPollersAgainst(const Peer& peer) {
    const Peer idle([](Peer& self) {
      self.Accept();
      self.AwaitEnd();
    });
    PlatformRoute route({"127.0.0.1", peer.port()});
    PlatformRoute idle_route({"127.0.0.1", idle.port()});
    std::atomic<bool> is_first = true;
    const OpenRuntimeApi open = [&] { return Open(is_first.exchange(false) ? route : idle_route); };
    const UniqueFd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    QuickHandler handler;
    Dispatcher dispatcher(handler, InvocationLog(null.get()));
    constexpr std::size_t kLimit = 2;
    Pollers(open, dispatcher, kLimit).Run();
  }

  /// Up to the post of r-3, which goes out without waiting: pairs work from r-1's on.
  static void ServeUntilThirdPost(Peer& peer) {
    peer.Accept();
    EXPECT_THAT(peer.ReadRequest(), StartsWith("GET "));
    peer.Send(EventOf("r-1"));
    for (const char* next : {"r-2", "r-3"}) {
      EXPECT_THAT(peer.ReadRequest(), StartsWith("POST "));
      EXPECT_THAT(peer.ReadRequest(), StartsWith("GET "));
      peer.Send(kAccepted + EventOf(next));
    }
    EXPECT_THAT(peer.ReadRequest(), HasSubstr("r-3"));
  }

  std::unique_ptr<RuntimeApi> Open(PlatformRoute& route) {
    const PlatformPatience patience{.stall = 50ms, .pair = 1h, .fresh = 0ms, .quick_poll = 1h};
    const auto connect = [this, &route, patience] {
      return std::make_unique<PlatformConnection>(route, interrupt_, ReceiveBuffer(), patience);
    };
    HttpRuntimeApi::Options options;
    options.open_exchange = options.open_spare = connect;
    return std::make_unique<HttpRuntimeApi>(connect(), shared_, options);
  }

  Interrupt interrupt_;
  std::unique_ptr<SharedPage> page_ = *SharedPage::Create();
  RuntimeApiShared shared_{.page = *page_, .interrupt = interrupt_};
};

TEST_F(SilentPlatformTest, IsToldTheAnswerAgainAndServedOn) {
  std::string again;
  Peer peer([&](Peer& self) {
    ServeUntilThirdPost(self);
    self.Accept();  // Not a word on the first connection.
    again = self.ReadRequest();
    self.Send(kAccepted);
    interrupt_.Trigger();
  });

  RunPollersAgainst(peer);

  EXPECT_THAT(again, StartsWith("POST "));
  EXPECT_THAT(again, HasSubstr("r-3"));
  EXPECT_TRUE(page_->ReadInFlight().empty());
}

}  // namespace
}  // namespace openfc
