"""What is asked of the WSGI sites. Each case returns what it saw, to be compared between servers."""

import re

ODD_PATHS = ("/environ?a=1&a=2&b=%20%2B%C3%A9&c", "/environ?", "/environ?%zz=%&;;", "/environ/",
             "//environ", "/environ%3Fa", "/%E4%B8%AD", "/a/../environ", "/environ?a=\u00e9")
PAPER = b"paper \x00\r\n--limit\r\n" * 20_000  # 360 KB: more than one read, less than the limit.
PIECES = [b"piece %d;" % number * 500 for number in range(100)]


def flask_pages(site):
    """Templates, a session, a redirect after a form, a flashed message."""
    seen = [site.get("/"), site.post("/", data={"text": "<second> \u00fc"}),
            site.post("/", data={"text": ""}), site.get("/"), site.get("/")]
    assert b"Visit 4" in seen[3].content and b"A note has a text." in seen[3].content, seen
    return seen


def flask_resources(site):
    """Methods, JSON, errors with pages of their own."""
    return [site.get("/notes/0"), site.ask("PUT", "/notes/0", json={"text": "new"}),
            site.get("/notes/0"), site.get("/notes/99"), site.ask("DELETE", "/notes/0"),
            site.ask("PUT", "/notes/0", content=b"{"), site.ask("PUT", "/notes/0", data={"a": "b"}),
            site.ask("OPTIONS", "/notes/0"), site.ask("HEAD", "/notes/0"), site.ask("HEAD", "/nowhere"),
            site.get("/stock/7"), site.get("/stock/0"), site.get("/broken"), site.get("/")]


def flask_cookies(site):
    seen = site.get("/preferences")
    assert len(seen.header("set-cookie")) == 4, seen  # The session's too.
    return seen


def flask_environ(site):
    """The request, as it reaches the application."""
    return [site.get(path) for path in ODD_PATHS] + [
        site.ask("PATCH", "/environ", content=b"text", headers=[
            ("X-Twice", "1"), ("X-Twice", "2"), ("X-Empty", ""), ("Content-Type", "a/b; c=d"),
            ("X-Latin", b"na\xefve")]),
        site.post("/environ"),
        site.post("/environ", content=iter([b"in ", b"pieces"])).json()["body"],
        site.get("/environ", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"})]


def flask_upload(site):
    files = {"one": ("\u00fcber.bin", PAPER, "application/x-own"), "two": ("b.txt", b"")}
    seen = [site.post("/upload", files=files, data={"title": "\u00fc"}),
            site.post("/upload", files={"one": ("large", b"x" * (5 << 20))})]
    assert seen[0].status == 200 and seen[1].status == 413, seen
    return seen


def flask_body_in_pieces(site):
    seen = [site.post("/streams/digest", content=iter(PIECES)),
            site.post("/streams/digest", content=b"".join(PIECES))]
    assert seen[0].json()["length"] == len(b"".join(PIECES)) and seen[0] == seen[1], seen
    return seen


def flask_gated_stream(site):
    return site.gated("/streams/gated?name=%C3%BC", "/streams/go")


def flask_client_that_leaves(site):
    left, closed = site.leave_early("/streams/endless")[:2], site.get("/streams/closed")
    assert closed.json() == {"closed": True}, closed
    return left, closed


def flask_broken_stream(site):
    """It must not look whole."""
    try:
        site.get("/streams/breaks")
    except Exception as error:
        return type(error).__name__
    return "it looks whole"


def flask_file(site):
    whole = site.get("/streams/file")
    etag = whole.header("etag")[0]
    return [whole, site.ask("HEAD", "/streams/file"),
            site.get("/streams/file", headers={"If-None-Match": etag}),
            site.get("/streams/file", headers={"Range": "bytes=3-9"}),
            site.get("/streams/file", headers={"Range": "bytes=900000-"})]


def django_pages(site):
    """Templates, sessions, conditional requests, compression, the middleware's headers."""
    seen = [site.get("/"), site.get("/"), site.ask("HEAD", "/"), site.post("/"), site.get("/nowhere/"),
            site.get("/hello/Zo\u00eb"), site.get("/hello/Zo\u00eb/?x=1&x=%20"), site.get("/forbidden/"),
            site.get("/broken/"), site.get("/", headers={"Host": "evil.example"}),
            site.get("/hello/a%2Fb/"), site.get("/async/7/", headers={"X-User": "me"})]
    assert b"Visit 2 of /" in seen[1].content and seen[9].status == 400, seen
    tagged = site.get("/hello/you/")
    again = site.get("/hello/you/", headers={"If-None-Match": tagged.header("etag")[0]})
    assert again.status == 304, again
    packed = site.get("/file", headers={"Accept-Encoding": "gzip"})
    assert packed.header("content-encoding") == ["gzip"], packed
    return seen, tagged, again, packed.status, packed.headers


def django_head_of_a_file(site):
    """Which gunicorn answers with the file."""
    head, whole = site.ask("HEAD", "/file"), site.get("/file")
    assert head.status == 200 and head.header("content-length") == [str(len(whole.content))], head


def django_form(site):
    """CSRF, validation, a file, a message after the redirect."""
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"',
                      site.get("/order/").content).group(1).decode()
    good = {"item": "pen \u00fc", "count": "2", "csrfmiddlewaretoken": token}
    seen = [site.post("/order/", data={"item": "pen"}),
            site.post("/order/", data=dict(good, count="0")),
            site.post("/order/", data=good, files={"paper": ("p.txt", PAPER)}),
            site.get("/order/")]
    seen[3].headers = []  # Its etag is that of the token inside.
    assert [one.status for one in seen] == [403, 422, 302, 200], seen
    assert "2 of pen \u00fc, paper: ".encode() in seen[3].content, seen[3]
    return seen


def django_request(site):
    """The request, as it reaches the application."""
    seen = [site.get(path.replace("/environ", "/request/")) for path in ODD_PATHS] + [
        site.ask("PATCH", "/request/", content=b"text", headers=[
            ("X-Twice", "1"), ("X-Twice", "2"), ("X-Empty", ""), ("Content-Type", "a/b; c=d")]),
        site.post("/request/"), site.post("/streams/digest", content=b"".join(PIECES))]
    for one in seen:  # The etag is that of the session's cookie too.
        one.headers = [pair for pair in one.headers if pair[0] != "etag"]
    return seen


def django_file(site):
    return [site.get("/file"), site.get("/file", headers={"Range": "bytes=3-9"})]


def django_gated_stream(site):
    return site.gated("/streams/gated", "/streams/go")


def django_gated_async_stream(site):
    return site.gated("/streams/gated-async", "/streams/go")


def django_client_that_leaves(site):
    left, closed = site.leave_early("/streams/endless")[:2], site.get("/streams/closed")
    assert closed.json() == {"closed": True}, closed
    return left, closed


FLASK = (flask_pages, flask_resources, flask_cookies, flask_environ, flask_upload,
         flask_body_in_pieces, flask_gated_stream, flask_client_that_leaves, flask_broken_stream,
         flask_file)
DJANGO_ALONE = (django_head_of_a_file,)
DJANGO = (django_pages, django_form, django_request, django_file)
DJANGO_WSGI = DJANGO + (django_gated_stream, django_client_that_leaves)
DJANGO_ASGI = DJANGO + (django_gated_async_stream,)
