#pragma once

#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

/// Writes zips with any entries at all, the ones too that no tool writes. Nothing is compressed.
class ZipWriter {
 public:
  ZipWriter& File(const std::string& name, const std::string& bytes, unsigned mode = 0100644) {
    entries_.push_back({name, bytes, mode, static_cast<std::uint32_t>(bytes_.size())});
    Number(0x04034b50, 4);
    Common(entries_.back());
    bytes_ += name + bytes;
    return *this;
  }
  ZipWriter& Folder(const std::string& name, unsigned mode = 040755) {
    return File(name, "", mode);
  }
  ZipWriter& Link(const std::string& name, const std::string& target) {
    return File(name, target, 0120777);
  }

  /// The file's bytes.
  std::string Bytes() {
    const auto begin = bytes_.size();
    for (const Entry& entry : entries_) {
      Number(0x02014b50, 4);
      Number(3 << 8 | 20, 2);  // Made on Unix: modes count.
      Common(entry);
      Number(0, 2 + 2 + 2);
      Number(entry.mode << 16, 4);
      Number(entry.offset, 4);
      bytes_ += entry.name;
    }
    const auto size = bytes_.size() - begin;
    Number(0x06054b50, 4);
    Number(0, 4);
    Number(static_cast<std::uint32_t>(entries_.size()), 2);
    Number(static_cast<std::uint32_t>(entries_.size()), 2);
    Number(static_cast<std::uint32_t>(size), 4);
    Number(static_cast<std::uint32_t>(begin), 4);
    Number(0, 2);
    return bytes_;
  }

  std::string WriteTo(const std::string& path) {
    std::ofstream(path, std::ios::binary) << Bytes();
    return path;
  }

 private:
  struct Entry {
    std::string name;
    std::string bytes;
    unsigned mode = 0;
    std::uint32_t offset = 0;
  };

  void Number(std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      bytes_.push_back(static_cast<char>(number & 0xff));
      number >>= 8;
    }
  }

  /// What stands in both headers of an entry.
  void Common(const Entry& entry) {
    Number(20, 2);
    Number(1 << 11, 2);  // Names are UTF-8.
    Number(0, 2 + 4);    // Stored; no time.
    Number(Checksum(entry.bytes), 4);
    Number(entry.bytes.size(), 4);
    Number(entry.bytes.size(), 4);
    Number(entry.name.size(), 2);
    Number(0, 2);
  }

  static std::uint32_t Checksum(std::string_view bytes) {
    std::uint32_t sum = 0xffffffff;
    for (const char c : bytes) {
      sum ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum;
  }

  std::string bytes_;
  std::vector<Entry> entries_;
};

}  // namespace openfc::emulator
