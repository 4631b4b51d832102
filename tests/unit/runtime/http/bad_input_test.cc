#include "runtime/http/server.h"
#include "tests/fakes/row_of.h"
#include "tests/unit/runtime/http/bad_input_rows.h"
#include "tests/unit/runtime/http/server_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

// What nobody sends by accident, down to the byte: refused, or served for what it is, and never
// carried over into the next request.
namespace openfc::http {
namespace {

using openfc::testing::NameOfRow;
using openfc::testing::RowOf;
using openfc::testing::RowsOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// Which requests have reached the handler; `streams` has it read every body itself.
class Witness {
 public:
  explicit Witness(bool streams) {
    ServerOptions options;
    if (streams) options.streams_body = [](const Request&) { return true; };
    server_ = StartServer(
        [this](Request request, Responder responder) {
          {
            const std::lock_guard lock(mutex_);
            targets_.emplace_back(request.target());
          }
          std::move(responder).Send(
              Text("<" + std::string(request.target()) + "|" + request.body() + ">"));
        },
        options);
  }

  std::uint16_t port() const { return server_->port(); }
  std::vector<std::string> targets() {
    const std::lock_guard lock(mutex_);
    return targets_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> targets_;
  std::unique_ptr<Server> server_;  // Last: its thread uses the others.
};

class BadInputTest : public ::testing::TestWithParam<RowOf<BadInput>> {};

TEST_P(BadInputTest, IsRefusedAndNothingAfterItIsServed) {
  Witness witness(/*streams=*/false);
  RawClient client(witness.port());

  client.Send(GetParam().row->bytes + Get("/smuggled"));

  const std::string answers = client.ReadToEnd();
  EXPECT_THAT(answers, StartsWith("HTTP/1.1 " + std::to_string(GetParam().row->status) + " "));
  EXPECT_THAT(answers, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_EQ(answers.find("\nHTTP/1.1"), std::string::npos) << answers;
  EXPECT_THAT(witness.targets(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Table, BadInputTest, ::testing::ValuesIn(RowsOf(Refused())),
                         NameOfRow<BadInput>);

class OddInputTest : public ::testing::TestWithParam<RowOf<OddInput>> {};

TEST_P(OddInputTest, IsServedForWhatItIsAndTheNextRequestToo) {
  Witness witness(/*streams=*/false);
  RawClient client(witness.port());

  client.Send(GetParam().row->bytes + Get("/next"));

  EXPECT_EQ(client.ReadBody(), "<" + GetParam().row->target + "|" + GetParam().row->body + ">");
  EXPECT_EQ(client.ReadBody(), "</next|>");
}

TEST_P(OddInputTest, IsServedByteByByte) {
  Witness witness(/*streams=*/false);
  RawClient client(witness.port());

  client.SendByteByByte(GetParam().row->bytes);

  EXPECT_EQ(client.ReadBody(), "<" + GetParam().row->target + "|" + GetParam().row->body + ">");
}

INSTANTIATE_TEST_SUITE_P(Table, OddInputTest, ::testing::ValuesIn(RowsOf(Served())),
                         NameOfRow<OddInput>);

TEST(BadInputAfterABodyTest, IsRefusedAsARequestOfItsOwn) {
  Witness witness(/*streams=*/false);
  RawClient client(witness.port());

  client.Send(Head("Content-Length: 3\r\n") + "abcdef\r\n\r\n" + Get("/smuggled"));

  EXPECT_EQ(client.ReadBody(), "</x|abc>");
  EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(witness.targets(), ElementsAre("/x"));
}

TEST(BadInputAfterABodyTest, EndsTheConnectionWhereTheBodyFallsShort) {
  Witness witness(/*streams=*/false);
  for (const std::string& part : {Head("Content-Length: 10\r\n") + "abc", Chunked("a\r\nabc"),
                                  Chunked("3\r\nabc\r\n0\r\n"), Chunked("3\r\nabc\r\n")}) {
    RawClient client(witness.port());
    client.Send(part);
    client.StopSending();

    EXPECT_EQ(client.ReadToEnd(), "");
  }
  EXPECT_THAT(witness.targets(), IsEmpty());
}

TEST(StreamedBadInputTest, NeverReachesTheNextRequest) {
  for (const BadInput& row : Refused()) {
    Witness witness(/*streams=*/true);
    RawClient client(witness.port());

    client.Send(row.bytes + Get("/smuggled"));

    client.ReadToEnd();
    for (const std::string& target : witness.targets()) EXPECT_EQ(target, "/x") << row.name;
  }
}

TEST(StreamedOddInputTest, IsServedByteByByteAndTheNextRequestToo) {
  for (const OddInput& row : Served()) {
    Witness witness(/*streams=*/true);
    RawClient client(witness.port());

    client.SendByteByByte(row.bytes + Get("/next"));

    // The body is dropped, wholly or in part: it was answered before it came.
    EXPECT_THAT(client.ReadBody(), StartsWith("<" + row.target + "|")) << row.name;
    EXPECT_EQ(client.ReadBody(), "</next|>") << row.name;
  }
}

}  // namespace
}  // namespace openfc::http
