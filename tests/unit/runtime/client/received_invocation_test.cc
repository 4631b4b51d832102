#include "runtime/client/received_invocation.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc {
namespace {

using Content = ReceiveBuffer::Content;

const std::string kAccepted = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

std::string EventOf(const std::string& id, const std::string& body = "event") {
  return "HTTP/1.1 200 OK\r\nx-fc-request-id: " + id +
         "\r\nx-fc-function-type: 1\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

/// The id of what is found; empty: nothing.
std::string IdIn(const std::string& bytes, bool begins_with_post_answer = false) {
  const auto found =
      FindReceivedInvocation({.begins_with_post_answer = begins_with_post_answer, .bytes = bytes});
  return found ? found->request_id : "";
}

TEST(FindReceivedInvocationTest, FindsTheInvocationWhoseHeadIsWhole) {
  const std::string answer = EventOf("r-1");
  const std::size_t head = answer.size() - 5;

  for (std::size_t length = 0; length < head; ++length) {
    ASSERT_EQ(IdIn(answer.substr(0, length)), "") << length;
  }
  for (std::size_t length = head; length <= answer.size(); ++length) {
    ASSERT_EQ(IdIn(answer.substr(0, length)), "r-1") << length;
  }
}

TEST(FindReceivedInvocationTest, KnowsWhatTheHeadSays) {
  const auto found = FindReceivedInvocation({.bytes = EventOf("r-1")});

  ASSERT_TRUE(found);
  EXPECT_EQ(found->type, InvocationType::kInitialize);
}

TEST(FindReceivedInvocationTest, KnowsTheHeadersOfTheDialect) {
  const std::string answer =
      "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: r-1\r\nContent-Length: 0\r\n\r\n";

  const auto found = FindReceivedInvocation({.bytes = answer}, Dialect::kAws);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->request_id, "r-1");
  EXPECT_FALSE(FindReceivedInvocation({.bytes = answer}, Dialect::kFc));
}

TEST(FindReceivedInvocationTest, LooksBehindThePostsAnswer) {
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
  for (const std::string& post :
       {kAccepted, chunked, interim + kAccepted, std::string("HTTP/1.1 204 No Content\r\n\r\n")}) {
    EXPECT_EQ(IdIn(post + EventOf("r-1"), true), "r-1");
    EXPECT_EQ(IdIn(post + interim + EventOf("r-1"), true), "r-1");
    EXPECT_EQ(IdIn(post, true), "");
    EXPECT_EQ(IdIn(post.substr(0, post.size() - 1), true), "");
  }
}

TEST(FindReceivedInvocationTest, TakesNoBodyForAnAnswer) {
  const std::string disguised = EventOf("r-evil");
  const std::string until_end = "HTTP/1.1 200 OK\r\n\r\n";

  EXPECT_EQ(IdIn(EventOf("r-1", disguised)), "r-1");
  EXPECT_EQ(IdIn(EventOf("no", disguised), true), "");
  EXPECT_EQ(IdIn(until_end + disguised, true), "");
  EXPECT_EQ(IdIn("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + disguised, true), "");
}

TEST(FindReceivedInvocationTest, FindsNothingWithoutAValidId) {
  EXPECT_EQ(IdIn("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "");
  EXPECT_EQ(IdIn(EventOf("a/b")), "");
  EXPECT_EQ(IdIn(EventOf(std::string(129, 'x'))), "");
  EXPECT_EQ(IdIn("HTTP/1.1 500 Oh\r\nx-fc-request-id: r-1\r\nContent-Length: 0\r\n\r\n"), "");
  EXPECT_EQ(IdIn("garbage"), "");
  EXPECT_EQ(IdIn(""), "");
}

// Across processes
// -------------------------------------------------------------------------------------------------

/// What rloader finds in the page after a runtime that received `bytes` and died at once.
class DeadRuntime {
 public:
  DeadRuntime() : page_(*SharedPage::Create()) {}

  /// The runtime: expects `content`, receives once, does `then`, and dies.
  template <typename Then>
  DeadRuntime& Receives(const std::string& bytes, Content content, const Then& then) {
    std::array<int, 2> sockets{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()), 0);
    EXPECT_EQ(::send(sockets[0], bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
    const pid_t runtime = ::fork();
    if (runtime == 0) {
      auto buffer = page_->TakeReceiveBuffer();
      if (!buffer) ::_exit(1);
      buffer->Expect(content);
      const auto room = buffer->Room();
      const ssize_t count = ::recv(sockets[1], room.data(), room.size(), 0);
      then(*buffer, static_cast<std::size_t>(count));
      ::_exit(0);
    }
    int status = -1;
    EXPECT_EQ(::waitpid(runtime, &status, 0), runtime);
    EXPECT_EQ(status, 0);
    ::close(sockets[0]);
    ::close(sockets[1]);
    return *this;
  }

  DeadRuntime& Receives(const std::string& bytes, Content content) {
    return Receives(bytes, content, [](ReceiveBuffer&, std::size_t) {});
  }

  std::vector<std::string> Found() const {
    std::vector<std::string> ids;
    page_->VisitReceived([&ids](const ReceivedBytes& received) {
      if (const auto found = FindReceivedInvocation(received)) ids.push_back(found->request_id);
    });
    return ids;
  }

  SharedPage& page() { return *page_; }

 private:
  std::unique_ptr<SharedPage> page_;
};

using Ids = std::vector<std::string>;

TEST(DeadRuntimeTest, LeavesTheInvocationThatItHadOnlyReceived) {
  EXPECT_EQ(DeadRuntime().Receives(EventOf("r-1"), Content::kPollAnswer).Found(), Ids{"r-1"});
}

TEST(DeadRuntimeTest, LeavesTheInvocationBehindThePostsAnswer) {
  EXPECT_EQ(
      DeadRuntime().Receives(kAccepted + EventOf("r-1"), Content::kPostAnswerThenPoll).Found(),
      Ids{"r-1"});
}

TEST(DeadRuntimeTest, LeavesItWhenThePostsAnswerWasDealtWith) {
  DeadRuntime runtime;
  runtime.Receives(kAccepted + EventOf("r-1"), Content::kPostAnswerThenPoll,
                   [](ReceiveBuffer& buffer, std::size_t count) {
                     buffer.Commit(count);
                     buffer.Use(kAccepted.size(), Content::kPollAnswer);
                   });

  EXPECT_EQ(runtime.Found(), Ids{"r-1"});
}

TEST(DeadRuntimeTest, LeavesNothingWhenTheHeadWasNotWhole) {
  const std::string part = EventOf("r-1").substr(0, 40);

  EXPECT_EQ(DeadRuntime().Receives(part, Content::kPollAnswer).Found(), Ids{});
}

TEST(DeadRuntimeTest, LeavesNothingOnceARowHasIt) {
  DeadRuntime runtime;
  runtime.Receives(EventOf("r-1"), Content::kPollAnswer,
                   [](ReceiveBuffer& buffer, std::size_t count) {
                     buffer.Commit(count);
                     buffer.Expect(Content::kNothing);
                   });

  EXPECT_EQ(runtime.Found(), Ids{});
}

TEST(DeadRuntimeTest, LeavesNoEventThatLooksLikeAnInvocation) {
  const std::string head = "HTTP/1.1 200 OK\r\nx-fc-request-id: r-1\r\nContent-Length: 99\r\n\r\n";
  DeadRuntime runtime;
  runtime.Receives(head + EventOf("r-evil"), Content::kPollAnswer,
                   [&head](ReceiveBuffer& buffer, std::size_t count) {
                     buffer.Commit(count);
                     buffer.Expect(Content::kNothing);
                     buffer.Use(head.size());
                   });

  EXPECT_EQ(runtime.Found(), Ids{});
}

TEST(DeadRuntimeTest, LeavesWhatEachOfItsConnectionsHadReceived) {
  DeadRuntime runtime;
  runtime.Receives(EventOf("r-1"), Content::kPollAnswer);
  runtime.Receives(EventOf("r-2"), Content::kPollAnswer);

  EXPECT_EQ(runtime.Found(), (Ids{"r-1", "r-2"}));
}

TEST(DeadRuntimeTest, IsForgottenBeforeTheNextStart) {
  DeadRuntime runtime;
  runtime.Receives(EventOf("r-1"), Content::kPollAnswer);

  runtime.page().ResetForStart();

  EXPECT_EQ(runtime.Found(), Ids{});
  auto buffer = runtime.page().TakeReceiveBuffer();
  ASSERT_TRUE(buffer);
  for (const char byte : buffer->Room()) ASSERT_EQ(byte, '\0');
}

}  // namespace
}  // namespace openfc
