#include "sandbox/api/executor/execute_request.h"

#include "tests/unit/runtime/server/server_fakes.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <variant>

namespace openfc::sandbox {
namespace {

using nlohmann::json;

std::variant<ExecuteRequest, http::Response> Read(const std::string& body,
                                                  const std::string& type = "application/json") {
  return ReadExecuteRequest(MakeRequest({.headers = {{"Content-Type", type}}, .body = body}));
}

json ErrorsOf(const std::string& body, const std::string& type = "application/json") {
  const auto read = Read(body, type);
  const auto* refusal = std::get_if<http::Response>(&read);
  if (refusal == nullptr || refusal->status != 422) return "no 422";
  return json::parse(refusal->body)["detail"];
}

TEST(ExecuteRequestTest, HasDefaults) {
  const auto request = std::get<ExecuteRequest>(Read(R"({"code": "x = 1"})"));

  EXPECT_EQ(request.code, "x = 1");
  EXPECT_EQ(request.timeout.count(), 30);
}

TEST(ExecuteRequestTest, TakesBothNamesOfTheFormat) {
  for (const char* body : {R"({"code": "", "output_format": "html"})",
                           R"({"code": "", "outputFormat": "json", "output_format": 3})",
                           R"({"code": "", "timeout": "7", "other": [1]})"}) {
    EXPECT_TRUE(std::holds_alternative<ExecuteRequest>(Read(body))) << body;
  }
}

TEST(ExecuteRequestTest, SaysWhatIsWrongAsFastApiDoes) {
  struct Row {
    const char* body;
    const char* errors;
  };
  for (
      const auto& [body, errors] :
      {Row{R"({"cod": 1})",
           R"([{"type":"missing","loc":["body","code"],"msg":"Field required","input":{"cod":1}}])"},
       Row{R"({"code": 5})",
           R"([{"type":"string_type","loc":["body","code"],"msg":"Input should be a valid string","input":5}])"},
       Row{R"({"code": null})",
           R"([{"type":"string_type","loc":["body","code"],"msg":"Input should be a valid string","input":null}])"},
       Row{R"({"code": "", "timeout": 61})",
           R"([{"type":"less_than_equal","loc":["body","timeout"],"msg":"Input should be less than or equal to 60","input":61,"ctx":{"le":60}}])"},
       Row{R"({"code": "", "timeout": 0})",
           R"([{"type":"greater_than_equal","loc":["body","timeout"],"msg":"Input should be greater than or equal to 1","input":0,"ctx":{"ge":1}}])"},
       Row{R"({"code": "", "timeout": "x"})",
           R"([{"type":"int_parsing","loc":["body","timeout"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"x"}])"},
       Row{R"({"code": "", "outputFormat": 1})",
           R"([{"type":"string_type","loc":["body","outputFormat"],"msg":"Input should be a valid string","input":1}])"},
       Row{R"({"timeout": 0})",
           R"([{"type":"missing","loc":["body","code"],"msg":"Field required","input":{"timeout":0}},{"type":"greater_than_equal","loc":["body","timeout"],"msg":"Input should be greater than or equal to 1","input":0,"ctx":{"ge":1}}])"},
       Row{"[1]",
           R"([{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":[1]}])"},
       Row{"", R"([{"type":"missing","loc":["body"],"msg":"Field required","input":null}])"},
       Row{"null", R"([{"type":"missing","loc":["body"],"msg":"Field required","input":null}])"}}) {
    EXPECT_EQ(ErrorsOf(body), json::parse(errors)) << body;
  }
}

TEST(ExecuteRequestTest, SaysWhereJsonIsBroken) {
  struct Row {
    const char* body;
    std::size_t place;
    const char* words;
  };
  for (const auto& [body, place, words] :
       {Row{"{\"code\":", 8, "Expecting value"}, Row{"x", 0, "Expecting value"},
        Row{"{\"code\" 1}", 8, "Expecting ':' delimiter"},
        Row{"{\"code\": 1 2}", 11, "Expecting ',' delimiter"},
        Row{"{1}", 1, "Expecting property name enclosed in double quotes"},
        Row{"{} 1", 3, "Extra data"}}) {
    const json errors = ErrorsOf(body);
    EXPECT_EQ(errors[0]["type"], "json_invalid") << body;
    EXPECT_EQ(errors[0]["loc"], json({"body", place})) << body;
    EXPECT_EQ(errors[0]["ctx"]["error"], words) << body;
  }
}

TEST(ExecuteRequestTest, ReadsNoFormAsJson) {
  EXPECT_EQ(ErrorsOf(R"({"code": ""})", "text/plain")[0]["type"], "model_attributes_type");
  EXPECT_EQ(ErrorsOf("code=1", "application/x-www-form-urlencoded")[0]["input"], "code=1");
  for (const char* type :
       {"application/json; charset=utf-8", "Application/JSON", "application/vnd.openfc+json"}) {
    EXPECT_TRUE(std::holds_alternative<ExecuteRequest>(Read(R"({"code": ""})", type))) << type;
  }
}

TEST(ExecuteRequestTest, RefusesWhatNestsTooDeep) {
  const auto read = Read(R"({"code": )" + std::string(1'000'000, '['));

  EXPECT_EQ(std::get<http::Response>(read).status, 400);
}

TEST(ExecuteRequestTest, RefusesNumbersThatNoDoubleHolds) {
  for (const char* body :
       {R"({"code": "", "timeout": 1e400})", R"({"code": "", "other": -1e999})"}) {
    const auto read = Read(body);
    const auto* refusal = std::get_if<http::Response>(&read);
    ASSERT_NE(refusal, nullptr) << body;
    EXPECT_EQ(refusal->status, 400) << body;
    EXPECT_EQ(json::parse(refusal->body)["detail"], "There was an error parsing the body");
  }
}

}  // namespace
}  // namespace openfc::sandbox
