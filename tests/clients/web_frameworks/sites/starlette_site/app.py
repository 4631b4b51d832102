"""The application."""

import asyncio
import contextlib
import hashlib
import pathlib

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Host, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

HERE = pathlib.Path(__file__).parent
_events = {}


def _event(name):
    return _events.setdefault(name, asyncio.Event())


async def index(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return JSONResponse({"visits": request.session["visits"], "state": request.state.opened,
                         "here": str(request.url_for("number", value=7))})


class Number(HTTPEndpoint):
    """A resource."""

    async def get(self, request):
        return PlainTextResponse("number %d" % request.path_params["value"])

    def delete(self, request):
        return Response(status_code=204)

    async def put(self, request):
        return JSONResponse(await request.json(), 201)


async def upload(request):
    async with request.form(max_files=3) as form:
        content = await form["file"].read()
        return JSONResponse({"name": form["file"].filename, "title": form["title"],
                             "sha256": hashlib.sha256(content).hexdigest()})


async def events(request):
    """Server-sent: the second is made when somebody has asked for it."""
    async def pieces():
        yield "event: one\ndata: first\n\n"
        await asyncio.wait_for(_event("go").wait(), 20)
        yield "event: two\ndata: second\n\n"
    return StreamingResponse(pieces(), media_type="text/event-stream",
                             headers={"Cache-Control": "no-store"})


async def endless(request):
    async def pieces():
        try:
            while True:
                yield b"more" * 4096
                await asyncio.sleep(0)
        finally:
            _event("closed").set()
    return StreamingResponse(pieces())


async def set_event(request):
    """After the answer."""
    task = BackgroundTask(_event(request.path_params["name"]).set)
    return PlainTextResponse("will be", background=task)


async def await_event(request):
    await asyncio.wait_for(_event(request.path_params["name"]).wait(), 20)
    return PlainTextResponse("is")


async def conflict(request):
    raise HTTPException(409, "taken", headers={"X-Reason": "taken"})


async def broken(request):
    raise KeyError("broken")


async def raw(scope, receive, send):
    """Below all comforts: headers that come twice, a body in three messages, one of them empty."""
    await send({"type": "http.response.start", "status": 299,
                "headers": [(b"x-twice", b"1"), (b"x-twice", b"2"), (b"x-raw", scope["path"].encode())]})
    await send({"type": "http.response.body", "body": b"one ", "more_body": True})
    await send({"type": "http.response.body", "more_body": True})
    await send({"type": "http.response.body", "body": b"two"})


class Chat(WebSocketEndpoint):
    """Answers in JSON."""

    encoding = "json"

    async def on_connect(self, websocket):
        await websocket.accept(subprotocol="chat.2" if "chat.2" in websocket.scope["subprotocols"]
                               else None)

    async def on_receive(self, websocket, data):
        await websocket.send_json({"heard": data})

    async def on_disconnect(self, websocket, close_code):
        _events["code"] = close_code
        _event("left").set()


async def code(request):
    await asyncio.wait_for(_event("left").wait(), 20)
    return JSONResponse(_events["code"])


class Sign(BaseHTTPMiddleware):
    """Marks the answers."""

    async def dispatch(self, request, call_next):
        response = await call_next(request)
        response.headers["X-Signed"] = request.url.path
        return response


async def show_error(request, error):
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


@contextlib.asynccontextmanager
async def lifespan(application):
    yield {"opened": True}
    print("the lifespan is over", flush=True)


app = Starlette(
    routes=[
        Route("/", index, middleware=[Middleware(Sign)]),
        Route("/numbers/{value:int}", Number, name="number"),
        Route("/upload", upload, methods=["POST"]),
        Route("/events", events),
        Route("/endless", endless),
        Route("/set/{name}", set_event, methods=["POST"]),
        Route("/await/{name}", await_event),
        Route("/conflict", conflict),
        Route("/broken", broken),
        Route("/slash/", lambda request: PlainTextResponse("slash")),
        Route("/code", code),
        WebSocketRoute("/chat", Chat),
        Mount("/raw", raw),
        Mount("/static", StaticFiles(directory=HERE / "static", html=True), name="static"),
        Host("api.example", Starlette(routes=[Route("/", lambda request: PlainTextResponse("api"))])),
    ],
    middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["shop.example", "*.example"]),
                Middleware(SessionMiddleware, secret_key="of no use"),
                Middleware(GZipMiddleware, minimum_size=500)],
    exception_handlers={HTTPException: show_error}, lifespan=lifespan)
