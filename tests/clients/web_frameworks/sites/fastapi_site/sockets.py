"""A router: WebSockets."""

import asyncio
import typing

from fastapi import APIRouter, Depends, Query, WebSocket, WebSocketDisconnect, WebSocketException

router = APIRouter()
_ends = []
_ended = asyncio.Event()


async def token(token: typing.Annotated[typing.Optional[str], Query()] = None):
    if token == "wrong":
        raise WebSocketException(1008, "the token is wrong")
    return token


@router.websocket("/echo/{room}")
async def echo(socket: WebSocket, room: str, token: typing.Annotated[str, Depends(token)]):
    """Says what it hears, until it hears "bye"."""
    asked = socket.scope["subprotocols"]
    await socket.accept(asked[0] if asked else None, headers=[(b"x-room", room.encode())])
    await socket.send_json({"room": room, "token": token, "path": socket.url.path,
                            "state": socket.state.opened})
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message["code"], message.get("reason"))
            if message.get("text") == "bye":
                await socket.close(4000, "as you say")
                return
            if message.get("text") is not None:
                await socket.send_text(message["text"][::-1])
            else:
                await socket.send_bytes(message["bytes"][::-1])
    except WebSocketDisconnect as end:
        _ends.append([end.code, end.reason])
        _ended.set()


@router.websocket("/refused")
async def refused(socket: WebSocket):
    await socket.close(4001)


@router.websocket("/broken")
async def broken(socket: WebSocket):
    await socket.accept()
    raise KeyError("broken")


@router.get("/ends")
async def ends():
    """How the clients left."""
    await asyncio.wait_for(_ended.wait(), 20)
    _ended.clear()
    return _ends
