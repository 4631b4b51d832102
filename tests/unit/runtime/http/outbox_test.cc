#include "runtime/http/outbox.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace openfc::http {
namespace {

/// Sends everything, `step` bytes at a time.
std::string Drain(Outbox& outbox, std::size_t step) {
  std::string sent;
  while (!outbox.empty()) {
    std::array<iovec, 2> pieces;
    std::string offered;
    for (std::size_t i = 0; i < outbox.Describe(pieces); ++i) {
      offered.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
    }
    const std::string part = offered.substr(0, step);
    outbox.Drop(part.size());
    sent += part;
  }
  return sent;
}

TEST(OutboxTest, GathersSmallAnswersIntoOnePiece) {
  Outbox outbox;
  outbox.Tail() += "head1 ";
  outbox.Add("body1 ");
  outbox.Tail() += "head2 ";
  outbox.Add("body2");

  std::array<iovec, 4> pieces;
  const std::size_t count = outbox.Describe(pieces);

  EXPECT_EQ(count, 1U);
  EXPECT_EQ(Drain(outbox, 1000), "head1 body1 head2 body2");
}

TEST(OutboxTest, NamesALargeBodyWhereItIs) {
  Outbox outbox;
  std::string body(100'000, 'b');
  const char* const place = body.data();
  outbox.Tail() += "head";
  outbox.Add(std::move(body));

  std::array<iovec, 4> pieces;
  const std::size_t count = outbox.Describe(pieces);

  ASSERT_EQ(count, 2U);
  EXPECT_EQ(pieces[1].iov_base, place);
}

TEST(OutboxTest, SurvivesWritesThatStopAnywhere) {
  const std::string body(50'000, 'x');
  for (const std::size_t step : {1U, 7U, 49'999U, 50'001U}) {
    Outbox outbox;
    outbox.Tail() += "head";
    outbox.Add(body);
    outbox.Tail() += "tail";

    EXPECT_EQ(outbox.bytes(), body.size() + 8);
    EXPECT_EQ(Drain(outbox, step), "head" + body + "tail") << step;
    EXPECT_EQ(outbox.bytes(), 0U);
  }
}

TEST(OutboxTest, CanBeFilledAgainAfterItWasDrained) {
  Outbox outbox;
  outbox.Tail() += "first";
  Drain(outbox, 3);

  outbox.Tail() += "second";

  EXPECT_EQ(Drain(outbox, 4), "second");
}

}  // namespace
}  // namespace openfc::http
