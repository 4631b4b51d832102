// Web applications of the ASGI kind.

#include "tests/unit/lang/python/web_test.h"

namespace openfc::python {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;
using testing::ReplyEnd;

class AsgiTest : public WebTest {};

TEST_F(AsgiTest, AnswersWholeWhatIsSentInOnePiece) {
  Serve(
      "async def app(scope, receive, send):\n"
      "    if scope['type'] == 'lifespan': raise RuntimeError('unknown')\n"
      "    body = (await receive())['body']\n"
      "    await send({'type': 'http.response.start', 'status': 201,\n"
      "                'headers': [(b'x-a', b'1'), [b'x-b', b'2']]})\n"
      "    await send({'type': 'http.response.body', 'body': b'got ' + body})\n");
  ASSERT_TRUE(loaded_) << loaded_.error().message;

  const Response response = ResponseOf(Send(Of(Get("/"), "data")));

  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "got data");
  EXPECT_THAT(response.headers, ::testing::ElementsAre(Pair("x-a", "1"), Pair("x-b", "2")));
}

}  // namespace
}  // namespace openfc::python
