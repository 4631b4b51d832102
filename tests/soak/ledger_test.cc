#include "tests/soak/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::soak {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t kConnection = 3;

class LedgerTest : public ::testing::Test {
 protected:
  std::string Open(Delivery delivery) { return ledger_.Open(delivery, kConnection, "event"); }
  void Answer(const std::string& id) { ledger_.NoteAccepted(id, false, "event"); }
  void AnswerByError(const std::string& id) { ledger_.NoteAccepted(id, true, "{}"); }

  Ledger ledger_;
};

TEST_F(LedgerTest, OwesAnAnswerToWhatCameWhole) {
  const std::string id = Open(Delivery::kWhole);

  EXPECT_EQ(ledger_.Owed(), 1U);
  EXPECT_THAT(ledger_.Faults(), ElementsAre(id + " was lost"));
}

TEST_F(LedgerTest, IsContentWithOneRunAndOneAnswer) {
  const std::string id = Open(Delivery::kWhole);

  ledger_.NoteRun(id);
  Answer(id);

  EXPECT_EQ(ledger_.Owed(), 0U);
  EXPECT_THAT(ledger_.Faults(), IsEmpty());
}

TEST_F(LedgerTest, NoticesASecondRun) {
  const std::string id = Open(Delivery::kReset);

  ledger_.NoteRun(id);
  ledger_.NoteRun(id);

  EXPECT_THAT(ledger_.Faults(), ElementsAre(id + " ran 2 times"));
}

TEST_F(LedgerTest, NoticesTheAnswerOfAnother) {
  const std::string id = Open(Delivery::kWhole);

  ledger_.NoteRun(id);
  ledger_.NoteAccepted(id, false, "another event");

  EXPECT_THAT(ledger_.Faults(), ElementsAre(id + " was answered with the bytes of another"));
}

TEST_F(LedgerTest, WantsAnErrorAndNoRunForWhatWasCutShort) {
  const std::string answered = Open(Delivery::kBodyCut);
  const std::string run = Open(Delivery::kBodyCut);

  AnswerByError(answered);
  ledger_.NoteRun(run);
  AnswerByError(run);

  EXPECT_THAT(ledger_.Faults(), ElementsAre(run + " was cut short and ran"));
}

TEST_F(LedgerTest, ExcusesAResetOnlyWhereTheRuntimeMayDie) {
  const std::string perilous = Open(Delivery::kPerilous);
  const std::string whole = Open(Delivery::kWhole);

  ledger_.NoteReset(kConnection);

  EXPECT_THAT(ledger_.Faults(), ElementsAre(whole + " was lost"));
  EXPECT_EQ(ledger_.Owed(), 1U);
  EXPECT_NE(perilous, whole);
}

TEST_F(LedgerTest, ExcusesNothingOnAConnectionThatEndedInPeace) {
  const std::string id = Open(Delivery::kPerilous);

  ledger_.NoteReset(kConnection + 1);

  EXPECT_THAT(ledger_.Faults(), ElementsAre(id + " was lost"));
}

}  // namespace
}  // namespace openfc::soak
