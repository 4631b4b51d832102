#include "runtime/http/transport.h"

#include "runtime/base/unique_fd.h"
#include "runtime/http/listen.h"
#include "tests/unit/runtime/http/raw_client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <memory>

namespace openfc::http {
namespace {

class NoOwner final : public TransportOwner {
 public:
  void OnRead(std::size_t /*count*/, Into /*where*/) override {}
  void OnReadEnd() override {}
  void OnRoom() override {}
  void OnBroken() override {}
};

/// Where a process that the function has forked has a duplicate of the connection.
class SharedTransportTest : public ::testing::Test {
 protected:
  UniqueFd Accept() { return UniqueFd(::accept(listener_.get(), nullptr, nullptr)); }

  UniqueFd listener_ = *Listen("127.0.0.1", 0);
  RawClient client_{*LocalPort(listener_)};
  asio::io_context io_;
  std::shared_ptr<NoOwner> owner_ = std::make_shared<NoOwner>();
  Transport transport_{Socket(io_, asio::ip::tcp::v4(), Accept().Release()), *owner_, 4096,
                       std::chrono::seconds(60)};
  const UniqueFd duplicate_{::dup(transport_.fd())};
};

TEST_F(SharedTransportTest, EndsForItsClientWhenItIsClosed) {
  transport_.outbox().Tail().append("last");
  transport_.Flush();

  transport_.Close();

  EXPECT_EQ(client_.ReadToEnd(), "last");
}

TEST_F(SharedTransportTest, EndsForItsClientWithAResetWhenItIsClosedHard) {
  transport_.CloseHard();

  EXPECT_TRUE(client_.AwaitReset());
}

}  // namespace
}  // namespace openfc::http
