#include "emulator/tasks/database.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>

namespace openfc::emulator {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  DatabaseTest() : database_(*Database::Open((folder_.path() / "x.db").string())) {
    EXPECT_TRUE(database_->Execute("CREATE TABLE t (n INTEGER, s TEXT)"));
  }

  std::int64_t Count() {
    auto count = database_->Prepare("SELECT count(*) FROM t");
    EXPECT_TRUE(count->Next());
    return count->Number(0);
  }

  openfc::testing::TempDir folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(DatabaseTest, KeepsWhatIsBound) {
  auto insert = database_->Prepare("INSERT INTO t VALUES (?1, ?2)");
  ASSERT_TRUE(insert);
  ASSERT_TRUE(insert->Bind(0, 7).BindBytes(1, std::string_view("a\0b", 3)).Run());
  ASSERT_TRUE(insert->Bind(0, 8).Bind(1, std::string_view()).Run());
  ASSERT_TRUE(insert->BindNothing(0).Run());
  EXPECT_EQ(database_->Changes(), 1);

  auto select = database_->Prepare("SELECT n, s FROM t ORDER BY rowid");
  ASSERT_TRUE(*select->Next());
  EXPECT_EQ(select->Number(0), 7);
  EXPECT_EQ(select->Text(1), std::string("a\0b", 3));
  ASSERT_TRUE(*select->Next());
  EXPECT_EQ(select->Text(1), "");
  ASSERT_TRUE(*select->Next());
  EXPECT_EQ(select->NumberIfAny(0), std::nullopt);
  EXPECT_FALSE(*select->Next());
  EXPECT_TRUE(*select->Next()) << "it begins anew";
}

TEST_F(DatabaseTest, TakesATransactionBackThatIsNotCommitted) {
  {
    const auto transaction = Transaction::Begin(*database_, Transaction::Durability::kProcess);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database_->Execute("INSERT INTO t VALUES (1, 'a')"));
  }
  EXPECT_EQ(Count(), 0);

  const auto transaction = Transaction::Begin(*database_, Transaction::Durability::kPower);
  ASSERT_TRUE(database_->Execute("INSERT INTO t VALUES (1, 'a')"));
  ASSERT_TRUE((*transaction)->Commit());
  EXPECT_EQ(Count(), 1);
}

TEST_F(DatabaseTest, TellsWhatIsWrong) {
  EXPECT_THAT(database_->Execute("SELECT nonsense").error().message,
              ::testing::AllOf(::testing::HasSubstr("/x.db'"), ::testing::HasSubstr("nonsense")));
  EXPECT_FALSE(database_->Prepare("SELECT nonsense"));
}

TEST_F(DatabaseTest, CannotBeMadeWhereThereIsNoFolder) {
  const auto database = Database::Open((folder_.path() / "none/x.db").string());

  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::kSystem);
  EXPECT_THAT(database.error().message, ::testing::HasSubstr("/none/x.db"));
}

}  // namespace
}  // namespace openfc::emulator
