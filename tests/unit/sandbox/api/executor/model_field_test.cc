#include "sandbox/api/executor/model_field.h"

#include <gtest/gtest.h>

#include <string>

namespace openfc::sandbox {
namespace {

TEST(ModelFieldTest, TakesIntegersInEveryWayThatPydanticDoes) {
  struct Row {
    const char* json;
    std::int64_t value;
  };
  for (const auto& [json, value] : {Row{"30", 30}, Row{"-1", -1}, Row{"30.0", 30}, Row{"true", 1},
                                    Row{"\"30\"", 30}, Row{"\" +5 \"", 5}}) {
    const IntegerField field = ReadIntegerField(json);
    ASSERT_TRUE(field.value) << json;
    EXPECT_EQ(*field.value, value) << json;
  }
}

TEST(ModelFieldTest, SaysWhatIsNoInteger) {
  struct Row {
    const char* json;
    const char* type;
    const char* message;
  };
  for (const auto& [json, type, message] :
       {Row{"\"x\"", "int_parsing",
            "Input should be a valid integer, unable to parse string as an integer"},
        Row{"\"\"", "int_parsing",
            "Input should be a valid integer, unable to parse string as an integer"},
        Row{"1.5", "int_from_float",
            "Input should be a valid integer, got a number with a fractional part"},
        Row{"null", "int_type", "Input should be a valid integer"},
        Row{"[1]", "int_type", "Input should be a valid integer"},
        Row{"{}", "int_type", "Input should be a valid integer"}}) {
    const IntegerField field = ReadIntegerField(json);
    EXPECT_FALSE(field.value) << json;
    EXPECT_EQ(field.error.type, type) << json;
    EXPECT_EQ(field.error.message, message) << json;
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
