#pragma once

#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace openfc::testing {

/// A port that nobody listens on.
inline std::uint16_t FreePort() {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  socklen_t size = sizeof(address);
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket.get(), plain, size) != 0 || ::getsockname(socket.get(), plain, &size) != 0) {
    throw std::runtime_error("no free port");
  }
  return ntohs(address.sin_port);
}

/// A real `fclocal start` with a custom runtime.
class StartCustomTest : public StartTest {
 protected:
  static std::string Server() {
    return OPENFC_SOURCE_DIR "/tests/integration/fclocal/custom_server.py";
  }

  /// The function `f` with the server of these tests. `props` are further lines of its properties,
  /// `runtime` of its customRuntimeConfig.
  void DefineServer(const std::string& props = "", const std::string& runtime = "",
                    const std::string& host = "0.0.0.0") {
    DefineCustom("[python3, '" + Server() + "', '" + host + "']", props, runtime);
  }

  void DefineCustom(const std::string& command, const std::string& props = "",
                    const std::string& runtime = "") {
    const std::string file =
        "edition: 3.0.0\nresources:\n  f:\n    component: fc3\n    props:\n"
        "      region: cn-hangzhou\n      functionName: f\n      runtime: custom.debian10\n"
        "      code: .\n" +
        props +
        "      triggers: [{triggerName: t, triggerType: http, triggerConfig: {authType: "
        "anonymous, methods: [GET, POST, PUT, HEAD, DELETE]}}]\n"
        "      customRuntimeConfig:\n        port: " +
        std::to_string(server_port_) + "\n" +
        (command.empty() ? "" : "        command: " + command + "\n") + runtime;
    folder_.WriteFile("s.yaml", file);
  }

  /// The servers of these tests leave files beside their code, which is no change of it.
  void Begin(Words words = {}) {
    words.emplace_back("--no-reload");
    StartTest::Begin(words);
  }

  void WriteBootstrap(const std::string& text, ::mode_t mode = 0755) const {
    ::chmod(folder_.WriteFile("bootstrap", text).c_str(), mode);
  }

  bool AwaitLog(const std::string& text) const { return program_->output().Await(text); }

  /// Everything ends, and nothing stays behind.
  void ExpectCleanEnd() {
    const Invoked end = StopIt();
    EXPECT_EQ(end.exit_code, 130);
    EXPECT_THAT(end.survivors, ::testing::IsEmpty());
  }

  const std::uint16_t server_port_ = FreePort();
};

}  // namespace openfc::testing
