"""One HTTP request through an ASGI application."""

from _openfc import asgi_cycle, waits

# How far the response is.
_NOTHING, _STARTED, _BEGUN, _COMPLETE = range(4)


class HttpCycle(asgi_cycle.Cycle):
    """receive() and send() of one request. A response in one piece is sent whole."""

    _has_body = True  # More of the request's body may come.
    _stage = _NOTHING

    async def receive(self):
        """The next message to the application."""
        if self._has_body:
            body = self.exchange.take_body()
            if body is None:
                return await self._receive_part()
            self._has_body = False
            return {"type": "http.request", "body": body, "more_body": False}
        self._watch()
        while not self._is_over():
            await self._listen()
        return {"type": "http.disconnect"}

    def _is_over(self):
        """As far as receive() says: to who asks, a client that sends no more is one that has gone, as
        with other servers. What is sent all the same, it gets."""
        return self.is_gone or self._is_half_closed or self._stage == _COMPLETE

    async def _receive_part(self):
        self._watch()
        try:
            chunk = await self._server.waits.first(self.exchange.try_read)
        except ConnectionResetError:
            self._has_body = False
            self._lose()
            return {"type": "http.disconnect"}
        self._has_body = chunk != b""
        return {"type": "http.request", "body": chunk, "more_body": self._has_body}

    async def send(self, message):
        """Takes a message from the application."""
        kind = message["type"]
        stage = self._stage
        if kind == "http.response.start" and stage == _NOTHING:
            self.exchange.start(message["status"], message.get("headers", ()))
            self._stage = _STARTED
        elif kind == "http.response.body" and stage == _STARTED:
            if message.get("more_body", False):
                self._begin()
                await self._write(message.get("body", b""))
            else:
                self.exchange.send(message.get("body", b""))
                self._complete()
        elif kind == "http.response.body" and stage == _BEGUN:
            await self._write(message.get("body", b""))
            if not message.get("more_body", False):
                self.exchange.finish()
                self._complete()
        else:
            raise _out_of_turn(kind, stage)

    def _begin(self):
        self._watch()
        self.exchange.begin()
        self._stage = _BEGUN

    async def _write(self, body):
        if not self.is_gone:
            await waits.write(self.exchange, self._server.waits, body)
        if self.is_gone:
            raise waits.Gone()

    def _complete(self):
        self._stage = _COMPLETE
        if self._listeners:
            self._tell()

    def _conclude(self):
        if self._is_over():
            return  # Who learns that its client has gone need not answer.
        if self._stage == _BEGUN:
            raise RuntimeError("the ASGI application returned before its response was complete")
        raise RuntimeError("the ASGI application returned without a response")


def _out_of_turn(kind, stage):
    expected = ("http.response.start", "http.response.body", "http.response.body", "nothing")
    return RuntimeError("the ASGI application sent %r where %s was expected" %
                        (kind, expected[stage]))
