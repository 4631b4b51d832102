#include "runtime/client/platform_route.h"

#include "runtime/wire/routes.h"

#include <utility>

namespace openfc {
namespace {

constexpr int kMostFailedPairs = 3;

std::string CommonHead(const std::string& authority) {
  return std::string(" HTTP/1.1\r\nHost: ")
      .append(authority)
      .append("\r\nUser-Agent: ")
      .append(wire::kUserAgent)
      .append("\r\n");
}

}  // namespace

PlatformRoute::PlatformRoute(ApiAddress api, Dialect dialect)
    : api_(std::move(api)),
      common_head_(CommonHead(api_.Authority())),
      poll_request_("GET " + wire::PathIn(dialect, wire::kNextPath) + common_head_ + "\r\n") {}

Expected<PlatformAddress> PlatformRoute::Resolve() const {
  auto address = ResolvePlatform(api_);
  if (address) return address;
  return Error{ErrorCode::kUnavailable, address.error().message};
}

std::string PlatformRoute::PostHead(const HttpPost& post) const {
  constexpr std::size_t kUsualLength = 512;
  std::string head;
  head.reserve(kUsualLength);
  head.append("POST ").append(post.path).append(common_head_);
  for (const auto& [name, value] : post.headers) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
  head.append("Content-Type: ").append(post.content_type);
  return head.append("\r\nContent-Length: ")
      .append(std::to_string(post.body.size()))
      .append("\r\n\r\n");
}

void PlatformRoute::PairFailed() {
  if (++failed_pairs_ >= kMostFailedPairs) pairs_.store(Pairs::kFail);
}

}  // namespace openfc
