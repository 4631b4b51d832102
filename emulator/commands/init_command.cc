#include "emulator/commands/init_command.h"

#include "emulator/commands/exit_codes.h"
#include "emulator/commands/function_choice.h"
#include "emulator/commands/terminal.h"
#include "emulator/templates/function_template.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInitExamples = R"(Examples:
  fclocal init resize                      a function of events, in the folder resize
  fclocal init --template http             a function of HTTP requests, in this folder
  fclocal init shop --template fastapi --name shop-api

A function is code, an s.yaml (edition 3.0.0), tests for pytest and a README.md. No file is overwritten.)";

struct InitCommandLine {
  std::string folder = ".";
  std::string name;
  std::string template_name = "event";
};

std::string TemplatesForPeople() {
  std::string text = "What it begins as:";
  for (const FunctionTemplate& known : FunctionTemplates()) {
    text.append(text.ends_with(':') ? " " : ", ").append(known.name);
    text.append(" (").append(known.description).append(")");
  }
  return text + " [event]";
}

Status RefuseToOverwrite(const fs::path& folder, const std::vector<TemplateFile>& files) {
  std::string existing;
  for (const TemplateFile& file : files) {
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(folder / file.path, ignored))) continue;
    existing.append(existing.empty() ? "" : ", ").append(file.path);
  }
  if (existing.empty()) return Ok();
  return Error{ErrorCode::kInvalidArgument, folder.string() + " has " + existing +
                                                " already: nothing was written; name another "
                                                "folder"};
}

Status Write(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file.fail()) return Ok();
  return SystemError("cannot write " + path.string(), errno);
}

int Init(const std::string& folder, const std::vector<TemplateFile>& files) {
  if (const Status free = RefuseToOverwrite(folder, files); !free) {
    return RefuseUsage(free.error());
  }
  std::string names;
  for (const TemplateFile& file : files) {
    if (const Status written = Write(fs::path(folder) / file.path, file.text); !written) {
      Say(written.error().message);
      return kFailedExit;
    }
    names.append(names.empty() ? "" : ", ").append(file.path);
  }
  Say("wrote " + names + " into " + folder + "; its README.md says how to go on");
  return 0;
}

}  // namespace

Interpretation DeclareInit(CLI::App& app) {
  const auto options = std::make_shared<InitCommandLine>();
  app.add_option("DIR", options->folder, "The folder; made if it is not there [.]");
  app.add_option("--template", options->template_name, TemplatesForPeople())->type_name("NAME");
  app.add_option("--name", options->name, "The function's name [the folder's]")->type_name("NAME");
  app.footer(kInitExamples);
  return [options]() -> Expected<Work> {
    const std::string folder = Absolute(options->folder);
    const std::string name =
        options->name.empty() ? fs::path(folder).filename().string() : options->name;
    auto files = FillTemplate(options->template_name, name);
    if (!files) return files.error();
    return Work(
        [folder, files = *std::move(files)](const Variables&) { return Init(folder, files); });
  };
}

}  // namespace openfc::emulator
