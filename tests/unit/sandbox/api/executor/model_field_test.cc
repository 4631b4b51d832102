#include "sandbox/api/executor/model_field.h"

#include <gtest/gtest.h>

#include <string>

namespace openfc::sandbox {
namespace {

TEST(ModelFieldTest, TakesIntegersInEveryWayThatPydanticDoes) {
  struct Row {
    const char* text;
    std::int64_t value;
  };
  for (const auto& [text, value] : {Row{"30", 30}, Row{"-1", -1}, Row{"30.0", 30}, Row{"true", 1},
                                    Row{"\"30\"", 30}, Row{"\" +5 \"", 5}}) {
    const IntegerField field = ReadIntegerField(text);
    ASSERT_TRUE(field.value) << text;
    EXPECT_EQ(*field.value, value) << text;
  }
}

TEST(ModelFieldTest, SaysWhatIsNoInteger) {
  struct Row {
    const char* text;
    const char* type;
    const char* message;
  };
  for (const auto& [text, type, message] :
       {Row{"\"x\"", "int_parsing",
            "Input should be a valid integer, unable to parse string as an integer"},
        Row{"\"\"", "int_parsing",
            "Input should be a valid integer, unable to parse string as an integer"},
        Row{"1.5", "int_from_float",
            "Input should be a valid integer, got a number with a fractional part"},
        Row{"null", "int_type", "Input should be a valid integer"},
        Row{"[1]", "int_type", "Input should be a valid integer"},
        Row{"{}", "int_type", "Input should be a valid integer"}}) {
    const IntegerField field = ReadIntegerField(text);
    EXPECT_FALSE(field.value) << text;
    EXPECT_EQ(field.error.type, type) << text;
    EXPECT_EQ(field.error.message, message) << text;
  }
}

TEST(ModelFieldTest, SaysWhichBoundIsBroken) {
  EXPECT_FALSE(CheckBounds(1, 1, 60));
  EXPECT_FALSE(CheckBounds(60, 1, 60));
  EXPECT_EQ(CheckBounds(0, 1, 60)->type, "greater_than_equal");
  EXPECT_EQ(CheckBounds(0, 1, 60)->message, "Input should be greater than or equal to 1");
  EXPECT_EQ(CheckBounds(61, 1, 60)->context, R"({"le":60})");
}

}  // namespace
}  // namespace openfc::sandbox
