"""A router: responses that are made while they are read, and bodies that are read as they come."""

import asyncio
import hashlib
import threading

from fastapi import APIRouter, Request
from fastapi.responses import (FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse,
                               StreamingResponse)

router = APIRouter()
_go, _go_sync = asyncio.Event(), threading.Event()
_closed = {"async": asyncio.Event(), "watched": asyncio.Event()}


@router.get("/gated")
async def gated():
    """The second piece is made when somebody has asked for it."""
    async def pieces():
        yield "data: first\n\n"
        await asyncio.wait_for(_go.wait(), 20)
        yield "data: second\n\n"
    return StreamingResponse(pieces(), media_type="text/event-stream")


@router.get("/gated-in-a-thread")
def gated_in_a_thread():
    def pieces():
        yield b"first"
        _go_sync.wait(20)
        yield b"second"
    return StreamingResponse(pieces(), 202, {"X-Kind": "sync"})


@router.post("/go")
async def go():
    _go.set()
    _go_sync.set()


@router.get("/endless")
async def endless():
    async def pieces():
        try:
            while True:
                yield b"more" * 4096
                await asyncio.sleep(0)
        finally:
            _closed["async"].set()
    return StreamingResponse(pieces(), media_type="application/octet-stream")


@router.get("/watched")
async def watched(request: Request):
    """Ends when its client has gone, before it sends anything."""
    while not await request.is_disconnected():
        await asyncio.sleep(0.01)
    _closed["watched"].set()


@router.get("/closed/{which}")
async def closed(which: str):
    await asyncio.wait_for(_closed[which].wait(), 20)
    return which


@router.get("/breaks")
async def breaks():
    async def pieces():
        yield "begun"
        raise KeyError("broken in the middle")
    return StreamingResponse(pieces())


@router.post("/digest")
async def digest(request: Request):
    """Of a body in pieces."""
    found, length = hashlib.sha256(), 0
    async for piece in request.stream():
        found.update(piece)
        length += len(piece)
    return {"sha256": found.hexdigest(), "length": length}


@router.get("/file")
async def file():
    return FileResponse(__file__, media_type="text/x-python", filename="str\u00e9ams.py")


@router.get("/page")
async def page():
    return HTMLResponse("<p>long</p>" * 500)


@router.get("/text")
def text():
    return PlainTextResponse("\u00fcber", 203)


@router.get("/away")
async def away():
    return RedirectResponse("/items/?offset=1&words=a b", 303)
