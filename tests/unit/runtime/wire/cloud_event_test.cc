#include "runtime/wire/cloud_event.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace openfc::wire {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

const HeaderList kBinary = {{"Ce-Specversion", "1.0"},
                            {"ce-id", "7"},
                            {"ce-source", "/shop"},
                            {"ce-type", "order"},
                            {"Content-Type", "text/plain"}};
const HeaderList kStructured = {{"content-type", "application/CloudEvents+json; charset=utf-8"}};

std::optional<CloudEvent> Find(const HeaderList& headers, std::string body) {
  auto found = FindCloudEvent(headers, body);
  EXPECT_TRUE(found);
  return found ? *std::move(found) : std::nullopt;
}

CloudEvent Structured(const std::string& more) {
  const auto event = Find(
      kStructured, R"({"specversion":"1.0","id":"7","source":"/shop","type":"order")" + more + "}");
  EXPECT_TRUE(event);
  return event.value_or(CloudEvent());
}

TEST(CloudEventTest, IsReadFromHeadersAndBodyInBinaryMode) {
  HeaderList headers = kBinary;
  headers.emplace_back("CE-Subject", "%C3%A4%20b");
  const auto event = Find(headers, "data");

  ASSERT_TRUE(event);
  EXPECT_EQ(event->data, "data");
  EXPECT_EQ(Json::parse(event->attributes), Json({{"specversion", "1.0"},
                                                  {"id", "7"},
                                                  {"source", "/shop"},
                                                  {"type", "order"},
                                                  {"subject", "\xc3\xa4 b"},
                                                  {"datacontenttype", "text/plain"}}));
}

TEST(CloudEventTest, IsReadFromTheBodyInStructuredMode) {
  const CloudEvent event = Structured(R"(,"ext":3,"data":{"b":[1,"x"],"a":null})");

  EXPECT_EQ(event.data, R"({"b":[1,"x"],"a":null})");
  EXPECT_EQ(Json::parse(event.attributes), Json({{"specversion", "1.0"},
                                                 {"id", "7"},
                                                 {"source", "/shop"},
                                                 {"type", "order"},
                                                 {"ext", 3}}));
}

TEST(CloudEventTest, HasItsTextAsItIsUnlessItIsJson) {
  EXPECT_EQ(Structured(R"(,"datacontenttype":"text/plain","data":"a\nb")").data, "a\nb");
  EXPECT_EQ(Structured(R"(,"data":"a")").data, "\"a\"");
  EXPECT_EQ(Structured(R"(,"datacontenttype":"application/json","data":"a")").data, "\"a\"");
  EXPECT_EQ(Structured("").data, "");
}

TEST(CloudEventTest, HasItsBytesDecoded) {
  EXPECT_EQ(Structured(R"(,"data_base64":"//4=")").data, "\xff\xfe");
}

TEST(CloudEventTest, IsNotSeenInOtherRequests) {
  std::string body = "body";
  const auto found = FindCloudEvent({{"Content-Type", "application/json"}, {"ce-id", "7"}}, body);

  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
  EXPECT_EQ(body, "body");
}

TEST(CloudEventTest, IsRefusedWhereItIsIncomplete) {
  for (const auto& [headers, body, reason] :
       std::vector<std::tuple<HeaderList, std::string, std::string>>{
           {{{"ce-specversion", "1.0"}}, "", "has no id"},
           {{{"ce-specversion", "0.3"}, {"ce-id", "1"}, {"ce-source", "s"}, {"ce-type", "t"}},
            "",
            "is not of version 1.0"},
           {kStructured, "{", "is not a JSON object"},
           {kStructured, "[]", "is not a JSON object"},
           {kStructured, R"({"specversion":"1.0","id":"1","source":"s"})", "has no type"},
           {kStructured, R"({"specversion":1,"id":"1","source":"s","type":"t"})", "no specversion"},
           {kStructured,
            R"({"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"!"})",
            "data_base64"}}) {
    std::string text = body;
    const auto found = FindCloudEvent(headers, text);

    ASSERT_FALSE(found) << reason;
    EXPECT_EQ(found.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(found.error().message, HasSubstr(reason));
  }
}

}  // namespace
}  // namespace openfc::wire
