#include "runtime/http/server.h"
#include "tests/unit/runtime/http/server_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <vector>

// What nobody sends by accident, down to the byte: refused, or served for what it is, and never
// carried over into the next request.
namespace openfc::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct BadInput {
  const char* name;
  std::string bytes;
  int status;
};

struct OddInput {
  const char* name;
  std::string bytes;
  std::string target;  // What the handler is to get.
  std::string body = {};
};

void PrintTo(const BadInput& row, std::ostream* out) { *out << row.name; }
void PrintTo(const OddInput& row, std::ostream* out) { *out << row.name; }

std::string Head(std::string_view lines) {
  return "POST /x HTTP/1.1\r\nHost: h\r\n" + std::string(lines) + "\r\n";
}

std::string Chunked(std::string_view chunks) {
  return Head("Transfer-Encoding: chunked\r\n") + std::string(chunks);
}

std::string Lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) lines += "a:b\r\n";
  return lines;
}

constexpr std::string_view kTlsHello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);

std::vector<BadInput> BadLengthsAndCodings() {
  return {
      {"LengthAndChunked",
       Head("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400},
      {"ChunkedAndLength",
       Head("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") + "0\r\n\r\n", 400},
      {"TwoLengths", Head("Content-Length: 3\r\nContent-Length: 4\r\n") + "abc", 400},
      {"TheSameLengthTwice", Head("Content-Length: 3\r\nContent-Length: 3\r\n") + "abc", 400},
      {"LengthList", Head("Content-Length: 3,3\r\n") + "abc", 400},
      {"LengthWithASign", Head("Content-Length: +3\r\n") + "abc", 400},
      {"NegativeLength", Head("Content-Length: -1\r\n"), 400},
      {"HexLength", Head("Content-Length: 0x3\r\n") + "abc", 400},
      {"LengthOfWords", Head("Content-Length: three\r\n"), 400},
      {"EmptyLength", Head("Content-Length: \r\n"), 400},
      {"LengthWithABlank", Head("Content-Length: 1 2\r\n"), 400},
      {"LengthBeyondAllNumbers", Head("Content-Length: 18446744073709551616\r\n"), 400},
      {"LengthBeyondTheLimit", Head("Content-Length: 18446744073709551615\r\n"), 413},
      {"UnknownCoding", Head("Transfer-Encoding: xchunked\r\n") + "0\r\n\r\n", 501},
      {"ChunkedTwice", Head("Transfer-Encoding: chunked, chunked\r\n") + "0\r\n\r\n", 501},
      {"ChunkedInTwoHeaders",
       Head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400},
      {"CompressedAndChunked", Head("Transfer-Encoding: gzip, chunked\r\n") + "0\r\n\r\n", 501},
      {"IdentityCoding", Head("Transfer-Encoding: identity\r\n") + "0\r\n\r\n", 501},
      {"ControlCharacterInCoding",
       Head("Transfer-Encoding: \x0b"
            "chunked\r\n"),
       400},
      {"ChunkedByAnOldClient", "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
  };
}

std::vector<BadInput> BadHeaders() {
  return {
      {"BareLineFeeds", "GET /x HTTP/1.1\nHost: h\n\n", 400},
      {"BareLineFeedInAValue", Head("X-A: 1\nX-B: 2\r\n"), 400},
      {"BareCarriageReturnInAValue", Head("X-A: 1\rX-B: 2\r\n"), 400},
      {"FoldedHeader", Head("X-A: 1\r\n 2\r\n"), 400},
      {"FoldedCoding", Head("Transfer-Encoding:\r\n chunked\r\n"), 400},
      {"FoldedWithATab", Head("X-A: 1\r\n\t2\r\n"), 400},
      {"FoldedFirstHeader", "GET /x HTTP/1.1\r\n Host: h\r\n\r\n", 400},
      {"BlankBeforeTheColon", Head("Content-Length : 3\r\n") + "abc", 400},
      {"TabBeforeTheColon", Head("Transfer-Encoding\t: chunked\r\n"), 400},
      {"NoColon", Head("Content-Length 3\r\n"), 400},
      {"NoName", Head(": 3\r\n"), 400},
      {"NulInAValue", Head(std::string("X-A: 1\0002\r\n", 10)), 400},
      {"NulInAName", Head(std::string("X\0A: 1\r\n", 8)), 400},
      {"ControlCharacterInAValue", Head("X-A: \x01\r\n"), 400},
      {"DeleteInAValue", Head("X-A: \x7f\r\n"), 400},
      {"UnknownExpectation", Head("Expect: a-miracle\r\n"), 417},
  };
}

std::vector<BadInput> BadChunks() {
  return {
      {"BadChunkSize", Chunked("zz\r\n"), 400},
      {"NegativeChunkSize", Chunked("-1\r\n"), 400},
      {"ChunkSizeWithASign", Chunked("+3\r\nabc\r\n"), 400},
      {"ChunkSizeWithAPrefix", Chunked("0x3\r\nabc\r\n"), 400},
      {"ChunkSizeWithABlank", Chunked(" 3\r\nabc\r\n"), 400},
      {"NoChunkSize", Chunked("\r\nabc\r\n"), 400},
      {"ChunkSizeBeyondAllNumbers", Chunked("10000000000000000\r\n"), 400},
      {"ChunkSizeBeyondTheLimit", Chunked("ffffffffffffffff\r\n"), 413},
      {"ChunkLongerThanItsSize", Chunked("3\r\nabcd\r\n0\r\n\r\n"), 400},
      {"ChunkWithoutItsLineEnd", Chunked("3\r\nabc0\r\n\r\n"), 400},
      {"ChunkSizeWithABareLineFeed", Chunked("3\nabc\r\n0\r\n\r\n"), 400},
      {"HugeChunkExtension", Chunked("3;" + std::string(1'000'000, 'x')), 400},
      {"HugeTrailers", Chunked("0\r\nX-A: " + std::string(1'000'000, 'x')), 400},
  };
}

std::vector<BadInput> BadSizesAndRequestLines() {
  return {
      {"HundredThousandHeaders", Head(Lines(100'000)), 431},
      {"HugeHeader", Head("X-A: " + std::string(1'000'000, 'x') + "\r\n"), 431},
      {"HeaderOverALine", Head("X-A: " + std::string(8'192, 'x') + "\r\n"), 431},
      {"LongTarget", "GET /" + std::string(65'536, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {"TargetOverALine", "GET /" + std::string(8'192, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {"NoVersion", "GET /x\r\n\r\n", 400},
      {"UnknownVersion", "GET /x HTTP/2.0\r\nHost: h\r\n\r\n", 400},
      {"VersionOfMoreDigits", "GET /x HTTP/1.10\r\nHost: h\r\n\r\n", 400},
      {"SmallLettersInTheVersion", "GET /x http/1.1\r\nHost: h\r\n\r\n", 400},
      {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"TlsHello", std::string(kTlsHello), 400},
      {"NoTarget", "GET  HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"TwoBlanks", "GET  /x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"BlankInTheTarget", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"NulInTheTarget", std::string("GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n", 30), 400},
      {"BadMethod", "G(T /x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"NoHost", "GET /x HTTP/1.1\r\n\r\n", 400},
      {"TwoHosts", "GET /x HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400},
  };
}

const std::vector<BadInput>& Refused() {
  static const std::vector<BadInput> rows = [] {
    std::vector<BadInput> all;
    for (const auto& part :
         {BadLengthsAndCodings(), BadHeaders(), BadChunks(), BadSizesAndRequestLines()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return rows;
}

const std::vector<OddInput>& Served() {
  static const std::vector<OddInput> rows = {
      {"EmptyLinesBefore", "\r\n\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n", "/x"},
      {"ChunkedInCapitals", Head("TRANSFER-ENCODING: CHUNKED\r\n") + "3\r\nabc\r\n0\r\n\r\n", "/x",
       "abc"},
      {"ChunkExtensionsAndTrailers", Chunked("3;a=b;c=\"d\"\r\nabc\r\n0;e\r\nX-T: 1\r\n\r\n"), "/x",
       "abc"},
      {"LeadingZeros", Chunked("0003\r\nabc\r\n0000\r\n\r\n"), "/x", "abc"},
      {"ZeroLength", Head("Content-Length: 0\r\n"), "/x"},
      {"ContinueWithoutABody", "GET /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n", "/x"},
      {"BytesBeyondAscii", Head("X-A: \xE9\xFF\r\nContent-Length: 1\r\n") + "a", "/x", "a"},
      {"Options", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "*"},
      {"Trace", "TRACE /x HTTP/1.1\r\nHost: h\r\n\r\n", "/x"},
      {"Connect", "CONNECT a:443 HTTP/1.1\r\nHost: h\r\n\r\n", "a:443"},
      {"UnknownVerb", "BREW /x HTTP/1.1\r\nHost: h\r\n\r\n", "/x"},
      {"AbsoluteTarget", "GET http://h/x HTTP/1.1\r\nHost: h\r\n\r\n", "http://h/x"},
      {"DoubleSlash", "GET //x HTTP/1.1\r\nHost: h\r\n\r\n", "//x"},
      {"EscapedDots", "GET /%2e%2e%2fx HTTP/1.1\r\nHost: h\r\n\r\n", "/%2e%2e%2fx"},
      {"BadEscapes", "GET /%00%zz% HTTP/1.1\r\nHost: h\r\n\r\n", "/%00%zz%"},
      {"OverlongUtf8", "GET /\xC0\xAF HTTP/1.1\r\nHost: h\r\n\r\n", "/\xC0\xAF"},
      {"EmptyHost", "GET /x HTTP/1.1\r\nHost: \r\n\r\n", "/x"},
      {"BodyOfGet", "GET /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", "/x", "abc"},
  };
  return rows;
}

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

class BadInputTest : public ::testing::TestWithParam<BadInput> {};

TEST_P(BadInputTest, IsRefusedAndNothingAfterItIsServed) {
  Witness witness(/*streams=*/false);
  RawClient client(witness.port());

  client.Send(GetParam().bytes + Get("/smuggled"));

  const std::string answers = client.ReadToEnd();
  EXPECT_THAT(answers, StartsWith("HTTP/1.1 " + std::to_string(GetParam().status) + " "));
  EXPECT_THAT(answers, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_EQ(answers.find("\nHTTP/1.1"), std::string::npos) << answers;
  EXPECT_THAT(witness.targets(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Table, BadInputTest, ::testing::ValuesIn(Refused()),
                         [](const auto& row) { return std::string(row.param.name); });

class OddInputTest : public ::testing::TestWithParam<OddInput> {};

TEST_P(OddInputTest, IsServedForWhatItIsAndTheNextRequestToo) {
  Witness witness(/*streams=*/false);
  RawClient client(witness.port());

  client.Send(GetParam().bytes + Get("/next"));

  EXPECT_EQ(client.ReadBody(), "<" + GetParam().target + "|" + GetParam().body + ">");
  EXPECT_EQ(client.ReadBody(), "</next|>");
}

TEST_P(OddInputTest, IsServedByteByByte) {
  Witness witness(/*streams=*/false);
  RawClient client(witness.port());

  client.SendByteByByte(GetParam().bytes);

  EXPECT_EQ(client.ReadBody(), "<" + GetParam().target + "|" + GetParam().body + ">");
}

INSTANTIATE_TEST_SUITE_P(Table, OddInputTest, ::testing::ValuesIn(Served()),
                         [](const auto& row) { return std::string(row.param.name); });

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
