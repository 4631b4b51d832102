#include "runtime/server/answers.h"

#include "runtime/wire/error_document.h"
#include "runtime/wire/http_trigger.h"
#include "runtime/wire/invocation_headers.h"
#include "runtime/wire/routes.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace openfc {
namespace {

constexpr int kOk = 200;
constexpr int kServerError = 500;
constexpr int kBadGateway = 502;
constexpr const char* kStatusHeader = "x-fc-status";
constexpr const char* kContentType = "Content-Type";
constexpr const char* kSuccess = "200";
constexpr const char* kFailure = "404";

int StatusOfFailure(RequestKind kind, int error_status) {
  switch (kind) {
    case RequestKind::kEvent:
    case RequestKind::kCloudEvent:
      return error_status;
    case RequestKind::kHook:
      return kServerError;
    case RequestKind::kTrigger:
    case RequestKind::kApplication:
      break;
  }
  return kBadGateway;
}

http::Response FailureAnswer(int status, std::string document) {
  return {
      .status = status,
      .headers = {{kContentType, std::string(wire::kErrorContentType)}, {kStatusHeader, kFailure}},
      .body = std::move(document)};
}

http::Response EventAnswer(Response response) {
  return {.status = kOk,
          .headers = {{kContentType, response.content_type.empty()
                                         ? std::string(wire::kResponseContentType)
                                         : std::move(response.content_type)},
                      {kStatusHeader, kSuccess}},
          .body = std::move(response.body)};
}

void DropReserved(http::HeaderList& headers) {
  std::erase_if(headers,
                [](const auto& header) { return wire::IsReservedAnswerHeader(header.first); });
}

/// A web application says how long its answer is: to a HEAD, or before it has written it.
void DropReservedButLength(http::HeaderList& headers) {
  std::optional<std::string> length;
  if (const auto told = wire::FindHeader(headers, "content-length")) length = *told;
  DropReserved(headers);
  if (length) headers.emplace_back("Content-Length", *std::move(length));
}

http::Response TriggerAnswer(std::string result) {
  auto answer = wire::ReadHttpTriggerResult(std::move(result));
  if (!answer) {
    return FailureAnswer(kBadGateway, wire::ErrorDocument("BadResponse", answer.error().message));
  }
  DropReserved(answer->headers);
  return {.status = answer->status,
          .headers = std::move(answer->headers),
          .body = std::move(answer->body)};
}

/// What a web application answers whole.
http::Response ApplicationAnswer(Response response) {
  http::Response answer{.status = response.status == 0 ? kOk : response.status,
                        .headers = std::move(response.headers),
                        .body = std::move(response.body)};
  DropReservedButLength(answer.headers);
  if (!response.content_type.empty()) {
    answer.headers.emplace_back(kContentType, std::move(response.content_type));
  }
  return answer;
}

http::Response AnswerOf(RequestKind kind, int error_status, Outcome outcome) {
  if (auto* const failure = std::get_if<Failure>(&outcome)) {
    return FailureAnswer(StatusOfFailure(kind, error_status), std::move(failure->document));
  }
  auto& response = std::get<Response>(outcome);
  switch (kind) {
    case RequestKind::kTrigger:
      return TriggerAnswer(std::move(response.body));
    case RequestKind::kApplication:
      return ApplicationAnswer(std::move(response));
    case RequestKind::kEvent:
    case RequestKind::kCloudEvent:
    case RequestKind::kHook:
      break;
  }
  return EventAnswer(std::move(response));
}

/// Of an answer that is streamed: what a whole one would have.
void ShapeHead(RequestKind kind, http::HeaderList& headers) {
  if (kind == RequestKind::kApplication) return DropReservedButLength(headers);
  DropReserved(headers);
  if (!wire::FindHeader(headers, kContentType)) {
    headers.emplace_back(kContentType, wire::kResponseContentType);
  }
  if (kind != RequestKind::kTrigger) headers.emplace_back(kStatusHeader, kSuccess);
}

}  // namespace

ReplyMapping MappingOf(RequestKind kind, const std::string& request_id, int error_status) {
  const auto mark = [request_id](http::HeaderList& headers) {
    headers.emplace_back(wire::kRequestIdHeader, request_id);
  };
  return {.outcome =
              [kind, error_status, mark](Outcome outcome) {
                http::Response response = AnswerOf(kind, error_status, std::move(outcome));
                mark(response.headers);
                return response;
              },
          .head =
              [kind, mark](StreamHead head) {
                ShapeHead(kind, head.headers);
                mark(head.headers);
                return head;
              }};
}

http::Response TextAnswer(int status, const std::string& text) {
  return {.status = status, .headers = {{kContentType, "text/plain"}}, .body = text + "\n"};
}

}  // namespace openfc
