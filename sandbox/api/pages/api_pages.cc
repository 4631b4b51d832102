#include "sandbox/api/pages/api_pages.h"

#include "runtime/base/embedded_file.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace openfc::sandbox {

// The generated source.
std::span<const EmbeddedFile> PageFiles();

namespace {

constexpr std::string_view kFolder = "/docs/assets/";
constexpr std::string_view kPacked = ".gz";

constexpr std::string_view kSwaggerPage = R"HTML(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TITLE - Swagger UI</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({url: '/openapi.json', dom_id: '#page', deepLinking: true});</script>
</body>
</html>
)HTML";

constexpr std::string_view kRedocPage = R"HTML(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TITLE - ReDoc</title>
<link rel="icon" href="data:,">
<style>body { margin: 0; }</style>
</head>
<body>
<redoc spec-url="/openapi.json"></redoc>
<script src="/docs/assets/redoc.standalone.js"></script>
</body>
</html>
)HTML";

/// Nothing is loaded from elsewhere, and no other page may show these within itself.
constexpr const char* kPolicy =
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; worker-src blob:; frame-ancestors 'none'";

http::Response Page(std::string_view page, std::string_view title) {
  constexpr std::string_view kPlace = "TITLE";
  std::string html(page);
  html.replace(html.find(kPlace), kPlace.size(), title);
  return {.headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Security-Policy", kPolicy},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = std::move(html)};
}

const char* ContentTypeOf(std::string_view name) {
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/plain; charset=utf-8";
}

/// All files are there packed only, which every browser takes.
std::optional<http::Response> AssetAt(std::string_view name) {
  const auto files = PageFiles();
  const auto found = std::find_if(files.begin(), files.end(), [name](const EmbeddedFile& file) {
    return file.name.ends_with(kPacked) &&
           file.name.substr(0, file.name.size() - kPacked.size()) == name;
  });
  if (found == files.end()) return std::nullopt;
  return http::Response{.headers = {{"Content-Type", ContentTypeOf(name)},
                                    {"Content-Encoding", "gzip"},
                                    {"Cache-Control", "max-age=3600"},
                                    {"X-Content-Type-Options", "nosniff"}},
                        .body = std::string(found->bytes())};
}

}  // namespace

bool HasApiPages() { return !PageFiles().empty(); }

std::optional<http::Response> AnswerApiPage(const http::Request& request, const ShownApi& api) {
  if (request.method() != "GET" && request.method() != "HEAD") return std::nullopt;
  const std::string_view path = request.path();
  if (path == "/openapi.json") {
    return http::Response{.headers = {{"Content-Type", "application/json"}},
                          .body = std::string(api.document)};
  }
  if (!HasApiPages()) return std::nullopt;
  if (path == "/docs") return Page(kSwaggerPage, api.title);
  if (path == "/redoc") return Page(kRedocPage, api.title);
  if (path.starts_with(kFolder)) return AssetAt(path.substr(kFolder.size()));
  return std::nullopt;
}

}  // namespace openfc::sandbox
