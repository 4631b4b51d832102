#include "lang/python/exchange.h"

#include "lang/python/interpreter/gil.h"
#include "lang/python/response_head.h"
#include "lang/python/text.h"

#include <cstddef>
#include <cstdio>
#include <string_view>
#include <utility>
#include <variant>

namespace openfc::python {

namespace py = pybind11;

namespace {

[[noreturn]] void Raise(PyObject* type, const std::string& what) {
  PyErr_SetString(type, what.c_str());
  throw py::error_already_set();
}

/// The bytes of an object that has any; they live as long as it does.
class ByteView {
 public:
  explicit ByteView(py::handle object) {
    if (PyObject_GetBuffer(object.ptr(), &buffer_, PyBUF_SIMPLE) != 0) {
      throw py::error_already_set();
    }
  }
  ~ByteView() { PyBuffer_Release(&buffer_); }
  ByteView(const ByteView&) = delete;
  ByteView& operator=(const ByteView&) = delete;

  std::string_view view() const {
    return {static_cast<const char*>(buffer_.buf), static_cast<std::size_t>(buffer_.len)};
  }

 private:
  Py_buffer buffer_{};
};

py::bytes Bytes(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

py::object Welcome(const Expected<bool>& written) {
  if (!written) return py::none();
  return py::bool_(*written);
}

py::object ReadBytes(const Expected<std::string>& chunk) {
  if (!chunk)
    Raise(PyExc_ConnectionResetError, "the request ended early: " + chunk.error().message);
  return Bytes(*chunk);
}

Error Nobody() { return {ErrorCode::kCancelled, "a forked process has no client"}; }

Error Over() { return {ErrorCode::kCancelled, "the request is over"}; }

py::object Farewell(const MessageChannel::Closed& closed) {
  return py::make_tuple(false, py::make_tuple(closed.code, Text(closed.reason)));
}

[[noreturn]] void RaiseNothingToAnswer() {
  Raise(PyExc_RuntimeError, "there is nothing to be answered any more");
}

}  // namespace

Exchange::Ways Exchange::WaysOf(Invocation& invocation, Reply reply) {
  Ways ways{.reader = nullptr, .reply = std::move(reply), .writer = nullptr, .channel = nullptr};
  auto* reader = std::get_if<std::unique_ptr<BodyReader>>(&invocation.body);
  if (reader != nullptr) ways.reader = std::move(*reader);
  return ways;
}

Exchange::Exchange(std::unique_ptr<Invocation> invocation, Reply reply)
    : invocation_(std::move(invocation)),
      has_reader_(std::holds_alternative<std::unique_ptr<BodyReader>>(invocation_->body)),
      ways_(WaysOf(*invocation_, std::move(reply))) {}

py::object Exchange::TakeBody() {
  if (has_reader_) return py::none();
  auto* whole = std::get_if<std::string>(&invocation_->body);
  return whole == nullptr ? Bytes("") : Bytes(std::exchange(*whole, {}));
}

py::object Exchange::Read() {
  if (!has_reader_) return TakeBody();
  Ways* const ways = ways_.Get();
  if (ways == nullptr) return ReadBytes(Nobody());
  if (!ways->reader) return ReadBytes(Over());
  const auto chunk = [ways] {
    const NoGil others_run;
    return ways->reader->Read();
  }();
  return ReadBytes(chunk);
}

py::object Exchange::TryRead(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket) {
  if (!has_reader_) return TakeBody();
  Ways* const ways = ways_.Get();
  if (ways == nullptr) return ReadBytes(Nobody());
  if (!ways->reader) return ReadBytes(Over());
  const auto chunk = [&] {
    const NoGil others_run;
    return ways->reader->TryRead(Waker(inbox, ticket));
  }();
  if (!chunk) return py::none();
  return ReadBytes(*chunk);
}

void Exchange::Start(int status, py::handle headers) { head_ = ResponseHead(status, headers); }

void Exchange::Send(const py::handle& body) {
  Ways* const ways = ways_.Get();
  if (ways == nullptr) return;
  if (!ways->reply || !head_) RaiseNothingToAnswer();
  Response response{.body = std::string(ByteView(body).view()),
                    .status = head_->status,
                    .headers = std::move(head_->headers)};
  auto reply = std::exchange(ways->reply, std::nullopt);
  const NoGil others_run;
  (void)std::fflush(stdout);
  std::move(*reply).Send(std::move(response));
}

void Exchange::Begin() {
  Ways* const ways = ways_.Get();
  if (ways == nullptr) return;
  if (!ways->reply || !head_) RaiseNothingToAnswer();
  auto writer = [this, ways] {
    const NoGil others_run;
    return ways->reply->Begin(*std::exchange(head_, std::nullopt));
  }();
  if (!writer)
    Raise(PyExc_RuntimeError, "the response cannot be streamed: " + writer.error().message);
  ways->writer = *std::move(writer);
  ways->reply.reset();
}

bool Exchange::Write(const py::handle& chunk) {
  Ways* const ways = ways_.Get();
  if (ways == nullptr) return false;
  if (!ways->writer) Raise(PyExc_RuntimeError, "the response is over");
  const ByteView bytes(chunk);
  const NoGil others_run;
  return ways->writer->Write(bytes.view()).has_value();
}

py::object Exchange::TryWrite(const py::handle& chunk, const std::shared_ptr<LoopInbox>& inbox,
                              std::uint64_t ticket) {
  Ways* const ways = ways_.Get();
  if (ways == nullptr) return py::none();
  if (!ways->writer) Raise(PyExc_RuntimeError, "the response is over");
  const ByteView bytes(chunk);
  return Welcome([&] {
    const NoGil others_run;
    return ways->writer->TryWrite(bytes.view(), Waker(inbox, ticket));
  }());
}

void Exchange::Finish() {
  Ways* const ways = ways_.Get();
  if (ways == nullptr || !ways->writer) return;
  const auto writer = std::move(ways->writer);
  const NoGil others_run;
  (void)std::fflush(stdout);
  (void)writer->Finish();
}

void Exchange::Answer(Outcome outcome) {
  Ways* const ways = ways_.Get();
  if (ways == nullptr) return;
  if (ways->reply) {
    auto reply = std::exchange(ways->reply, std::nullopt);
    const NoGil others_run;
    std::move(*reply).Send(std::move(outcome));
  }
  Close();
}

void Exchange::WatchHalfClosed(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket) {
  Ways* const ways = ways_.Get();
  if (ways == nullptr || !ways->reply) return;
  const NoGil others_run;
  ways->reply->WhenHalfClosed(Waker(inbox, ticket));
}

void Exchange::WatchGone(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket) {
  Ways* const ways = ways_.Get();
  if (ways == nullptr || !ways->reply) return;
  const NoGil others_run;
  ways->reply->WhenGone(Waker(inbox, ticket));
}

void Exchange::Accept(py::handle headers) {
  Ways* const ways = ways_.Get();
  if (ways == nullptr) return;
  constexpr int kAnyStatus = 200;
  StreamHead head = ResponseHead(kAnyStatus, headers);
  if (!ways->reply) RaiseNothingToAnswer();
  auto channel = [&] {
    const NoGil others_run;
    return ways->reply->Upgrade(std::move(head.headers));
  }();
  if (!channel)
    Raise(PyExc_RuntimeError, "the request cannot be upgraded: " + channel.error().message);
  ways->channel = *std::move(channel);
  ways->reply.reset();
}

py::object Exchange::Receive(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket) {
  Ways* const ways = ways_.Get();
  if (ways == nullptr) return Farewell({});
  if (!ways->channel) Raise(PyExc_RuntimeError, "the channel is not open");
  const auto received = [&] {
    const NoGil others_run;
    return ways->channel->TryReceive(Waker(inbox, ticket));
  }();
  if (!received) return py::none();
  if (const auto* closed = std::get_if<MessageChannel::Closed>(&*received)) {
    return Farewell(*closed);
  }
  const auto& message = std::get<Message>(*received);
  if (message.is_text) return py::make_tuple(true, Text(message.data));
  return py::make_tuple(true, Bytes(message.data));
}

py::object Exchange::SendMessage(bool is_text, const py::handle& data,
                                 const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket) {
  Ways* const ways = ways_.Get();
  if (ways == nullptr) return py::none();
  if (!ways->channel) Raise(PyExc_RuntimeError, "the channel is not open");
  Message message{.is_text = is_text, .data = std::string(ByteView(data).view())};
  return Welcome([&] {
    const NoGil others_run;
    return ways->channel->TrySend(std::move(message), Waker(inbox, ticket));
  }());
}

void Exchange::CloseChannel(int code, std::string reason) {
  Ways* const ways = ways_.Get();
  if (ways == nullptr || !ways->channel) return;
  const NoGil others_run;
  ways->channel->Close(code, std::move(reason));
}

void Exchange::Close() {
  Ways* const ways = ways_.Get();
  if (ways == nullptr) return;
  if (!ways->reply && !ways->reader && !ways->writer && !ways->channel) return;
  Ways closed = std::exchange(*ways, {});
  const NoGil others_run;
  closed = {};
}

}  // namespace openfc::python
