#include "runtime/page/shared_page.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <thread>

namespace openfc {
namespace {

using std::chrono_literals::operator""s;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

std::unique_ptr<SharedPage> NewPage() {
  auto page = SharedPage::Create();
  EXPECT_TRUE(page);
  return *std::move(page);
}

/// Another mapping of the same page, as the runtime has it.
std::unique_ptr<SharedPage> AttachedTo(const SharedPage& page) {
  auto attached = SharedPage::Attach(UniqueFd(::dup(page.fd())));
  EXPECT_TRUE(attached);
  return *std::move(attached);
}

/// All bytes of a page, as user code in the runtime's process could write them.
class RawPage {
 public:
  explicit RawPage(const SharedPage& page) {
    struct stat info {};
    ::fstat(page.fd(), &info);
    size_ = static_cast<std::size_t>(info.st_size);
    bytes_ = static_cast<unsigned char*>(
        ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, page.fd(), 0));
  }
  ~RawPage() { ::munmap(bytes_, size_); }
  RawPage(const RawPage&) = delete;
  RawPage& operator=(const RawPage&) = delete;

  std::size_t size() const { return size_; }
  unsigned char& operator[](std::size_t index) { return bytes_[index]; }

  /// Where the first row begins: the id that the test put there, less the fields before it.
  std::size_t FindText(std::string_view text) const {
    const void* found = ::memmem(bytes_, size_, text.data(), text.size());
    return static_cast<std::size_t>(static_cast<const unsigned char*>(found) - bytes_);
  }

