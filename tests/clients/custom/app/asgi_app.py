"""A FastAPI application that knows nothing of FC but the path of events."""

import asyncio

from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

app = FastAPI()


@app.post("/invoke")
async def invoke(request: Request):
    return Response((await request.body())[::-1])


@app.get("/events")
async def events():
    async def produce():
        for number in range(3):
            yield "data: %d\n\n" % number
            await asyncio.sleep(0)
    return StreamingResponse(produce(), media_type="text/event-stream")


@app.get("/items/{item}")
async def read(item: int, q: str = ""):
    return {"item": item, "q": q}
