"""What is asked of the ASGI sites. Each case returns what it saw, to be compared between servers."""

from site_client import end_of

ODD_QUERIES = ("?a=1&a=2&b=%20%2B%C3%A9&c", "?", "?%zz=%&;;", "?a=\u00e9")
PAPER = b"paper \x00\r\n--limit\r\n" * 80_000  # 1.4 MB: Starlette puts it on the disk.
PIECES = [b"piece %d;" % number * 500 for number in range(100)]


def fastapi_pages(site):
    """State of the lifespan, middleware, errors, documentation, another application inside."""
    seen = [site.get("/"), site.ask("HEAD", "/"), site.get("/stock"), site.get("/nowhere"),
            site.post("/stock"), site.get("/streams/text"), site.get("/streams/away"),
            site.get("/items"), site.get("/openapi.json"), site.get("/docs"),
            site.get("/inner/where/a/b%2Fc"), site.get("/inner/openapi.json"),
            site.get("/", headers={"Origin": "https://other.example"}),
            site.ask("OPTIONS", "/", headers={"Origin": "https://other.example",
                                              "Access-Control-Request-Method": "PUT"}),
            site.get("/streams/page", headers={"Accept-Encoding": "gzip"}),
            site.get("/")]
    assert seen[0].json() == {"state": "by the lifespan"} and seen[-1] == seen[0], seen
    assert seen[8].json()["info"] == {"title": "Shop", "version": "1.2.3"}, seen[8]
    assert seen[14].header("content-encoding") == ["gzip"], seen[14]
    return seen[:14] + [seen[14].status, seen[14].headers] + seen[15:]


def fastapi_models(site):
    """What is valid, what is not, what is shown of it; `def` and `async def`."""
    item = {"name": "pen", "kind": "pen", "price": "1.20", "since": "2024-01-02T03:04:05Z"}
    seen = [site.post("/items/", json=item), site.post("/items/", json=dict(item, name="a b")),
            site.post("/items/", json={"price": -1, "words": [1]}), site.post("/items/", content=b"{"),
            site.post("/items/"), site.post("/items/", data=item),
            site.get("/items/?offset=2&words=a&words=%C3%BC"), site.get("/items/?limit=101"),
            site.get("/items/7"), site.get("/items/7?kind=book"), site.get("/items/0"),
            site.get("/items/x"), site.get("/items/101"), site.ask("DELETE", "/items/7"),
            site.get("/items/sessions")]
    assert [one.status for one in seen[:5]] == [201, 422, 422, 422, 422], seen
    return seen


def fastapi_dependencies(site):
    """Who asks, by headers and cookies."""
    return [site.get("/items/7/owner"), site.get("/items/7/owner", headers={"Authorization": "Bearer t"}),
            site.get("/items/7/basic"), site.get("/items/7/basic", auth=("me", "\u00fc")),
            site.get("/items/7/asked"),
            site.get("/items/7/asked", headers=[("X-Token", "1"), ("X-Token", "2"), ("Cookie", "last=a")])]


def fastapi_forms(site):
    files = [("papers", ("\u00fc.bin", PAPER, "application/x-own")), ("papers", ("b", b"")),
             ("note", ("n", "\u00fc"))]
    seen = [site.post("/items/7/form", data={"name": "\u00fc", "words": ["a", "b"]}),
            site.post("/items/7/form", data={"name": ""}),
            site.post("/items/7/files", files=files, data={"title": "t"}),
            site.post("/items/7/files", files=files[:1]),
            site.post("/items/7/files", content=b"nothing", headers={
                "Content-Type": "multipart/form-data; boundary=x"})]
    assert [one.status for one in seen] == [200, 422, 200, 422, 400], seen
    return seen


def fastapi_background_task(site):
    return [site.post("/items/7/mail"), site.get("/items/7/mailed")]


def fastapi_scope(site):
    """The request, as it reaches the application."""
    return [site.get("/scope" + query) for query in ODD_QUERIES] + [
        site.ask("PATCH", "/scope", content=b"text", headers=[
            ("X-Twice", "1"), ("X-Twice", "2"), ("X-Empty", ""), ("X-Latin", b"na\xefve")]),
        site.post("/scope"), site.post("/scope", content=iter([b"in ", b"pieces"])),
        site.get("/%73cope"), site.get("//scope"), site.get("/a/../scope"),
        site.get("/inner/where/%E4%B8%AD")]


def fastapi_body_in_pieces(site):
    seen = [site.post("/streams/digest", content=iter(PIECES)),
            site.post("/streams/digest", content=b"".join(PIECES)),
            site.post("/streams/digest", content=b"x" * (16 << 20))]
    assert seen[0].json()["length"] == len(b"".join(PIECES)) and seen[0] == seen[1], seen
    return seen


def fastapi_gated_streams(site):
    return [site.gated(path, "/streams/go")
            for path in ("/streams/gated", "/streams/gated-in-a-thread")]


def fastapi_client_that_leaves(site):
    left, closed = site.leave_early("/streams/endless")[:2], site.get("/streams/closed/async")
    assert closed.status == 200, closed
    return left, closed


def fastapi_client_that_leaves_before_its_answer(site):
    try:
        site.get("/streams/watched", timeout=0.3)
    except Exception as error:
        closed = site.get("/streams/closed/watched")
        assert closed.status == 200, closed
        return type(error).__name__, closed
    return "it was answered"


def fastapi_broken_stream(site):
    """It must not look whole."""
    try:
        site.get("/streams/breaks")
    except Exception as error:
        return type(error).__name__
    return "it looks whole"


