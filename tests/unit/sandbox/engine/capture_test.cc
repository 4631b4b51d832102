#include "sandbox/engine/capture.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

namespace openfc::sandbox {
namespace {

class CaptureTest : public ::testing::Test {
 protected:
  CaptureTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    reader_ = UniqueFd(ends[0]);
    writer_ = UniqueFd(ends[1]);
  }
  void Write(const std::string& text) {
    EXPECT_EQ(::write(writer_.get(), text.data(), text.size()), std::ssize(text));
  }

  UniqueFd reader_;
  UniqueFd writer_;
};

TEST_F(CaptureTest, KeepsWhatComesAndShowsIt) {
  Capture capture(std::move(reader_), 100);
  std::string seen;
  const auto see = [&](std::string_view part) { seen += part; };

  Write("one ");
  capture.Read(see);
  Write("two");
  capture.Read(see);
  capture.Read(see);

  EXPECT_EQ(seen, "one two");
  EXPECT_FALSE(capture.is_truncated());
  EXPECT_EQ(capture.TakeText(), "one two");
}

TEST_F(CaptureTest, CutsAndReadsOn) {
  Capture capture(std::move(reader_), 5);

  Write("12345");
  capture.Read({});
  EXPECT_FALSE(capture.is_truncated());
  for (int i = 0; i < 100; ++i) {
    Write(std::string(4'096, 'x'));
    capture.Read({});
  }

  EXPECT_TRUE(capture.is_truncated());
  EXPECT_EQ(capture.TakeText(), "12345");
}

TEST_F(CaptureTest, EndsWithItsPipe) {
  Capture capture(std::move(reader_), 5);
  capture.Read({});
  EXPECT_GE(capture.fd(), 0);

  writer_.Reset();
  capture.Read({});

  EXPECT_EQ(capture.fd(), -1);
}

}  // namespace
}  // namespace openfc::sandbox
