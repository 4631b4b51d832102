#include "runtime/server/helm.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace openfc {
namespace {

constexpr std::chrono::hours kForEver{1};

/// The test's thread is the main one; the stand-by does nothing but have the helm.
class HelmTest : public ::testing::Test {
 protected:
  explicit HelmTest(std::chrono::nanoseconds patience = kForEver)
      : helm_(patience, [this] { Tell(); }) {}
  ~HelmTest() override {
    helm_.Retake();
    helm_.End();
  }

  bool is_taken() const { return taken_.load(); }
  void AwaitTaken() { taken_.wait(false); }

  int times_called() const { return calls_.load(); }

 private:
  void StandBy() {
    while (helm_.Await()) {
      taken_.store(true);
      taken_.notify_all();
      while (!helm_.IsWanted()) {
        const int before = calls_.load();
        if (!helm_.IsWanted()) calls_.wait(before);
      }
      taken_.store(false);
      helm_.GiveBack();
    }
  }
  void Tell() {
    ++calls_;
    calls_.notify_all();
  }

  std::atomic<bool> taken_ = false;
  std::atomic<int> calls_ = 0;

 protected:
  Helm helm_;

 private:
  std::jthread stand_by_{[this] { StandBy(); }};
};

/// Whose stand-by never finds the same function twice, for it does not look twice.
using PatientHelmTest = HelmTest;

class ImpatientHelmTest : public HelmTest {
 protected:
  ImpatientHelmTest() : HelmTest(std::chrono::nanoseconds(0)) {}
};

TEST_F(PatientHelmTest, IsTheMainThreadsAgainAfterAQuickFunctionAndNobodyIsCalled) {
  helm_.Offer();

  EXPECT_FALSE(helm_.Retake());

  EXPECT_EQ(times_called(), 0);
  EXPECT_FALSE(helm_.TryEnter());
}

TEST_F(ImpatientHelmTest, IsTakenWhileTheFunctionTakesItsTime) {
  helm_.Offer();

  AwaitTaken();
}

TEST_F(ImpatientHelmTest, IsTakenAlsoAfterTheStandByHasRested) {
  for (int i = 0; i < 100; ++i) {
    helm_.Offer();
    AwaitTaken();
    helm_.Retake();
  }

  EXPECT_EQ(times_called(), 100);
}

TEST_F(PatientHelmTest, IsTakenAtOnceBeforeTheFunctionWaits) {
  helm_.Offer();

  helm_.Hurry();

  AwaitTaken();
}

TEST_F(PatientHelmTest, IsTakenAtOnceForALetterOfAnotherThread) {
  helm_.Offer();

  std::jthread([this] { helm_.CallDriver(); }).join();

  AwaitTaken();
}

TEST_F(PatientHelmTest, IsNotTakenFromAMainThreadThatDrives) {
  helm_.Hurry();
  helm_.Offer();

  EXPECT_TRUE(helm_.TryEnter());
  helm_.Leave();
}

TEST_F(PatientHelmTest, ComesBackAfterTheFunction) {
  helm_.Offer();
  helm_.Hurry();
  AwaitTaken();

  EXPECT_TRUE(helm_.Retake());

  EXPECT_FALSE(is_taken());
  EXPECT_EQ(times_called(), 1);
}

TEST_F(PatientHelmTest, LetsTheFunctionsThreadInWhereNobodyDrives) {
  helm_.Offer();

  EXPECT_TRUE(helm_.TryEnter());

  helm_.Leave();
  EXPECT_FALSE(is_taken());
}

TEST_F(PatientHelmTest, LetsNoOtherThreadIn) {
  helm_.Offer();
  std::atomic<bool> entered = true;

  std::jthread([this, &entered] { entered.store(helm_.TryEnter()); }).join();

  EXPECT_FALSE(entered.load());
}

TEST_F(PatientHelmTest, LetsNobodyInWhereTheMainThreadDrives) { EXPECT_FALSE(helm_.TryEnter()); }

TEST_F(PatientHelmTest, LetsNobodyInWhereTheStandByDrives) {
  helm_.Offer();
  helm_.Hurry();

  EXPECT_FALSE(helm_.TryEnter());
}

TEST_F(PatientHelmTest, IsTakenFromWhoHasEnteredOnlyWhenItLeaves) {
  helm_.Offer();
  ASSERT_TRUE(helm_.TryEnter());

  std::jthread([this] { helm_.CallDriver(); }).join();
  EXPECT_FALSE(is_taken());
  helm_.Leave();

  AwaitTaken();
}

TEST_F(ImpatientHelmTest, IsTakenAlsoAfterTheFunctionsThreadWasIn) {
  helm_.Offer();
  if (helm_.TryEnter()) helm_.Leave();

  AwaitTaken();
}

}  // namespace
}  // namespace openfc