 private:
  unsigned char* bytes_ = nullptr;
  std::size_t size_ = 0;
};

auto IsRow(std::string_view id, RowState state) {
  return AllOf(Field(&InFlight::request_id, id), Field(&InFlight::state, state));
}

TEST(IsValidRequestIdTest, TakesTheGrammarAndNothingElse) {
  EXPECT_TRUE(IsValidRequestId("a"));
  EXPECT_TRUE(IsValidRequestId("1-2_B"));
  EXPECT_TRUE(IsValidRequestId(std::string(128, 'x')));

  EXPECT_FALSE(IsValidRequestId(""));
  EXPECT_FALSE(IsValidRequestId(std::string(129, 'x')));
  for (const char* id : {"a b", "a/b", "a\r\nX: y", "../x", "a%2f", "\xc3\xa9", "a."}) {
    EXPECT_FALSE(IsValidRequestId(id)) << id;
  }
}

TEST(SharedPageTest, BeginsEmptyAndUnmarked) {
  const auto page = NewPage();

  EXPECT_THAT(page->ReadInFlight(), IsEmpty());
  EXPECT_FALSE(page->HasPolled());
  EXPECT_FALSE(page->IsRefused());
  EXPECT_FALSE(page->IsDraining());
}

TEST(SharedPageTest, ShowsTheOtherSideWhatIsInFlight) {
  const auto page = NewPage();
  const auto runtime = AttachedTo(*page);
  const auto before = Deadline::Clock::now();

  const auto row = runtime->Receive("r-1", 2, Deadline::After(60s));

  ASSERT_TRUE(row);
  const auto rows = page->ReadInFlight();
  ASSERT_THAT(rows, ElementsAre(IsRow("r-1", RowState::kReceived)));
  EXPECT_EQ(rows[0].type, 2U);
  EXPECT_GE(rows[0].start, before);
  EXPECT_LE(rows[0].start, Deadline::Clock::now());
  EXPECT_FALSE(rows[0].deadline.IsNever());
}

TEST(SharedPageTest, WalksThroughTheStatesOfAnAnsweredInvocation) {
  const auto page = NewPage();
  const auto row = page->Receive("r-1", 0, Deadline::Never());
  ASSERT_TRUE(row);

  EXPECT_TRUE(page->MarkRunning(*row));
  EXPECT_THAT(page->ReadInFlight(), ElementsAre(IsRow("r-1", RowState::kRunning)));
  EXPECT_TRUE(page->TryBeginPost(*row));
  EXPECT_THAT(page->ReadInFlight(), ElementsAre(IsRow("r-1", RowState::kPosting)));
  page->Free(*row);

  EXPECT_THAT(page->ReadInFlight(), IsEmpty());
}

TEST(SharedPageTest, LetsOnlyOneSideAnswer) {
  const auto page = NewPage();
  const auto first = page->Receive("r-1", 0, Deadline::Never());
  const auto second = page->Receive("r-2", 0, Deadline::Never());
  page->MarkRunning(*first);
  page->MarkRunning(*second);

  EXPECT_TRUE(page->TryClaim(*first, /*is_dead=*/false));
  EXPECT_FALSE(page->TryBeginPost(*first));
  EXPECT_TRUE(page->TryBeginPost(*second));
  EXPECT_FALSE(page->TryClaim(*second, /*is_dead=*/false));
}

TEST(SharedPageTest, ClaimsOnce) {
  const auto page = NewPage();
  const auto row = page->Receive("r-1", 0, Deadline::Never());

  EXPECT_TRUE(page->TryClaim(*row, /*is_dead=*/true));
  EXPECT_FALSE(page->TryClaim(*row, /*is_dead=*/true));
  EXPECT_FALSE(page->MarkRunning(*row));
}

TEST(SharedPageTest, ClaimsAPostOnlyAfterTheRuntimesDeath) {
  const auto page = NewPage();
  const auto row = page->Receive("r-1", 0, Deadline::Never());
  page->TryBeginPost(*row);

  EXPECT_FALSE(page->TryClaim(*row, /*is_dead=*/false));
  EXPECT_TRUE(page->TryClaim(*row, /*is_dead=*/true));
}

TEST(SharedPageTest, LetsRloaderHaveWhatWasAnsweredAtItsDeadline) {
  const auto page = NewPage();
  const auto row = page->Receive("r-1", 0, Deadline::Never());
  page->TryBeginPost(*row);
  page->MarkAnswered(*row);

  ASSERT_EQ(page->ReadInFlight().size(), 1U);
  EXPECT_EQ(page->ReadInFlight()[0].state, RowState::kAnswered);
  EXPECT_TRUE(page->TryClaim(*row, /*is_dead=*/false));
  EXPECT_FALSE(page->TryClaim(*row, /*is_dead=*/true));
}

TEST(SharedPageTest, HoldsAsManyAsItHasRows) {
  const auto page = NewPage();
  for (std::size_t i = 0; i < SharedPage::kRows; ++i) {
    ASSERT_TRUE(page->Receive("r-" + std::to_string(i), 0, Deadline::Never()));
  }

  EXPECT_FALSE(page->Receive("one-too-many", 0, Deadline::Never()));
  EXPECT_THAT(page->ReadInFlight(), SizeIs(SharedPage::kRows));
  page->Free(7);
  EXPECT_EQ(page->Receive("again", 0, Deadline::Never()), 7U);
}

TEST(SharedPageTest, TakesNoInvalidId) {
  const auto page = NewPage();

  EXPECT_FALSE(page->Receive("", 0, Deadline::Never()));
  EXPECT_FALSE(page->Receive(std::string(129, 'x'), 0, Deadline::Never()));
  EXPECT_THAT(page->ReadInFlight(), IsEmpty());
}

TEST(SharedPageTest, ForgetsAllButTheDrainMarkForANewStart) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::Never());
  page->MarkPolling();
  page->MarkRefused();
  page->MarkDraining();
  EXPECT_TRUE(page->HasPolled() && page->IsRefused() && page->IsDraining());

  page->ResetForStart();

  EXPECT_THAT(page->ReadInFlight(), IsEmpty());
  EXPECT_FALSE(page->HasPolled());
  EXPECT_FALSE(page->IsRefused());
  EXPECT_TRUE(page->IsDraining());
}

