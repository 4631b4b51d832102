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

}  // namespace

Exchange::Exchange(std::unique_ptr<Invocation> invocation, Reply reply)
    : invocation_(std::move(invocation)), reply_(std::make_unique<Reply>(std::move(reply))) {
  auto* reader = std::get_if<std::unique_ptr<BodyReader>>(&invocation_->body);
  if (reader != nullptr) reader_ = std::move(*reader);
}

py::object Exchange::TakeBody() {
  if (reader_) return py::none();
  auto* whole = std::get_if<std::string>(&invocation_->body);
  return whole == nullptr ? Bytes("") : Bytes(std::exchange(*whole, {}));
}

py::object Exchange::Read() {
  if (!reader_) return TakeBody();
  const auto chunk = [this] {
    const NoGil others_run;
    return reader_->Read();
  }();
  return ReadBytes(chunk);
}

py::object Exchange::TryRead(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket) {
  if (!reader_) return TakeBody();
  const auto chunk = [&] {
    const NoGil others_run;
    return reader_->TryRead(Waker(inbox, ticket));
  }();
  if (!chunk) return py::none();
  return ReadBytes(*chunk);
}

void Exchange::Start(int status, py::handle headers) { head_ = ResponseHead(status, headers); }

void Exchange::Send(const py::handle& body) {
  if (process_.WasLeft()) return;
  if (!reply_ || !head_) Raise(PyExc_RuntimeError, "there is nothing to be answered any more");
  Response response{.body = std::string(ByteView(body).view()),
                    .status = head_->status,
                    .headers = std::move(head_->headers)};
  const auto reply = std::move(reply_);
  const NoGil others_run;
  (void)std::fflush(stdout);
  std::move(*reply).Send(std::move(response));
}

void Exchange::Begin() {
  if (process_.WasLeft()) return;
  if (!reply_ || !head_) Raise(PyExc_RuntimeError, "there is nothing to be answered any more");
  auto writer = [this] {
    const NoGil others_run;
    return reply_->Begin(*std::exchange(head_, std::nullopt));
  }();
  if (!writer)
    Raise(PyExc_RuntimeError, "the response cannot be streamed: " + writer.error().message);
  writer_ = *std::move(writer);
  reply_.reset();
}

bool Exchange::Write(const py::handle& chunk) {
  if (process_.WasLeft()) return false;
  if (!writer_) Raise(PyExc_RuntimeError, "the response is over");
  const ByteView bytes(chunk);
  const NoGil others_run;
  return writer_->Write(bytes.view()).has_value();
}

py::object Exchange::TryWrite(const py::handle& chunk, const std::shared_ptr<LoopInbox>& inbox,
                              std::uint64_t ticket) {
  if (process_.WasLeft()) return py::none();
  if (!writer_) Raise(PyExc_RuntimeError, "the response is over");
  const ByteView bytes(chunk);
  return Welcome([&] {
    const NoGil others_run;
    return writer_->TryWrite(bytes.view(), Waker(inbox, ticket));
  }());
}

void Exchange::Finish() {
  if (!writer_ || process_.WasLeft()) return;
  const auto writer = std::move(writer_);
  const NoGil others_run;
  (void)std::fflush(stdout);
  (void)writer->Finish();
}

void Exchange::Answer(Outcome outcome) {
  if (process_.WasLeft()) return;
  if (reply_) {
    const auto reply = std::move(reply_);
    const NoGil others_run;
    std::move(*reply).Send(std::move(outcome));
  }
  Close();
}

void Exchange::WatchGone(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket) {
  if (!reply_ || process_.WasLeft()) return;
  const NoGil others_run;
  reply_->WhenGone(Waker(inbox, ticket));
}

void Exchange::Accept(py::handle headers) {
  if (process_.WasLeft()) return;
  constexpr int kAnyStatus = 200;
  StreamHead head = ResponseHead(kAnyStatus, headers);
  if (!reply_) Raise(PyExc_RuntimeError, "there is nothing to be answered any more");
  auto channel = [&] {
    const NoGil others_run;
    return reply_->Upgrade(std::move(head.headers));
  }();
  if (!channel)
    Raise(PyExc_RuntimeError, "the request cannot be upgraded: " + channel.error().message);
  channel_ = *std::move(channel);
  reply_.reset();
}

py::object Exchange::Receive(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket) {
  if (!channel_) Raise(PyExc_RuntimeError, "the channel is not open");
  const auto received = [&] {
    const NoGil others_run;
    return channel_->TryReceive(Waker(inbox, ticket));
  }();
  if (!received) return py::none();
  if (const auto* closed = std::get_if<MessageChannel::Closed>(&*received)) {
    return py::make_tuple(false, py::make_tuple(closed->code, Text(closed->reason)));
  }
  const auto& message = std::get<Message>(*received);
  if (message.is_text) return py::make_tuple(true, Text(message.data));
  return py::make_tuple(true, Bytes(message.data));
}

py::object Exchange::SendMessage(bool is_text, const py::handle& data,
                                 const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket) {
  if (process_.WasLeft()) return py::none();
  if (!channel_) Raise(PyExc_RuntimeError, "the channel is not open");
  Message message{.is_text = is_text, .data = std::string(ByteView(data).view())};
  return Welcome([&] {
    const NoGil others_run;
    return channel_->TrySend(std::move(message), Waker(inbox, ticket));
  }());
}

void Exchange::CloseChannel(int code, std::string reason) {
  if (!channel_ || process_.WasLeft()) return;
  const NoGil others_run;
  channel_->Close(code, std::move(reason));
}

void Exchange::Close() {
  if (process_.WasLeft()) return LeaveToParent();
  if (!reply_ && !reader_ && !writer_ && !channel_) return;
  auto reply = std::move(reply_);
  auto reader = std::move(reader_);
  auto writer = std::move(writer_);
  auto channel = std::move(channel_);
  const NoGil others_run;
  reply.reset();
  reader.reset();
  writer.reset();
  channel.reset();
}

void Exchange::LeaveToParent() {
  // To end them would be to use the parent's locks and threads, as they stood at the fork.
  (void)reply_.release();
  (void)reader_.release();
  (void)writer_.release();
  (void)channel_.release();
}

}  // namespace openfc::python
