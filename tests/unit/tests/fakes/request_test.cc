#include "tests/fakes/request.h"

#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

TEST(RequestReaderTest, CutsTwoRequestsOfOneSegmentApart) {
  RequestReader reader;
  reader.Add("POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nX-Y: z\r\n\r\n");

  const auto first = reader.Take();
  const auto second = reader.Take();

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->path, "/a");
  EXPECT_EQ(first->body, "abc");
  EXPECT_EQ(second->method, "GET");
  EXPECT_EQ(second->Header("x-y"), "z");
  EXPECT_FALSE(reader.Take());
}

TEST(RequestReaderTest, ShowsAHeadBeforeItsBodyIsThere) {
  RequestReader reader;
  reader.Add("POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nab");

  EXPECT_EQ(reader.PeekHead()->path, "/a");
  EXPECT_FALSE(reader.Take());
}

TEST(RequestReaderTest, WaitsForTheEndOfAHead) {
  RequestReader reader;
  reader.Add("GET /a HTTP/1.1\r\n");

  EXPECT_FALSE(reader.PeekHead());
  EXPECT_FALSE(reader.Take());
}

}  // namespace
}  // namespace openfc::testing
