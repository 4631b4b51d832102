#pragma once

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace openfc::testing {

/// A tar as anybody may write one: names, types and links as they are said.
class TarWriter {
 public:
  TarWriter& File(const std::string& name, std::string_view text, unsigned mode = 0644) {
    return Add('0', name, "", text, mode);
  }
  TarWriter& Folder(const std::string& name, unsigned mode = 0755) {
    return Add('5', name, "", "", mode);
  }
  TarWriter& Link(const std::string& name, const std::string& to) {
    return Add('2', name, to, "", 0777);
  }
  TarWriter& HardLink(const std::string& name, const std::string& to) {
    return Add('1', name, to, "", 0644);
  }

  /// 3 is a device of characters, 4 one of blocks, 6 a pipe.
  TarWriter& Special(char type, const std::string& name) { return Add(type, name, "", "", 0644); }

  std::string bytes() const { return bytes_ + std::string(1024, '\0'); }

 private:
  struct Header {
    char name[100], mode[8], owner[8], group[8], size[12], changed[12], sum[8], type, link[100],
        magic[6], version[2], rest[247];
  };
  static_assert(sizeof(Header) == 512);

  TarWriter& Add(char type, const std::string& name, const std::string& link, std::string_view text,
                 unsigned mode) {
    Header header{};
    std::memcpy(header.name, name.data(), std::min(name.size(), sizeof(header.name)));
    std::memcpy(header.link, link.data(), std::min(link.size(), sizeof(header.link)));
    std::snprintf(header.mode, sizeof(header.mode), "%07o", mode);
    std::snprintf(header.owner, sizeof(header.owner), "%07o", 0U);
    std::snprintf(header.group, sizeof(header.group), "%07o", 0U);
    std::snprintf(header.size, sizeof(header.size), "%011zo", text.size());
    std::snprintf(header.changed, sizeof(header.changed), "%011o", 0U);
    std::memcpy(header.magic, "ustar", 6);
    std::memcpy(header.version, "00", 2);
    header.type = type;
    std::memset(header.sum, ' ', sizeof(header.sum));
    unsigned sum = 0;
    const auto* raw = reinterpret_cast<const unsigned char*>(&header);
    for (std::size_t i = 0; i < sizeof(header); ++i) sum += raw[i];
    std::snprintf(header.sum, sizeof(header.sum), "%06o", sum);
    bytes_.append(reinterpret_cast<const char*>(&header), sizeof(header)).append(text);
    bytes_.append((512 - text.size() % 512) % 512, '\0');
    return *this;
  }

  std::string bytes_;
};

}  // namespace openfc::testing
