#include "emulator/console/assets.h"

#include "emulator/digest/sha256.h"
#include "runtime/base/embedded_file.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <map>
#include <span>
#include <utility>

namespace openfc::emulator {

// The generated source.
std::span<const EmbeddedFile> ConsoleFiles();

namespace {

constexpr std::string_view kPage = "console.html";
constexpr std::string_view kPlaceholder = "{{token}}";
constexpr std::string_view kFolder = "/_openfc/";
constexpr std::size_t kEtagDigits = 16;

constexpr auto kContentTypes = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{".html", "text/html; charset=utf-8"},
     {".css", "text/css; charset=utf-8"},
     {".js", "text/javascript; charset=utf-8"},
     {".svg", "image/svg+xml"}});

std::string_view ContentTypeOf(std::string_view name) {
  const auto* const found =
      std::find_if(kContentTypes.begin(), kContentTypes.end(),
                   [name](const auto& type) { return name.ends_with(type.first); });
  assert(found != kContentTypes.end());
  return found->second;
}

Asset MakeAsset(const EmbeddedFile& file) {
  Asset asset{.content_type = ContentTypeOf(file.name), .bytes = file.bytes(), .etag = {}};
  if (file.name == kPage) return asset;
  asset.etag.append("\"").append(Sha256Hex(asset.bytes), 0, kEtagDigits).append("\"");
  return asset;
}

std::map<std::string, Asset, std::less<>> ListAssets() {
  std::map<std::string, Asset, std::less<>> assets;
  for (const EmbeddedFile& file : ConsoleFiles()) {
    const std::string path = file.name == kPage ? "/" : std::string(kFolder).append(file.name);
    assets.emplace(path, MakeAsset(file));
  }
  return assets;
}

}  // namespace

const Asset* FindAsset(std::string_view path) {
  static const auto assets = ListAssets();
  const auto found = assets.find(path);
  return found == assets.end() ? nullptr : &found->second;
}

std::string FillToken(std::string_view page, std::string_view token) {
  const auto place = page.find(kPlaceholder);
  assert(place != std::string_view::npos);
  return std::string(page).replace(place, kPlaceholder.size(), token);
}

}  // namespace openfc::emulator
