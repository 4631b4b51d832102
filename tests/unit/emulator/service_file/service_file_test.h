// Reading a s.yaml that is made of text: one good file of each edition, to be changed by the cases.
#pragma once

#include "emulator/service_file/service_file.h"
#include "tests/fakes/temp_dir.h"

#include <gtest/gtest.h>

#include <string>

namespace openfc::emulator {

inline constexpr const char* kFc3 = R"(edition: 3.0.0
name: demo
access: default
vars:
  region: cn-shanghai
resources:
  hello:
    component: fc3
    props:
      region: ${vars.region}
      functionName: hello-fn
      runtime: python3.10
      handler: app.main
      code: ./src
      memorySize: 256
      timeout: 10
      environmentVariables:
        MODE: ${env('MODE', 'test')}
        DEBUG: true
      logConfig: {project: logs, logstore: fc}
)";

inline constexpr const char* kFc2 = R"(edition: 1.0.0
name: demo
services:
  hello:
    component: devsapp/fc@0.1.0
    props:
      region: cn-beijing
      service:
        name: shop
        role: acs:ram
        logConfig: {project: logs, logstore: fc}
      function:
        name: hello-fn
        runtime: python3
        handler: index.handler
        codeUri: code
        timeout: 5
        environmentVariables: {GREETING: hi}
      triggers: [{name: web, type: http}]
)";

class ServiceFileTest : public ::testing::Test {
 protected:
  Expected<ServiceFunction> Read(const std::string& text) {
    query_.path = folder_.WriteFile("s.yaml", text).string();
    return ReadServiceFile(query_, environment_);
  }
  /// The sentence, without the file's name.
  std::string Refusal(const std::string& text) {
    const auto function = Read(text);
    return function ? "" : function.error().message.substr(query_.path.size() + 2);
  }
  static std::string Replace(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }

  openfc::testing::TempDir folder_;
  Variables environment_;
  ServiceFileQuery query_;
};

}  // namespace openfc::emulator
