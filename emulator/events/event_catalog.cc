#include "emulator/events/event_catalog.h"

#include <array>

namespace openfc::emulator {
namespace {

// The ends of resource names are their names, so that a setting keeps the two alike.
constexpr auto kOssBucket =
    std::to_array<EventPlace>({{"/events/0/oss/bucket/name"},
                               {"/events/0/oss/bucket/arn", "acs:oss:cn-hangzhou:123456789012:"}});
constexpr auto kOssObject = std::to_array<EventPlace>({{"/events/0/oss/object/key"}});
constexpr auto kOssSize =
    std::to_array<EventPlace>({{"/events/0/oss/object/size"}, {"/events/0/oss/object/deltaSize"}});
constexpr auto kEventName = std::to_array<EventPlace>({{"/events/0/eventName"}});
constexpr auto kOss = std::to_array<EventField>(
    {{"bucket", kOssBucket}, {"object", kOssObject}, {"size", kOssSize}, {"event", kEventName}});

constexpr auto kHttpMethod = std::to_array<EventPlace>({{"/requestContext/http/method"}});
constexpr auto kHttpPath = std::to_array<EventPlace>({{"/rawPath"}, {"/requestContext/http/path"}});
constexpr auto kHttpQuery = std::to_array<EventPlace>({{"/queryParameters"}});
constexpr auto kHttpHeaders = std::to_array<EventPlace>({{"/headers"}});
constexpr auto kBody = std::to_array<EventPlace>({{"/body"}});
constexpr auto kHttp = std::to_array<EventField>({{"method", kHttpMethod},
                                                  {"path", kHttpPath},
                                                  {"query", kHttpQuery},
                                                  {"headers", kHttpHeaders},
                                                  {"body", kBody}});

constexpr auto kTimerPayload = std::to_array<EventPlace>({{"/payload"}});
constexpr auto kTimerName = std::to_array<EventPlace>({{"/triggerName"}});
constexpr auto kTimerTime = std::to_array<EventPlace>({{"/triggerTime"}});
constexpr auto kTimer = std::to_array<EventField>(
    {{"payload", kTimerPayload}, {"name", kTimerName}, {"time", kTimerTime}});

constexpr auto kSlsProject = std::to_array<EventPlace>({{"/source/projectName"}});
constexpr auto kSlsStore = std::to_array<EventPlace>({{"/source/logstoreName"}});
constexpr auto kSlsParameter = std::to_array<EventPlace>({{"/parameter"}});
constexpr auto kSls = std::to_array<EventField>(
    {{"project", kSlsProject}, {"logstore", kSlsStore}, {"parameter", kSlsParameter}});

constexpr auto kTopicMessage = std::to_array<EventPlace>({{"/Message"}});
constexpr auto kTopicName = std::to_array<EventPlace>({{"/TopicName"}});
constexpr auto kMnsTopic =
    std::to_array<EventField>({{"message", kTopicMessage}, {"topic", kTopicName}});
constexpr auto kWhole = std::to_array<EventPlace>({{""}});
constexpr auto kMnsStream = std::to_array<EventField>({{"message", kWhole}});
constexpr auto kMnsAttributes = std::to_array<EventField>({{"message", kBody}});
constexpr auto kQueueMessage = std::to_array<EventPlace>({{"/data/messageBody"}});
constexpr auto kQueueName =
    std::to_array<EventPlace>({{"/subject", "acs:mns:cn-hangzhou:123456789012:queues/"}});
constexpr auto kMnsQueue =
    std::to_array<EventField>({{"message", kQueueMessage}, {"queue", kQueueName}});

constexpr auto kKafkaMessage = std::to_array<EventPlace>({{"/0/data/value"}});
constexpr auto kKafkaTopic = std::to_array<EventPlace>(
    {{"/0/data/topic"}, {"/0/subject", "acs:alikafka:alikafka_pre-cn-abc123:topic:"}});
constexpr auto kKafka =
    std::to_array<EventField>({{"message", kKafkaMessage}, {"topic", kKafkaTopic}});
constexpr auto kRabbitMessage = std::to_array<EventPlace>({{"/0/data/body"}});
constexpr auto kRabbitQueue = std::to_array<EventPlace>(
    {{"/0/subject",
      "acs:amqp:cn-hangzhou:123456789012:/instances/amqp-cn-abc123/vhosts/my-vhost/queues/"}});
constexpr auto kRabbit =
    std::to_array<EventField>({{"message", kRabbitMessage}, {"queue", kRabbitQueue}});
constexpr auto kDataBody = std::to_array<EventPlace>({{"/data/body"}});
constexpr auto kRocketTopic = std::to_array<EventPlace>(
    {{"/data/topic"},
     {"/subject", "acs:mq:cn-hangzhou:123456789012:MQ_INST_123456789012_abc123%"}});
constexpr auto kRocket =
    std::to_array<EventField>({{"message", kDataBody}, {"topic", kRocketTopic}});

constexpr auto kCloudData = std::to_array<EventPlace>({{"/data"}});
constexpr auto kCloudType = std::to_array<EventPlace>({{"/type"}});
constexpr auto kCloudSource = std::to_array<EventPlace>({{"/source"}});
constexpr auto kEventBridge = std::to_array<EventField>(
    {{"data", kCloudData}, {"type", kCloudType}, {"source", kCloudSource}});

constexpr auto kTablestoreType = std::to_array<EventPlace>({{"/Records/0/Type"}});
constexpr auto kTablestore = std::to_array<EventField>({{"type", kTablestoreType}});

constexpr auto kCdnDomain =
    std::to_array<EventPlace>({{"/events/0/resource/domain"}, {"/events/0/eventParameter/domain"}});
constexpr auto kCdnObjects = std::to_array<EventPlace>({{"/events/0/eventParameter/objectPath"}});
constexpr auto kCdnFile = std::to_array<EventPlace>({{"/events/0/eventParameter/filePath"}});
constexpr auto kCdnStatus = std::to_array<EventPlace>({{"/events/0/eventParameter/status"}});
constexpr auto kCdnCached =
    std::to_array<EventField>({{"domain", kCdnDomain}, {"objects", kCdnObjects}});
constexpr auto kCdnLog = std::to_array<EventField>({{"domain", kCdnDomain}, {"file", kCdnFile}});
constexpr auto kCdnState =
    std::to_array<EventField>({{"domain", kCdnDomain}, {"status", kCdnStatus}});
constexpr auto kCdnChange = std::to_array<EventField>({{"domain", kCdnDomain}});

constexpr EventEncoding kJson = EventEncoding::kJson;

constexpr auto kTypes = std::to_array<EventType>({
    {"oss", "", "an object was put into a bucket", "oss.json", kJson, "", kOss},
    {"http", "", "a request to an HTTP trigger of FC 3", "http.json", kJson, "", kHttp},
    {"timer", "", "a time trigger fired", "timer.json", kJson, "", kTimer},
    {"sls", "log", "new lines in a log store", "sls.json", kJson, "", kSls},
    {"mns-topic", "mns_topic", "a message of a topic, in the JSON format", "mns-topic.json", kJson,
     "", kMnsTopic},
    {"mns-topic-stream", "", "the same in the STREAM format: the message alone",
     "mns-topic-stream.json", EventEncoding::kText, "", kMnsStream},
    {"mns-topic-attributes", "", "the same in the STREAM format, of a message with attributes",
     "mns-topic-attributes.json", kJson, "", kMnsAttributes},
    {"mns-queue", "", "a message of a queue", "mns-queue.json", kJson, "", kMnsQueue},
    {"kafka", "", "a batch of messages of a topic", "kafka.json", kJson, "", kKafka},
    {"rabbitmq", "", "a batch of messages of a queue", "rabbitmq.json", kJson, "", kRabbit},
    {"rocketmq", "", "a message of a topic", "rocketmq.json", kJson, "", kRocket},
    {"eventbridge", "", "an event of a bus", "eventbridge.json", kJson, "", kEventBridge},
    {"tablestore", "", "a row was put into a table; CBOR", "tablestore.json", EventEncoding::kCbor,
     "", kTablestore},
    {"cdn-log-file-created", "cdn_events", "a log file is complete", "cdn-log-file.json", kJson,
     "LogFileCreated", kCdnLog},
    {"cdn-cached-objects-refreshed", "", "objects were refreshed", "cdn-cached-objects.json", kJson,
     "CachedObjectsRefreshed", kCdnCached},
    {"cdn-cached-objects-pushed", "", "objects were preloaded", "cdn-cached-objects.json", kJson,
     "CachedObjectsPushed", kCdnCached},
    {"cdn-cached-objects-blocked", "", "objects were blocked", "cdn-cached-objects.json", kJson,
     "CachedObjectsBlocked", kCdnCached},
    {"cdn-domain-started", "", "a domain is on line", "cdn-domain-started.json", kJson,
     "CdnDomainStarted", kCdnState},
    {"cdn-domain-stopped", "", "a domain is off line", "cdn-domain-stopped.json", kJson,
     "CdnDomainStopped", kCdnState},
    {"cdn-domain-added", "", "a domain is new", "cdn-domain.json", kJson, "CdnDomainAdded",
     kCdnChange},
    {"cdn-domain-deleted", "", "a domain is gone", "cdn-domain.json", kJson, "CdnDomainDeleted",
     kCdnChange},
});

}  // namespace

std::span<const EventType> EventCatalog() { return kTypes; }

const EventType* FindEventType(std::string_view name) {
  for (const EventType& type : kTypes) {
    if (type.name == name || (!type.also.empty() && type.also == name)) return &type;
  }
  return nullptr;
}

}  // namespace openfc::emulator
