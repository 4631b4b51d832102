#include "runtime/base/log.h"

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <mutex>

namespace openfc {
namespace {

constexpr std::size_t kMaxRecordBytes = 128 * 1024;

void WriteRecord(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;  // A log that cannot be written is nobody's to repair.
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

class FramedSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FramedSink(int fd) : fd_(fd) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    WriteRecord(fd_, FrameRecord({text.data(), text.size()}));
  }
  void flush_() override {}

  const int fd_;
};

spdlog::sink_ptr MakeSink(const LogOptions& options) {
  if (options.frame_fd >= 0) return std::make_shared<FramedSink>(options.frame_fd);
  return std::make_shared<spdlog::sinks::stderr_sink_mt>();
}

}  // namespace

void InitLog(const LogOptions& options) {
  auto logger = std::make_shared<spdlog::logger>(options.program, MakeSink(options));
  logger->set_level(options.level);
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ [%l] %n: %v", spdlog::pattern_time_type::utc);
  spdlog::set_default_logger(std::move(logger));
}

std::string FrameRecord(std::string_view text) {
  const bool cut = text.size() > kMaxRecordBytes;
  const auto length = static_cast<std::uint32_t>(cut ? kMaxRecordBytes : text.size());
  std::string frame("\xed\xdb\xac\x9b", 4);
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<char>((length >> shift) & 0xff));
  }
  frame.append(text.substr(0, length));
  if (cut) frame.back() = '\n';
  return frame;
}

}  // namespace openfc
