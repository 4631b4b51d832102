#include "runtime/wire/outcome_post.h"

#include "runtime/wire/routes.h"

namespace openfc::wire {
namespace {

OutcomePost ErrorPost(std::string path, const Failure& failure) {
  return {.path = std::move(path),
          .headers = failure.headers,
          .content_type = kErrorContentType,
          .body = failure.document};
}

}  // namespace

OutcomePost PostOf(const Outcome& outcome, std::string_view request_id, Dialect dialect) {
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    return ErrorPost(ErrorPath(request_id, dialect), *failure);
  }
  const auto& response = std::get<Response>(outcome);
  OutcomePost post{.path = ResponsePath(request_id, dialect),
                   .headers = response.headers,
                   .content_type = response.content_type,
                   .body = response.body};
  if (post.content_type.empty()) post.content_type = kResponseContentType;
  if (response.http_params) post.headers.emplace_back(kHttpParamsHeader, *response.http_params);
  return post;
}

OutcomePost InitErrorPostOf(const Failure& failure, Dialect dialect) {
  OutcomePost post = ErrorPost(PathIn(dialect, kInitErrorPath), failure);
  if (dialect == Dialect::kAws) post.headers.emplace_back(kErrorTypeHeader, failure.type);
  return post;
}

}  // namespace openfc::wire
