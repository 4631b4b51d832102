#include "sandbox/service/dressed_answers.h"

#include <cstdint>
#include <memory>
#include <utility>

namespace openfc::sandbox {
namespace {

/// Passes all on to a Responder, with headers added. Used as a Responder is: by its one owner, but
/// for Overrule().
class DressedLine final : public http::AnswerLine {
 public:
  DressedLine(http::Responder inner, http::HeaderList headers)
      : inner_(std::move(inner)), overruler_(inner_.overruler()), headers_(std::move(headers)) {}

  void Answer(std::uint64_t /*ticket*/, http::Response response) override {
    std::move(inner_).Send(Dress(std::move(response)));
  }
  std::unique_ptr<http::AnswerWriter> Begin(std::uint64_t /*ticket*/,
                                            http::Response head) override {
    auto begun = inner_.Begin(Dress(std::move(head)));
    return begun ? *std::move(begun) : nullptr;
  }
  std::unique_ptr<http::WebSocket> Upgrade(std::uint64_t /*ticket*/,
                                           http::HeaderList headers) override {
    headers.insert(headers.end(), headers_.begin(), headers_.end());
    auto upgraded = inner_.Upgrade(std::move(headers));
    return upgraded ? *std::move(upgraded) : nullptr;
  }
  void Overrule(std::uint64_t /*ticket*/, http::Response response) override {
    overruler_.Answer(Dress(std::move(response)));
  }
  void WhenHalfClosed(std::uint64_t /*ticket*/, std::function<void()> callback) override {
    inner_.WhenHalfClosed(std::move(callback));
  }
  void WhenGone(std::uint64_t /*ticket*/, std::function<void()> callback) override {
    inner_.WhenGone(std::move(callback));
  }
  bool IsHalfClosed() const override { return inner_.IsHalfClosed(); }

 private:
  http::Response Dress(http::Response response) const {
    response.headers.insert(response.headers.end(), headers_.begin(), headers_.end());
    return response;
  }

  http::Responder inner_;
  const http::Overruler overruler_;
  const http::HeaderList headers_;
};

}  // namespace

http::Responder DressAnswers(http::Responder responder, http::HeaderList headers) {
  const auto offer =
      responder.can_upgrade() ? http::Responder::Offer::kUpgrade : http::Responder::Offer::kAnswer;
  return {std::make_shared<DressedLine>(std::move(responder), std::move(headers)), 0, offer};
}

}  // namespace openfc::sandbox
