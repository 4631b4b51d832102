"""A web application by hand: what Flask and Django are behind their routes."""


def app(environ, start_response):
    """Says what it was sent, piece by piece: the first is there before the second is made."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield ("%s %s\n" % (environ["REQUEST_METHOD"], environ["PATH_INFO"])).encode("latin-1")
    yield environ["wsgi.input"].read()
