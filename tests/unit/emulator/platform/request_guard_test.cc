#include "emulator/platform/request_guard.h"

#include "tests/unit/runtime/http/server_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;

struct Row {
  std::string headers;
  bool passes;
};

/// Over a real connection: the address that it came to counts.
class RequestGuardTest : public ::testing::TestWithParam<Row> {
 protected:
  static std::string Ask(const std::string& headers,
                         http::OwnHosts::Pages pages = http::OwnHosts::Pages::kOfOurHosts) {
    const RequestGuard guard({"own.example"});
    const auto server =
        http::StartServer([&](const http::Request& request, http::Responder responder) {
          std::move(responder).Send(http::Text(guard.Refusal(request, pages).value_or("passes")));
        });
    http::RawClient client(server->port());
    client.Send("GET / HTTP/1.1\r\n" + headers + "\r\n");
    return client.ReadBody();
  }
};

TEST_P(RequestGuardTest, LetsOnlyItsOwnHostsAndPagesPass) {
  const std::string answer = Ask(GetParam().headers);

  EXPECT_EQ(answer == "passes", GetParam().passes) << GetParam().headers << answer;
}

INSTANTIATE_TEST_SUITE_P(
    Requests, RequestGuardTest,
    ::testing::Values(Row{"Host: 127.0.0.1:8080\r\n", true}, Row{"Host: 127.0.0.1\r\n", true},
                      Row{"Host: localhost:8080\r\n", true}, Row{"Host: LOCALHOST\r\n", true},
                      Row{"Host: hello.localhost:1\r\n", true},
                      Row{"Host: own.example:8080\r\n", true}, Row{"Host: Own.Example\r\n", true},
                      Row{"Host: evil.example\r\n", false},
                      Row{"Host: 127.0.0.1.evil.example\r\n", false},
                      Row{"Host: localhost.evil.example\r\n", false},
                      Row{"Host: evil-localhost\r\n", false}, Row{"Host: 127.0.0.2\r\n", false},
                      Row{"Host: [::1]:80\r\n", false}, Row{"Host: [::1\r\n", false},
                      Row{"Host: 0.0.0.0\r\n", false}, Row{"Host: \r\n", false},
                      Row{"Host: localhost\r\nOrigin: http://localhost:3000\r\n", true},
                      Row{"Host: localhost\r\nOrigin: https://own.example\r\n", true},
                      Row{"Host: localhost\r\nOrigin: http://127.0.0.1:1\r\n", true},
                      Row{"Host: localhost\r\nOrigin: https://evil.example\r\n", false},
                      Row{"Host: localhost\r\nOrigin: https://localhost.evil.example\r\n", false},
                      Row{"Host: localhost\r\nOrigin: null\r\n", false},
                      Row{"Host: localhost\r\nOrigin: localhost\r\n", false},
                      Row{"Host: localhost\r\nOrigin: \r\n", false}));

TEST_F(RequestGuardTest, LetsOnlyPagesOfThisServerCallWhatIsForNoPages) {
  const auto ask = [](const std::string& origin) {
    return Ask("Host: localhost:8080\r\nOrigin: http://" + origin + "\r\n",
               http::OwnHosts::Pages::kOfThisServer);
  };

  EXPECT_EQ(ask("localhost:8080"), "passes");
  EXPECT_EQ(ask("own.example"), "passes");
  EXPECT_THAT(ask("localhost:3000"), HasSubstr("'http://localhost:3000'"));
}

TEST_F(RequestGuardTest, SaysWhatToDoAboutARefusal) {
  EXPECT_THAT(Ask("Host: evil.example\r\n"), HasSubstr("'evil.example'"));
  EXPECT_THAT(Ask("Host: evil.example\r\n"), HasSubstr("--allow-host"));
  EXPECT_THAT(Ask("Host: localhost\r\nOrigin: https://evil.example\r\n"),
              HasSubstr("--allow-host"));
}

}  // namespace
}  // namespace openfc::emulator