def fastapi_file(site):
    whole = site.get("/streams/file")
    return [whole, site.ask("HEAD", "/streams/file"),
            site.get("/streams/file", headers={"Range": "bytes=3-9"}),
            site.get("/streams/file", headers={"Range": "bytes=900000-"})]


def fastapi_sockets(site):
    """Text, bytes, JSON, the application's close and the client's."""
    seen = []
    with site.socket("/sockets/echo/a%20b?token=t", subprotocols=["one", "two"]) as talk:
        seen += [talk.subprotocol, talk.response.headers["x-room"], talk.recv()]
        for message in ("text \u00fc", b"\x00bytes", "", b"", "large" * 200_000):
            talk.send(message)
            seen.append(talk.recv(timeout=20))
        talk.ping().wait(20)
        talk.send(["in ", "fragments"])
        seen.append(talk.recv(timeout=20))
        talk.send("bye")
        seen.append(end_of(talk))
    with site.socket("/sockets/echo/b") as talk:
        seen += [talk.subprotocol, talk.recv()]
        talk.close(4002, "enough")
    seen.append(site.get("/sockets/ends").json())
    assert seen[-1] == [[4002, "enough"]] and seen[3] == "\u00fc txet", seen
    return seen


def fastapi_sockets_that_are_refused(site):
    return [site.refusal_of(path) for path in ("/sockets/refused", "/sockets/echo/a?token=wrong",
                                               "/sockets/nowhere", "/")]


def fastapi_exception_that_gets_out(site):
    return site.get("/broken")


def fastapi_endpoints_that_break(site):
    """After which uvicorn closes the connection, one way or the other."""
    seen = site.get("/broken"), site.get("/")
    assert [one.status for one in seen] == [500, 200], seen
    with site.socket("/sockets/broken") as talk:
        assert end_of(talk) == (1011, "")
    assert site.get("/") == seen[1]


def fastapi_file_in_two_ranges(site):
    """Which uvicorn takes for too short."""
    seen = site.get("/streams/file", headers={"Range": "bytes=3-9,20-30"})
    assert seen.status == 206 and seen.content.count(b"Content-Range: ") == 2, seen


def fastapi_socket_of_a_client_that_vanishes(site):
    with site.socket("/sockets/echo/c") as talk:
        talk.recv()
        talk.socket.shutdown(2)
    return site.get("/sockets/ends").json()[-1]


def starlette_pages(site):
    """Sessions, endpoints, mounts, hosts, errors."""
    seen = [site.get("/"), site.get("/"), site.get("/numbers/7"), site.ask("HEAD", "/numbers/7"),
            site.ask("DELETE", "/numbers/7"), site.ask("PUT", "/numbers/7", json={"a": ["\u00fc"]}),
            site.ask("PATCH", "/numbers/7"), site.get("/numbers/x"), site.get("/slash"),
            site.get("/slash/"), site.get("/conflict"),
            site.get("/", headers={"Host": "evil"}), site.get("/raw"), site.get("/raw/a%20b"),
            site.ask("HEAD", "/raw/a"),
            site.post("/upload", files={"file": ("p", PAPER)}, data={"title": "\u00fc"}),
            site.get("/"), site.get("/broken")]
    assert seen[1].json()["visits"] == 2 and seen[13].content == b"one two", seen
    return seen


def starlette_static_files(site):
    whole = site.get("/static/style.css")
    etag = whole.header("etag")[0]
    packed = site.get("/static/style.css", headers={"Accept-Encoding": "gzip"})
    assert packed.header("content-encoding") == ["gzip"], packed
    return [whole, packed.status, packed.headers, site.get("/static/"), site.get("/static"),
            site.get("/static/nothing"), site.get("/static/../app.py"), site.get("/static/%2e%2e/app.py"),
            site.get("/static/style.css", headers={"If-None-Match": etag}),
            site.get("/static/style.css", headers={"Range": "bytes=1-2"}),
            site.ask("HEAD", "/static/style.css"), site.post("/static/style.css")]


def starlette_events(site):
    return site.gated("/events", "/set/go")


def starlette_client_that_leaves(site):
    left, closed = site.leave_early("/endless")[:2], site.get("/await/closed")
    assert closed.status == 200, closed
    return left, closed


def starlette_background_task(site):
    return [site.post("/set/tasks"), site.get("/await/tasks")]


def starlette_chat(site):
    seen = []
    with site.socket("/chat", subprotocols=["chat.1", "chat.2"]) as talk:
        seen.append(talk.subprotocol)
        talk.send('{"a": ["\u00fc", null]}')
        seen.append(talk.recv(timeout=20))
        talk.send("no JSON")
        seen.append(end_of(talk))
    return seen + [site.get("/code").json(), site.refusal_of("/chatter"),
                   site.refusal_of("/chat", host="evil.invalid")]


FASTAPI = (fastapi_pages, fastapi_models, fastapi_dependencies, fastapi_forms,
           fastapi_background_task, fastapi_scope, fastapi_body_in_pieces, fastapi_gated_streams,
           fastapi_client_that_leaves, fastapi_client_that_leaves_before_its_answer,
           fastapi_broken_stream, fastapi_file, fastapi_sockets, fastapi_sockets_that_are_refused,
           fastapi_socket_of_a_client_that_vanishes, fastapi_exception_that_gets_out)
FASTAPI_ALONE = (fastapi_endpoints_that_break, fastapi_file_in_two_ranges)
STARLETTE = (starlette_pages, starlette_static_files, starlette_events,
             starlette_client_that_leaves, starlette_background_task, starlette_chat)
