#include "runtime/http/web_socket_pipe.h"

#include "tests/unit/runtime/http/ready.h"

#include <gtest/gtest.h>

#include <variant>

namespace openfc::http {
namespace {

class WebSocketPipeTest : public ::testing::Test {
 protected:
  WebSocketPipe pipe_{[] {}};
  Ready first_;
  Ready second_;
};

TEST_F(WebSocketPipeTest, RingsForEveryReceiverThatWaits) {
  EXPECT_FALSE(pipe_.TryTake(first_.callback()).has_value());
  EXPECT_FALSE(pipe_.TryTake(second_.callback()).has_value());

  pipe_.Put({.is_text = true, .data = "x"});

  EXPECT_EQ(first_.rung(), 1);
  EXPECT_EQ(second_.rung(), 1);
}

TEST_F(WebSocketPipeTest, TellsEveryReceiverThatWaitsOfItsEnd) {
  EXPECT_FALSE(pipe_.TryTake(first_.callback()).has_value());
  EXPECT_FALSE(pipe_.TryTake(second_.callback()).has_value());

  pipe_.SetClosed({.code = 1001, .reason = ""});

  EXPECT_EQ(first_.rung(), 1);
  EXPECT_EQ(second_.rung(), 1);
  const auto received = pipe_.TryTake(first_.callback());
  ASSERT_TRUE(received.has_value());
  EXPECT_EQ(std::get<WebSocket::Closed>(*received).code, 1001);
}

}  // namespace
}  // namespace openfc::http
