#pragma once

#include <string>
#include <string_view>
#include <vector>

// The table of what nobody sends by accident, down to the byte: played against the server, and
// against the real programs.
namespace openfc::http {

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

inline const char* NameOf(const BadInput& row) { return row.name; }
inline const char* NameOf(const OddInput& row) { return row.name; }

inline std::string Head(std::string_view lines) {
  return "POST /x HTTP/1.1\r\nHost: h\r\n" + std::string(lines) + "\r\n";
}

inline std::string Chunked(std::string_view chunks) {
  return Head("Transfer-Encoding: chunked\r\n") + std::string(chunks);
}

inline std::string Lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) lines += "a:b\r\n";
  return lines;
}

inline constexpr std::string_view kTlsHello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);

inline std::vector<BadInput> BadLengthsAndCodings() {
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

inline std::vector<BadInput> BadHeaders() {
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

inline std::vector<BadInput> BadChunks() {
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

inline std::vector<BadInput> BadSizesAndRequestLines() {
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

inline const std::vector<BadInput>& Refused() {
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

inline const std::vector<OddInput>& Served() {
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

}  // namespace openfc::http
