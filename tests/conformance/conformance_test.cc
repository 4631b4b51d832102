// How a row of the table is played; the rows stand in section*.cc, in the order of
// fc-runtime-api.md.

#include "tests/conformance/row.h"

#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

void PlayCall(const Call& call, Instance& instance, std::string& last_body) {
  const auto post = instance.Invoke(call.event, call.headers);
  ASSERT_TRUE(post) << "nothing was posted; the program wrote:\n"
                    << instance.program().output().joined();
  if (call.expected) call.expected(*post, instance);
  last_body = post->body;
}

TEST_P(ConformanceTest, Holds) {
  const Row& row = *GetParam().row;
  Instance instance(row.files);
  std::string last_body;

  if (!row.unstarted) instance.Start(row.environment);
  for (const Call& call : row.calls) {
    ASSERT_NO_FATAL_FAILURE(PlayCall(call, instance, last_body));
  }

  if (row.log) {
    const std::string expected = Replace(instance.Expand(*row.log), "{BODY}", last_body);
    EXPECT_EQ(instance.Log(), expected);
  }
  if (row.play) row.play(instance);
}

}  // namespace
}  // namespace openfc::testing
