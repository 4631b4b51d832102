"""A web application: requests of the HTTP trigger, and events at /invoke."""

import os

import uvicorn
from fastapi import FastAPI, Request

app = FastAPI()


@app.get("/")
async def greet(name: str = "world"):
    """Greets whom the query names."""
    return {"greeting": "hello, " + name}


@app.post("/invoke")
async def invoke(request: Request):
    """An event, of another trigger or of the Invoke API: its bytes are the body."""
    request_id = request.headers.get("x-fc-request-id", "")
    # By these two lines the platform knows whose output stands between them.
    print("FC Invoke Start RequestId: " + request_id, flush=True)
    event = await request.body()
    print("FC Invoke End RequestId: " + request_id, flush=True)
    return {"received": len(event)}


if __name__ == "__main__":
    # The platform keeps connections between requests.
    uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("FC_CUSTOM_LISTEN_PORT", "9000")),
                timeout_keep_alive=900)
