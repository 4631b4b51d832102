// Section 7, concurrency: how many invocations at once, and over what.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace openfc::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// `wait` runs until the test makes the file that its event names; how many run at once is noted.
const Files kWaits = Index(Lines(
    {"import os, threading, time", "lock = threading.Lock()", "running = 0", "",
     "def handler(event, context):", "    global running", "    with lock:", "        running += 1",
     "        with open('most', 'a') as most:", "            most.write('%d\\n' % running)",
     "        print('running-%d-%s' % (running, event.decode()))",
     "    while event and not os.path.exists(event.decode()):", "        time.sleep(0.002)",
     "    with lock:", "        running -= 1", "    return event"}));

const Files kEcho = Index("def handler(event, context):\n    return event\n");

std::size_t MostAtOnce(const Instance& instance) {
  std::istringstream lines(instance.ReadFile("most").value_or(""));
  std::size_t most = 0;
  for (std::size_t count = 0; lines >> count;) most = std::max(most, count);
  return most;
}

Variables Limit(const std::string& limit) { return {{"FC_CONCURRENT_LIMIT", limit}}; }

void PollsWhileAnInvocationIsSlow(Instance& instance) {
  ASSERT_TRUE(instance.Invoke(""));  // The module is imported.
  const std::string slow = instance.Offer("slow");

  for (int i = 0; i < 5; ++i) EXPECT_TRUE(instance.Invoke(""));

  EXPECT_THAT(instance.platform().PostsFor(slow), IsEmpty());
  instance.WriteFile("slow", "");
  EXPECT_TRUE(instance.platform().AwaitPostFor(slow));
}

void PostsResultsAsTheyCome(Instance& instance) {
  ASSERT_TRUE(instance.Invoke(""));
  for (const char* name : {"a", "b", "c"}) instance.Offer(name);
  for (const auto& [name, id] : {std::pair("c", "r-4"), {"a", "r-2"}, {"b", "r-3"}}) {
    instance.WriteFile(name, "");
    const auto post = instance.platform().AwaitPostFor(id);
    ASSERT_TRUE(post);
    EXPECT_EQ(post->body, name);
  }
}

/// As many polls as the limit allows are taken, and the next only when one was answered.
Row RunsAtOnce(const std::string& rule, std::size_t limit, const Variables& variables) {
  return {
      .rule = rule, .files = kWaits, .environment = variables, .play = [=](Instance& instance) {
        ASSERT_TRUE(instance.Invoke(""));
        for (std::size_t i = 0; i < limit + 2; ++i) instance.Offer("go");
        ASSERT_TRUE(instance.program().output().Await("running-" + std::to_string(limit) + "-go"));
        EXPECT_THAT(instance.platform().polls(), SizeIs(limit + 1));

        instance.WriteFile("go", "");

        EXPECT_TRUE(instance.platform().AwaitPosts(limit + 3));
        EXPECT_EQ(MostAtOnce(instance), limit);
      }};
}

void KeepsItsConnections(Instance& instance) {
  for (int i = 0; i < 200; ++i) instance.Offer("event");
  ASSERT_TRUE(instance.platform().AwaitPosts(200));

  std::set<std::size_t> connections;
  for (const auto& request : instance.platform().requests()) connections.insert(request.connection);

  EXPECT_LE(connections.size(), 4U);
}

std::size_t CountThreads(const Program& program) {
  const std::filesystem::directory_iterator tasks("/proc/" + std::to_string(program.pid()) +
                                                  "/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

void NeedsOneThread(Instance& instance) {
  ASSERT_TRUE(instance.platform().AwaitPolls(1));
  EXPECT_EQ(CountThreads(instance.program()), 1U);

  ASSERT_TRUE(instance.Invoke("event"));
  ASSERT_TRUE(instance.platform().AwaitPolls(2));

  EXPECT_EQ(CountThreads(instance.program()), 1U);
}

void NeedsNoMoreThreadsThanTheLimit(Instance& instance) {
  for (int i = 0; i < 100; ++i) instance.Offer("event");
  ASSERT_TRUE(instance.platform().AwaitPosts(100));

  EXPECT_LE(CountThreads(instance.program()), 4U);
}

const std::vector<Row> kRows = {
    {.rule = "PollsWhileAnInvocationIsSlow",
     .files = kWaits,
     .environment = Limit("2"),
     .play = PollsWhileAnInvocationIsSlow},
    {.rule = "PostsResultsAsTheyCome",
     .files = kWaits,
     .environment = Limit("3"),
     .play = PostsResultsAsTheyCome},
    RunsAtOnce("RunsAsManyAtOnceAsTheLimit", 4, Limit("4")),
    RunsAtOnce("RunsOneAtATimeWithoutALimit", 1, {}),
    RunsAtOnce("RunsOneAtATimeForALimitOf0", 1, Limit("0")),
    RunsAtOnce("RunsOneAtATimeForANegativeLimit", 1, Limit("-1")),
    RunsAtOnce("RunsOneAtATimeForALimitThatIsNoNumber", 1, Limit("abc")),
    {.rule = "KeepsItsConnections",
     .files = kEcho,
     .environment = Limit("4"),
     .play = KeepsItsConnections},
    {.rule = "NeedsOneThreadForOneAtATime", .files = kEcho, .play = NeedsOneThread},
    {.rule = "NeedsNoMoreThreadsThanTheLimit",
     .files = kEcho,
     .environment = Limit("4"),
     .play = NeedsNoMoreThreadsThanTheLimit},
};

OPENFC_CONFORMANCE_ROWS(Section7Wire, kRows);

}  // namespace
}  // namespace openfc::testing
