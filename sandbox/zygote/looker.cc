#include "sandbox/zygote/looker.h"

#include "sandbox/wire/channel.h"
#include "sandbox/zygote/helper_process.h"

namespace openfc::sandbox {
namespace {

struct Question {
  std::uint64_t run = 0;
  Sight sight;
};

void AnswerAll(int socket) {
  Question question;
  while (ReceiveMessage(socket, question)) {
    const Looker::Answer answer{.run = question.run, .use = LookAt(question.sight)};
    if (!SendMessage(socket, answer)) return;
  }
}

}  // namespace

Expected<std::unique_ptr<Looker>> Looker::Start() {
  auto socket = ForkHelper("sandbox-looker", AnswerAll);
  if (!socket) return socket.error();
  // Not make_unique: the constructor is private.
  return std::unique_ptr<Looker>(new Looker(*std::move(socket)));
}

bool Looker::Ask(std::uint64_t run, const Sight& sight) const {
  return SendMessage(socket_.get(), Question{.run = run, .sight = sight}).has_value();
}

std::optional<Looker::Answer> Looker::TakeAnswer() const {
  Answer answer;
  if (!ReceiveMessage(socket_.get(), answer)) return std::nullopt;
  return answer;
}

}  // namespace openfc::sandbox