TEST(SharedPageTest, OutlivesTheProcessThatWroteIt) {
  const auto page = NewPage();
  const pid_t writer = ::fork();
  if (writer == 0) {
    const auto row = page->Receive("r-1", 0, Deadline::Never());
    page->MarkRunning(*row);
    ::_exit(0);
  }
  ::waitpid(writer, nullptr, 0);

  EXPECT_THAT(page->ReadInFlight(), ElementsAre(IsRow("r-1", RowState::kRunning)));
}

TEST(SharedPageTest, AttachesToNothingForeign) {
  const auto page = NewPage();
  RawPage raw(*page);
  raw[0] = 0;  // The magic number.
  UniqueFd small(::memfd_create("small", MFD_CLOEXEC));

  EXPECT_FALSE(SharedPage::Attach(UniqueFd(::dup(page->fd()))));
  EXPECT_FALSE(SharedPage::Attach(std::move(small)));
  EXPECT_FALSE(SharedPage::Attach(UniqueFd(::open("/dev/null", O_RDWR))));
  EXPECT_FALSE(SharedPage::Attach(UniqueFd(-1)));
}

TEST(SharedPageTest, TellsTheThreadThatRunsTheHandler) {
  const auto page = NewPage();
  const auto row = page->Receive("r-1", 0, Deadline::Never());
  EXPECT_EQ(page->ReadInFlight().at(0).thread, 0U);

  page->MarkRunning(*row);

  EXPECT_EQ(page->ReadInFlight().at(0).thread, static_cast<std::uint64_t>(::pthread_self()));
}

TEST(SharedPageTest, TellsWhatARowMayKnowOfItsTimeout) {
  const auto page = NewPage();
  const auto row = page->Receive("r-1", 0, Deadline::Never(), 7);
  EXPECT_EQ(page->ReadInFlight().at(0).timeout, 7s);
  EXPECT_FALSE(page->ReadInFlight().at(0).cancels_itself);

  page->MarkSelfCancelling(*row);

  EXPECT_TRUE(page->ReadInFlight().at(0).cancels_itself);
}

TEST(SharedPageTest, StartsARowWithoutWhatTheLastOneLeft) {
  const auto page = NewPage();
  const auto row = page->Receive("r-1", 0, Deadline::After(1s), 7);
  page->MarkRunning(*row);
  page->MarkSelfCancelling(*row);
  page->Free(*row);

  page->Receive("r-2", 0, Deadline::Never());

  const auto rows = page->ReadInFlight();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].timeout, 0s);
  EXPECT_EQ(rows[0].thread, 0U);
  EXPECT_FALSE(rows[0].cancels_itself);
  EXPECT_TRUE(rows[0].deadline.IsNever());
}

TEST(SharedPageTest, ForgetsWhoTellsStacksForANewStart) {
  const auto page = NewPage();
  EXPECT_FALSE(page->TellsStacks());
  page->MarkTellsStacks();
  EXPECT_TRUE(page->TellsStacks());

  page->ResetForStart();

  EXPECT_FALSE(page->TellsStacks());
}

TEST(SharedPageTest, SetsTheTimerForTheEarliestWhoeverComesFirst) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    const auto page = NewPage();
    auto timer = DeadlineTimer::Create();
    ASSERT_TRUE(timer);
    const int timer_fd = (*timer)->fd();
    page->UseTimer(*std::move(timer));
    const auto start = Deadline::Clock::now();
    {
      std::vector<std::jthread> threads;
      for (int i = 1; i <= kThreads; ++i) {
        threads.emplace_back([&page, start, i] {
          page->Receive("r-" + std::to_string(i), 0, Deadline(start + i * 1000s));
        });
      }
    }

    itimerspec spec{};
    ::timerfd_gettime(timer_fd, &spec);

    EXPECT_GT(spec.it_value.tv_sec, 0);
    EXPECT_LE(spec.it_value.tv_sec, 1000);
  }
}

// What a hostile writer can do
// ----------------------------------------------------------------------

