"""A web application by hand: what FastAPI and Starlette are behind their routes."""

greeting = {}


async def app(scope, receive, send):
    """Greets over HTTP, and echoes over a WebSocket."""
    await {"lifespan": live, "http": greet, "websocket": echo}[scope["type"]](scope, receive, send)


async def live(scope, receive, send):
    """Before the first request, and after the last one."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            greeting["text"] = "hello"
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


async def greet(scope, receive, send):
    """One request; the body, if there is one, is the name."""
    name = (await receive())["body"] or b"world"
    text = "%s %s, at %s" % (greeting["text"], name.decode(), scope["path"])
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": text.encode()})


async def echo(scope, receive, send):
    """One connection."""
    await receive()
    await send({"type": "websocket.accept"})
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        await send({"type": "websocket.send", "text": message.get("text") or "?"})
