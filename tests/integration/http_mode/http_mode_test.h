#pragma once

#include "tests/fakes/http_instance.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <string>

namespace openfc::testing {

inline constexpr const char* kHttpFunction =
    R"(import os, signal, sys, time
def handler(event, context):
    return globals()[event.decode()]()
def echo():
    return 'served'
def process():
    return str(os.getpid())
def waits():
    print('waits', flush=True)
    os.open('gate', os.O_RDONLY)
    return 'waited'
def meets():
    os.open('meeting', os.O_WRONLY)
    return str(os.getpid())
def sleeps():
    print('sleeps', flush=True)
    time.sleep(3600)
def raises():
    raise ValueError('text')
def exits():
    os._exit(3)
def kills_itself():
    os.kill(os.getpid(), signal.SIGKILL)
async def handler_async(event, context):
    import asyncio
    if event == b'sleeps':
        await asyncio.sleep(3600)
    if event == b'blocks':
        time.sleep(3600)
    return event
)";

/// The real programs with a function that does as the event says.
class HttpModeTest : public ::testing::Test {
 protected:
  HttpModeTest() : instance_(kHttpFunction) {
    for (const char* name : {"gate", "meeting"}) {
      ::mkfifo((instance_.code() / name).c_str(), 0600);
    }
  }

  /// Sends an event, and does not wait for what comes of it.
  http::RawClient Send(const std::string& event, const HeaderPairs& headers = {}) const {
    http::RawClient client = instance_.Connect();
    client.Send(BytesOf({.headers = headers, .body = event}));
    return client;
  }

  bool AwaitText(const std::string& text) { return instance_.program().output().Await(text); }
  std::string Err() { return instance_.program().output().err(); }

  /// Lets go who waits at the gate; blocks until somebody does.
  void OpenGate() const {
    const UniqueFd gate(::open((instance_.code() / "gate").c_str(), O_WRONLY));
    EXPECT_TRUE(gate.is_open());
  }

  void ExpectEnd(int exit_code) {
    EXPECT_EQ(instance_.program().AwaitEnd(), (ProgramEnd{.exit_code = exit_code, .signal = 0}))
        << Err();
    EXPECT_THAT(instance_.program().Family(), ::testing::IsEmpty());
  }

  HttpInstance instance_;
};

}  // namespace openfc::testing
