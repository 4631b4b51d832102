#include "runtime/client/answer_parser.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc {
namespace {

using State = AnswerParser::State;
using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kSized = kOk + "x-fc-request-id: r-1\r\nContent-Length: 5\r\n\r\nevent";
const std::string kChunked =
    kOk + "Transfer-Encoding: chunked\r\n\r\n3\r\neve\r\n2;ext=1\r\nnt\r\n0\r\nx-late: 1\r\n\r\n";

/// Offers `bytes` as a connection does that gets `step` of them at a time; answers how many were
/// taken.
std::size_t FeedInSteps(AnswerParser& parser, std::string_view bytes, std::size_t step) {
  std::size_t used = 0;
  std::size_t offered = 0;
  while (offered < bytes.size()) {
    offered = std::min(offered + step, bytes.size());
    while (parser.state() == State::kHead || parser.state() == State::kBody) {
      const std::size_t count = parser.Feed(bytes.substr(used, offered - used));
      used += count;
      if (count == 0) break;
    }
  }
  return used;
}

std::size_t FeedAll(AnswerParser& parser, std::string_view bytes) {
  return FeedInSteps(parser, bytes, bytes.size());
}

State StateAfter(std::string_view bytes) {
  AnswerParser parser;
  FeedAll(parser, bytes);
  return parser.state();
}

State StateAtEndOf(std::string_view bytes) {
  AnswerParser parser;
  FeedAll(parser, bytes);
  parser.End();
  return parser.state();
}

State StateAfterHead(const std::string& fields) { return StateAfter(kOk + fields + "\r\n"); }

bool KeepsConnectionAfter(std::string_view bytes) {
  AnswerParser parser;
  FeedAll(parser, bytes);
  EXPECT_EQ(parser.state(), State::kDone) << bytes;
  return parser.KeepsConnection();
}

TEST(AnswerParserTest, ReadsAnAnswerWithALength) {
  AnswerParser parser;

  EXPECT_EQ(FeedAll(parser, kSized), kSized.size());

  EXPECT_EQ(parser.state(), State::kDone);
  EXPECT_EQ(parser.status(), 200);
  EXPECT_EQ(parser.body(), "event");
  EXPECT_TRUE(parser.KeepsConnection());
}

TEST(AnswerParserTest, StopsAfterTheHead) {
  AnswerParser parser;

  const std::size_t used = parser.Feed(kSized);

  EXPECT_EQ(kSized.substr(used), "event");
  EXPECT_EQ(parser.state(), State::kBody);
  EXPECT_EQ(parser.BodyLeft(), 5U);
}

TEST(AnswerParserTest, TakesNothingOfAHeadThatIsNotWhole) {
  AnswerParser parser;

  for (std::size_t length = 0; length < kSized.size() - 5; ++length) {
    ASSERT_EQ(parser.Feed(std::string_view(kSized).substr(0, length)), 0U) << length;
    ASSERT_EQ(parser.state(), State::kHead) << length;
  }

  EXPECT_EQ(parser.Feed(kSized), kSized.size() - 5);
}

TEST(AnswerParserTest, ReadsPiecesOfAnySize) {
  for (const std::string& answer : {kSized, kChunked}) {
    for (std::size_t step = 1; step <= answer.size(); ++step) {
      AnswerParser parser;

      ASSERT_EQ(FeedInSteps(parser, answer, step), answer.size()) << step;

      ASSERT_EQ(parser.state(), State::kDone) << step;
      EXPECT_EQ(parser.body(), "event");
    }
  }
}

TEST(AnswerParserTest, FindsHeadersInAnyCaseAndTheFirstOfAName) {
  AnswerParser parser;
  FeedAll(parser, kOk + "X-Fc-Region:  here \r\nx-fc-region: there\r\nx-empty:\r\n\r\n");

  EXPECT_EQ(parser.Header("x-fc-region"), "here");
  EXPECT_EQ(parser.Header("x-empty"), "");
  EXPECT_FALSE(parser.Header("x-fc-regio"));
  EXPECT_EQ(parser.Lookup()("x-fc-region"), "here");
}

TEST(AnswerParserTest, KeepsItsHeadersWhileTheBodyIsRead) {
  std::string bytes = kSized;
  AnswerParser parser;
  parser.Feed(bytes);

  bytes.assign(bytes.size(), '\0');

  EXPECT_EQ(parser.Header("x-fc-request-id"), "r-1");
}

TEST(AnswerParserTest, PassesOverInterimAnswers) {
  const std::string interim = "HTTP/1.1 100 Continue\r\nx-fc-request-id: not-this\r\n\r\n";
  for (std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    AnswerParser parser;

    FeedInSteps(parser, interim + "HTTP/1.1 103 Early Hints\r\n\r\n" + kSized, step);

    EXPECT_EQ(parser.state(), State::kDone) << step;
    EXPECT_EQ(parser.Header("x-fc-request-id"), "r-1");
    EXPECT_EQ(parser.body(), "event");
  }
}

TEST(AnswerParserTest, DropsTrailers) {
  AnswerParser parser;

  EXPECT_EQ(FeedAll(parser, kChunked), kChunked.size());

  EXPECT_EQ(parser.state(), State::kDone);
  EXPECT_FALSE(parser.Header("x-late"));
}

TEST(AnswerParserTest, ReadsABodyUntilTheEnd) {
  AnswerParser parser;
  FeedAll(parser, kOk + "\r\neve");
  FeedAll(parser, "nt");
  EXPECT_EQ(parser.state(), State::kBody);
  EXPECT_EQ(parser.BodyLeft(), 0U);

  parser.End();

  EXPECT_EQ(parser.state(), State::kDone);
  EXPECT_EQ(parser.body(), "event");
  EXPECT_FALSE(parser.KeepsConnection());
}

TEST(AnswerParserTest, CallsAnAnswerBadThatEndsEarly) {
  for (const std::string& answer : {kSized, kChunked}) {
    for (std::size_t length = 0; length < answer.size(); ++length) {
      EXPECT_EQ(StateAtEndOf(answer.substr(0, length)), State::kBad) << length;
    }
    EXPECT_EQ(StateAtEndOf(answer), State::kDone);
  }
}

TEST(AnswerParserTest, TakesABodyThatWasReadIntoItsPlace) {
  AnswerParser parser;
  parser.Feed(kSized);

  parser.body().append("eve");
  parser.CountBody(3);
  EXPECT_EQ(parser.BodyLeft(), 2U);
  parser.body().append("nt");
  parser.CountBody(2);

  EXPECT_EQ(parser.state(), State::kDone);
  EXPECT_EQ(parser.body(), "event");
}

TEST(AnswerParserTest, ExpectsNoBodyWhereThereIsNone) {
  EXPECT_EQ(StateAfter("HTTP/1.1 204 No Content\r\n\r\n"), State::kDone);
  EXPECT_EQ(StateAfter("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), State::kDone);
  EXPECT_EQ(StateAfterHead("Content-Length: 0\r\n"), State::kDone);
}

TEST(AnswerParserTest, KnowsWhichConnectionsAreKept) {
  const std::string none = "Content-Length: 0\r\n\r\n";
  EXPECT_TRUE(KeepsConnectionAfter(kOk + none));
  EXPECT_TRUE(KeepsConnectionAfter("HTTP/1.1 204 No Content\r\n\r\n"));
  EXPECT_TRUE(KeepsConnectionAfter(kChunked));
  EXPECT_TRUE(KeepsConnectionAfter("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + none));

  EXPECT_FALSE(KeepsConnectionAfter(kOk + "Connection: close\r\n" + none));
  EXPECT_FALSE(KeepsConnectionAfter(kOk + "Connection: foo, Close\r\n" + none));
  EXPECT_FALSE(KeepsConnectionAfter("HTTP/1.0 200 OK\r\n" + none));
}

TEST(AnswerParserTest, UsesExactlyTheFirstOfTwoAnswers) {
  const std::string second = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n";
  const std::string empty = kOk + "Content-Length: 0\r\n\r\n";
  for (const std::string& first : {kSized, kChunked, empty}) {
    AnswerParser parser;

    EXPECT_EQ(FeedAll(parser, first + second), first.size());

    EXPECT_EQ(parser.state(), State::kDone);
    EXPECT_EQ(parser.status(), 200);
  }
}

TEST(AnswerParserTest, TakesNothingAfterTheEnd) {
  AnswerParser parser;
  FeedAll(parser, kSized);

  EXPECT_EQ(parser.Feed(kSized), 0U);
  EXPECT_EQ(parser.body(), "event");
}

TEST(AnswerParserTest, CallsGarbageBadAtTheFirstByteThatIsWrong) {
  for (const std::string& garbage :
       {"h"s, "\0"s, "\r\n"s, "HTTP/2"s, "HTTP/1,"s, "GET / HTTP/1.1\r\n"s, "\x16\x03\x01"s}) {
    EXPECT_EQ(StateAfter(garbage), State::kBad) << garbage;
  }
}

TEST(AnswerParserTest, RefusesAStatusLineThatIsNone) {
  for (const char* line :
       {"HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 abc OK", "HTTP/1.1 -20 OK",
        "HTTP/1.2 200 OK", "HTTP/1.1200 OK", "HTTP/1.1 2000 OK"}) {
    EXPECT_EQ(StateAfter(std::string(line) + "\r\n\r\n"), State::kBad) << line;
  }
}

TEST(AnswerParserTest, TakesNoStatusBelow100ForAnInterimAnswer) {
  EXPECT_EQ(StateAfter("HTTP/1.1 099 Odd\r\n\r\n" + kSized), State::kBad);
  EXPECT_EQ(StateAfter("HTTP/1.1 000 Odd\r\nContent-Length: 9\r\n\r\n" + kSized), State::kBad);
}

TEST(AnswerParserTest, RefusesLengthsThatAreNone) {
  for (const char* length : {"-1", "+5", "0x5", "5 5", "five", "", "18446744073709551616",
                             "99999999999999999999999999", "5, 6"}) {
    EXPECT_EQ(StateAfterHead("Content-Length: " + std::string(length) + "\r\n"), State::kBad)
        << length;
  }
}

TEST(AnswerParserTest, BelievesAHugeLengthWithoutTakingMemoryForIt) {
  AnswerParser parser;

  parser.Feed(kOk + "Content-Length: 18446744073709551615\r\n\r\n");

  EXPECT_EQ(parser.state(), State::kBody);
  EXPECT_LE(parser.body().capacity(), 64UL * 1024 * 1024);
  parser.End();
  EXPECT_EQ(parser.state(), State::kBad);
}

TEST(AnswerParserTest, RefusesLengthsThatContradictEachOther) {
  const std::string length = "Content-Length: 5\r\n";
  const std::string chunked = "Transfer-Encoding: chunked\r\n";

  EXPECT_EQ(StateAfterHead(length + chunked), State::kBad);
  EXPECT_EQ(StateAfterHead(chunked + length), State::kBad);
  EXPECT_EQ(StateAfterHead(length + "Content-Length: 6\r\n"), State::kBad);
  EXPECT_EQ(StateAfterHead(chunked + chunked), State::kBad);
}

TEST(AnswerParserTest, RefusesChunksThatAreNone) {
  for (const char* chunks :
       {"x\r\n", "-1\r\n", "3\r\nevent\r\n", "FFFFFFFFFFFFFFFFF\r\n", "\r\n"}) {
    EXPECT_EQ(StateAtEndOf(kOk + "Transfer-Encoding: chunked\r\n\r\n" + chunks), State::kBad)
        << chunks;
  }
}

TEST(AnswerParserTest, JoinsAFoldedHeader) {
  AnswerParser parser;
  FeedAll(parser, kOk + "x-folded: one\r\n  two\r\nContent-Length: 0\r\n\r\n");

  EXPECT_EQ(parser.state(), State::kDone);
  EXPECT_EQ(parser.Header("x-folded"), "one two");
}

TEST(AnswerParserTest, RefusesControlCharactersInTheHead) {
  EXPECT_EQ(StateAfterHead("x-fc-request-id: r\0001\r\n"s), State::kBad);
  EXPECT_EQ(StateAfterHead("x\0y: 1\r\n"s), State::kBad);
  EXPECT_EQ(StateAfterHead("no colon\r\n"), State::kBad);
  EXPECT_EQ(StateAfterHead(": no name\r\n"), State::kBad);
  EXPECT_EQ(StateAfterHead("x-fc-request-id : r-1\r\n"), State::kBad);
}

TEST(AnswerParserTest, DoesNotTakeLoneLineFeedsForLineEnds) {
  EXPECT_EQ(StateAtEndOf("HTTP/1.1 200 OK\nContent-Length: 0\n\n"), State::kBad);
  EXPECT_EQ(StateAfterHead("x: 1\nContent-Length: 0\r\n"), State::kBad);
}

TEST(AnswerParserTest, ReadsHeaderLinesOfAnyLength) {
  AnswerParser parser;
  const std::string value(60'000, 'v');

  FeedInSteps(parser, kOk + "x-long: " + value + "\r\nContent-Length: 0\r\n\r\n", 1000);

  EXPECT_EQ(parser.state(), State::kDone);
  EXPECT_EQ(parser.Header("x-long"), value);
}

TEST(AnswerParserTest, GoesOnWhereItWasMovedTo) {
  AnswerParser parser;
  const std::size_t used = parser.Feed(kChunked);

  AnswerParser moved = std::move(parser);
  FeedAll(moved, std::string_view(kChunked).substr(used));

  EXPECT_EQ(moved.state(), State::kDone);
  EXPECT_EQ(moved.body(), "event");
}

// Mutations
// -------------------------------------------------------------------------------------------------

std::vector<std::string> ValidAnswers() {
  return {kSized,
          kChunked,
          kOk + "\r\nevent",
          "HTTP/1.1 100 Continue\r\n\r\n" + kSized,
          "HTTP/1.1 204 No Content\r\n\r\n",
          "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
          kOk + "Content-Length: 0\r\n\r\n" + kSized};
}

class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}

  std::size_t Below(std::size_t bound) { return random_() % bound; }

  std::string Mutate(std::string text) {
    for (std::size_t count = 1 + Below(4); count > 0 && !text.empty(); --count) MutateOnce(text);
    return text;
  }

 private:
  void MutateOnce(std::string& text) {
    constexpr auto kTelling = "\r\n\0 :;0123456789abcdefghHTP/.,-+\x7f\xff"sv;
    const std::size_t at = Below(text.size());
    switch (Below(6)) {
      case 0:
        text[at] = kTelling[Below(kTelling.size())];
        break;
      case 1:
        text[at] = static_cast<char>(Below(256));
        break;
      case 2:
        text.insert(at, 1, kTelling[Below(kTelling.size())]);
        break;
      case 3:
        text.erase(at, 1 + Below(8));
        break;
      case 4:
        text.insert(at, text.substr(Below(text.size()), 1 + Below(40)));
        break;
      case 5:
        text.resize(at);
        break;
    }
  }

  std::mt19937 random_;
};

TEST(AnswerParserTest, MakesTheSameOfMutatedAnswersHoweverTheyArrive) {
  constexpr std::uint32_t kSeed = 20'260'101;
  constexpr int kRounds = 20'000;
  Mutator mutator(kSeed);
  const auto answers = ValidAnswers();
  int bad = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = mutator.Mutate(answers[mutator.Below(answers.size())]);
    AnswerParser whole;
    AnswerParser pieces;

    const std::size_t used = FeedAll(whole, bytes);
    const std::size_t used_in_pieces = FeedInSteps(pieces, bytes, 1 + mutator.Below(9));

    ASSERT_LE(used, bytes.size());
    ASSERT_EQ(whole.state(), pieces.state()) << ::testing::PrintToString(bytes);
    if (whole.state() == State::kDone) {
      ASSERT_EQ(used, used_in_pieces) << ::testing::PrintToString(bytes);
      ASSERT_EQ(whole.body(), pieces.body()) << ::testing::PrintToString(bytes);
      ASSERT_GE(whole.status(), 200);
      (void)whole.KeepsConnection();
    }
    whole.End();
    ASSERT_TRUE(whole.state() == State::kDone || whole.state() == State::kBad);
    bad += whole.state() == State::kBad ? 1 : 0;
  }
  EXPECT_GT(bad, kRounds / 10);
  EXPECT_LT(bad, kRounds - kRounds / 10);
}

}  // namespace
}  // namespace openfc