TEST(HostilePageTest, CannotBeCutShort) {
  const auto page = NewPage();

  EXPECT_NE(::ftruncate(page->fd(), 0), 0);
  EXPECT_NE(::ftruncate(page->fd(), 1 << 24), 0);

  EXPECT_THAT(page->ReadInFlight(), IsEmpty());
}

TEST(HostilePageTest, ShowsNoRowWhoseIdIsOutsideTheGrammar) {
  const auto page = NewPage();
  page->Receive("r-good", 0, Deadline::Never());
  page->Receive("r-evil", 0, Deadline::Never());
  RawPage raw(*page);

  raw[raw.FindText("r-evil") + 1] = '\n';

  EXPECT_THAT(page->ReadInFlight(), ElementsAre(IsRow("r-good", RowState::kReceived)));
}

TEST(HostilePageTest, ReadsNoFurtherThanAnIdWithoutEnd) {
  const auto page = NewPage();
  page->Receive(std::string(128, 'x'), 0, Deadline::Never());
  RawPage raw(*page);

  std::memset(&raw[raw.FindText("xxxx")], 'x', 136);  // Its room, without a terminator.

  EXPECT_THAT(page->ReadInFlight(), IsEmpty());
}

TEST(HostilePageTest, BoundsTheTimes) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::Never());
  RawPage raw(*page);
  const std::size_t id = raw.FindText("r-1");
  for (const int byte : {0x00, 0x7f, 0x80, 0xff}) {
    std::memset(&raw[id - 16], byte, 16);  // start and deadline

    const auto rows = page->ReadInFlight();

    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_GE(rows[0].start.time_since_epoch().count(), 0);
    EXPECT_LE(rows[0].start, Deadline::Clock::now());
    EXPECT_GE(rows[0].deadline.Remaining(), 0s);
  }
}

TEST(HostilePageTest, IsAsNewForTheNextStart) {
  const auto page = NewPage();
  RawPage raw(*page);
  std::memset(&raw[0], 0xff, raw.size());

  page->ResetForStart();

  const auto runtime = AttachedTo(*page);
  EXPECT_FALSE(runtime->IsDraining());
  EXPECT_FALSE(page->HasPolled());
  EXPECT_FALSE(page->IsRefused());
  EXPECT_EQ(runtime->Receive("r-1", 0, Deadline::Never()), 0U);
}

TEST(HostilePageTest, IsReadWithoutHarmWhateverStandsInIt) {
  const auto page = NewPage();
  RawPage raw(*page);
  std::mt19937 random(7);                    // NOLINT(cert-msc51-cpp): the same noise each time.
  constexpr std::size_t kNoise = 1UL << 20;  // All rows, and a dozen receive buffers.
  for (int round = 0; round < 50; ++round) {
    for (std::size_t i = 0; i < std::min(raw.size(), kNoise); ++i) {
      // Small numbers and letters often, so that states and ids are valid now and then.
      const auto word = random();
      raw[i] = static_cast<unsigned char>(word % 3 == 0   ? 0
                                          : word % 3 == 1 ? word >> 30
                                                          : 'a' + (word >> 8) % 26);
    }

    for (const InFlight& row : page->ReadInFlight()) {
      EXPECT_LT(row.row, SharedPage::kRows);
      EXPECT_TRUE(IsValidRequestId(row.request_id));
      EXPECT_LE(row.type, 3U);
      EXPECT_GE(row.timeout, 0s);
      EXPECT_LE(row.timeout, 10'000'000s);
      page->TryClaim(row.row, /*is_dead=*/true);
    }
    page->VisitReceived([](const ReceivedBytes& received) {
      EXPECT_LE(received.bytes.size(), ReceiveMemory::kBytes);
    });
    page->ResetForStart();
    EXPECT_THAT(page->ReadInFlight(), IsEmpty());
    page->VisitReceived([](const ReceivedBytes&) { FAIL() << "the buffers are empty"; });
  }
}

}  // namespace
}  // namespace openfc
