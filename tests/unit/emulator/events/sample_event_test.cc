#include "emulator/events/sample_event.h"

#include "emulator/events/event_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>
#include <stdexcept>
#include <string>

namespace openfc::emulator {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string Make(const std::string& name, const std::vector<EventSetting>& settings = {}) {
  const auto type = EventTypeOf(name);
  if (!type) throw std::runtime_error(type.error().message);
  auto event = MakeSampleEvent(**type, settings);
  if (!event) throw std::runtime_error(event.error().message);
  return *std::move(event);
}

json MakeJson(const std::string& name, const std::vector<EventSetting>& settings = {}) {
  return json::parse(Make(name, settings));
}

std::string Refusal(const std::string& name, const EventSetting& setting) {
  const auto event = MakeSampleEvent(**EventTypeOf(name), {setting});
  return event ? "" : event.error().message;
}

/// Whatever the encoding, as JSON.
json Decoded(const EventType& type, const std::vector<EventSetting>& settings = {}) {
  const std::string event = Make(std::string(type.name), settings);
  switch (type.encoding) {
    case EventEncoding::kText:
      return event;
    case EventEncoding::kCbor:
      return json::from_cbor(event);
    case EventEncoding::kJson:
      break;
  }
  return json::parse(event);
}

TEST(SampleEventTest, IsThereForEveryTrigger) {
  std::set<std::string_view> names;
  for (const EventType& type : EventCatalog()) {
    EXPECT_FALSE(Decoded(type).empty()) << type.name;
    EXPECT_FALSE(type.description.empty()) << type.name;
    EXPECT_TRUE(names.insert(type.name).second) << type.name;
  }
  for (const char* const name :
       {"oss", "http", "timer", "sls", "mns-topic", "mns-topic-stream", "mns-topic-attributes",
        "mns-queue", "kafka", "rabbitmq", "rocketmq", "eventbridge", "tablestore"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(SampleEventTest, IsFoundByTheNameThatAServiceFileHas) {
  EXPECT_EQ(Make("log"), Make("sls"));
  EXPECT_EQ(Make("mns_topic"), Make("mns-topic"));
  EXPECT_EQ(Make("cdn_events"), Make("cdn-log-file-created"));
}

TEST(SampleEventTest, NamesTheCommandThatListsTheTypes) {
  const auto type = EventTypeOf("ftp");

  ASSERT_FALSE(type.has_value());
  EXPECT_EQ(type.error().message, "there is no event type 'ftp' (fclocal event --list names them)");
  EXPECT_FALSE(EventTypeOf("").has_value());
}

TEST(SampleEventTest, HasTheShapeOfItsTrigger) {
  EXPECT_EQ(MakeJson("oss")["events"][0]["eventSource"], "acs:oss");
  EXPECT_EQ(MakeJson("timer").size(), 3U);
  EXPECT_EQ(MakeJson("http")["version"], "v1");
  EXPECT_TRUE(MakeJson("http")["requestContext"]["timeEpoch"].is_string());
  EXPECT_TRUE(MakeJson("sls")["source"]["shardId"].is_number_integer());
  EXPECT_EQ(Make("mns-topic-stream"), "hello topic");
  EXPECT_EQ(MakeJson("mns-topic-attributes").size(), 2U);
  EXPECT_EQ(MakeJson("mns-topic")["TopicName"], "my-topic");
  EXPECT_EQ(MakeJson("mns-queue")["type"], "mns:Queue:SendMessage");
  EXPECT_TRUE(MakeJson("kafka").is_array());
  EXPECT_TRUE(MakeJson("rabbitmq").is_array());
  EXPECT_TRUE(MakeJson("rocketmq").is_object());
}

TEST(SampleEventTest, NamesEachEventOfACdn) {
  const auto name = [](const char* type) { return MakeJson(type)["events"][0]["eventName"]; };

  EXPECT_EQ(name("cdn-cached-objects-refreshed"), "CachedObjectsRefreshed");
  EXPECT_EQ(name("cdn-cached-objects-pushed"), "CachedObjectsPushed");
  EXPECT_EQ(name("cdn-cached-objects-blocked"), "CachedObjectsBlocked");
  EXPECT_EQ(name("cdn-log-file-created"), "LogFileCreated");
  EXPECT_EQ(name("cdn-domain-added"), "CdnDomainAdded");
  EXPECT_EQ(name("cdn-domain-deleted"), "CdnDomainDeleted");
  EXPECT_EQ(name("cdn-domain-started"), "CdnDomainStarted");
  EXPECT_EQ(name("cdn-domain-stopped"), "CdnDomainStopped");
}

TEST(SampleEventTest, IsCborForTablestore) {
  const json event = json::from_cbor(Make("tablestore"));

  EXPECT_EQ(event["Version"], "Sync-v1");
  EXPECT_EQ(event["Records"][0]["Type"], "PutRow");
  EXPECT_EQ(event["Records"][0]["Info"]["Timestamp"], 1767601800000000);
}

TEST(SampleEventTest, PutsAValueWhereverTheFieldStands) {
  const json bucket = MakeJson("oss", {{"bucket", "photos"}})["events"][0]["oss"]["bucket"];
  EXPECT_EQ(bucket["name"], "photos");
  EXPECT_EQ(bucket["arn"], "acs:oss:cn-hangzhou:123456789012:photos");

  const json http = MakeJson("http", {{"path", "/a"}, {"method", "GET"}});
  EXPECT_EQ(http["rawPath"], "/a");
  EXPECT_EQ(http["requestContext"]["http"]["path"], "/a");
  EXPECT_EQ(http["requestContext"]["http"]["method"], "GET");
}

TEST(SampleEventTest, HasEveryFieldThatHasAShortName) {
  for (const EventType& type : EventCatalog()) {
    for (const EventField& field : type.fields) {
      const json sample = Decoded(type);
      for (const EventPlace& place : field.places) {
        const json::json_pointer pointer{std::string(place.pointer)};
        ASSERT_TRUE(sample.contains(pointer)) << type.name << " " << place.pointer;
        if (!sample.at(pointer).is_string()) continue;
        // What a setting puts in front is what the sample itself has there.
        EXPECT_THAT(sample.at(pointer).get<std::string>(), StartsWith(std::string(place.before)));
        const json changed = Decoded(type, {{std::string(field.name), "new"}});
        EXPECT_EQ(changed.at(pointer), std::string(place.before) + "new") << type.name;
      }
    }
  }
}

TEST(SampleEventTest, TakesTextAsItIs) {
  for (const char* const text : {"", "{\"a\":1}", "1", "a=b", "\xe4\xb8\xad"}) {
    EXPECT_EQ(MakeJson("timer", {{"payload", text}})["payload"], text);
    EXPECT_EQ(Make("mns-topic-stream", {{"message", text}}), text);
  }
}

TEST(SampleEventTest, TakesJsonWhereThereIsNoText) {
  EXPECT_EQ(MakeJson("oss", {{"size", "7"}})["events"][0]["oss"]["object"]["size"], 7);
  EXPECT_EQ(MakeJson("http", {{"query", R"({"page":"2"})"}})["queryParameters"]["page"], "2");
  EXPECT_EQ(MakeJson("http", {{"/isBase64Encoded", "true"}})["isBase64Encoded"], true);
  EXPECT_EQ(Refusal("oss", {"size", "large"}),
            "'large' cannot be the event's size, which is like 2048");
  EXPECT_EQ(Refusal("http", {"query", "[1]"}),
            "'[1]' cannot be the event's query, which is like {}");
}

TEST(SampleEventTest, TakesAPointerToWhatIsThere) {
  EXPECT_EQ(MakeJson("oss", {{"/events/0/region", "eu-central-1"}})["events"][0]["region"],
            "eu-central-1");
  EXPECT_EQ(MakeJson("http", {{"/headers/Cookie", "a=1"}})["headers"]["Cookie"], "a=1");
}

TEST(SampleEventTest, RefusesAFieldThatItDoesNotHave) {
  EXPECT_EQ(Refusal("timer", {"bucket", "photos"}),
            "the event timer has no field 'bucket': it has payload, name, time, and any JSON "
            "pointer into it");
  for (const char* const field : {"", "/events/1/region", "/events/x", "/events/-/region",
                                  "/region/name/first", "/a~2", "payload/x"}) {
    EXPECT_THAT(Refusal("oss", {field, "x"}), HasSubstr("has no field")) << field;
  }
}

TEST(SampleEventTest, StaysJsonWhateverBytesItIsGiven) {
  EXPECT_THAT(Make("timer", {{"payload", "\xff"}}),
              AllOf(HasSubstr("\"payload\""), Not(HasSubstr("\xff"))));
}

TEST(SampleEventTest, TakesTheLastOfTwoSettings) {
  EXPECT_EQ(MakeJson("timer", {{"name", "a"}, {"name", "b"}})["triggerName"], "b");
}

}  // namespace
}  // namespace openfc::emulator
