#include "tests/soak/http_function.h"

namespace openfc::soak {
namespace {

constexpr const char* kCode = R"(
import asyncio
import os
import threading

lock = threading.Lock()
counts = {"begun": 0, "ended": 0}
wrong = os.environ["SOAK_WRONG"]
earlier = []

def count(what):
    if wrong == "leaves-open" and what == "ended":
        return
    with lock:
        counts[what] += 1

def own(event):
    if event == b"counts":
        with lock:
            return b"%(begun)d %(ended)d" % {name.encode(): n for name, n in counts.items()}
    if wrong == "hoards":
        os.dup(0)
    if wrong == "mixed-up":
        earlier.append(event)
        if len(earlier) % 5 == 0:
            return earlier[-2]
    return event

def is_whole(event):
    return event == b"counts" or event.startswith(b"whole")

def cut(event):
    step = len(event) // 3 + 1
    return [event[at:at + step] for at in range(0, len(event), step)]

def pieces(event):
    count("begun")
    try:
        yield from cut(event)
        while event.startswith(b"endless"):
            yield b"more" * 4096
    finally:
        count("ended")

async def async_pieces(event):
    count("begun")
    try:
        for piece in cut(event):
            yield piece
        while event.startswith(b"endless"):
            yield b"more" * 4096
            await asyncio.sleep(0)
    finally:
        count("ended")

def event(event, context):
    return own(event)

def generator(event, context):
    return own(event) if is_whole(event) else pieces(event)

async def async_generator(event, context):
    if is_whole(event):
        yield own(event)
        return
    stream = async_pieces(event)
    try:
        async for piece in stream:
            yield piece
    finally:
        await stream.aclose()

def wsgi(environ, start_response):
    event = environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [own(event)] if is_whole(event) else pieces(event)

async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    if scope["type"] == "websocket":
        return await talk(receive, send)
    event, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        event += message["body"]
        more = message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if is_whole(event):
        return await send({"type": "http.response.body", "body": own(event)})
    async for piece in async_pieces(event):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})

async def talk(receive, send):
    await receive()
    count("begun")
    try:
        await send({"type": "websocket.accept"})
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            await send({"type": "websocket.send", "text": message["text"]})
    finally:
        count("ended")
)";

}  // namespace

const std::vector<HttpFunction>& HttpFunctions() {
  constexpr int kThreads = 4;
  static const std::vector<HttpFunction> functions = {
      {.handler = "index.event", .streams = false, .limit = kThreads},
      {.handler = "index.generator", .streams = true, .limit = kThreads},
      {.handler = "index.async_generator", .streams = true},
      {.handler = "index.wsgi", .streams = true, .limit = kThreads},
      {.handler = "index.asgi", .streams = true, .talks = true},
  };
  return functions;
}

std::string HttpFunctionCode() { return kCode; }

}  // namespace openfc::soak
