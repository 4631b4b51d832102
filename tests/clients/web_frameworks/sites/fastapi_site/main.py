"""The application."""

import contextlib

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse

from fastapi_site import items, sockets, streams


@contextlib.asynccontextmanager
async def lifespan(application):
    yield {"opened": "by the lifespan"}
    print("the lifespan is over", flush=True)


app = FastAPI(title="Shop", version="1.2.3", lifespan=lifespan)
app.add_middleware(GZipMiddleware, minimum_size=2000)
app.add_middleware(CORSMiddleware, allow_origins=["https://other.example"], allow_methods=["PUT"])
app.include_router(items.router, prefix="/items", tags=["items"])
app.include_router(streams.router, prefix="/streams")
app.include_router(sockets.router, prefix="/sockets")

inner = FastAPI(title="Inner")
app.mount("/inner", inner)


@inner.middleware("http")
async def sign(request: Request, call_next):
    response = await call_next(request)
    response.headers["X-Signed"] = request.method
    return response


class OutOfStock(Exception):
    """An error that the application has an answer to."""


@app.exception_handler(OutOfStock)
async def out_of_stock(request: Request, error: OutOfStock):
    return JSONResponse({"left": 0, "path": request.url.path}, status_code=409)


@app.get("/")
async def index(request: Request):
    return {"state": request.state.opened}


@app.get("/stock")
def stock():
    raise OutOfStock


@app.get("/broken")
async def broken():
    raise KeyError("broken")


@app.api_route("/scope", methods=["GET", "POST", "PATCH"])
async def scope(request: Request):
    """What of the request reaches the application."""
    own = {name: request.scope[name] for name in ("type", "http_version", "method", "path", "scheme",
                                                  "root_path")}
    own["headers"] = [[name.decode("latin-1"), value.decode("latin-1")]
                      for name, value in request.scope["headers"]]
    own["raw_path"] = request.scope["raw_path"].decode()
    own["query_string"] = request.scope["query_string"].decode()
    return {"scope": own, "url": str(request.url), "client": request.client.host,
            "body": (await request.body()).decode()}


@inner.get("/where/{what:path}")
async def where(request: Request, what: str):
    return {"what": what, "root_path": request.scope["root_path"], "url": str(request.url_for("where", what="x"))}
