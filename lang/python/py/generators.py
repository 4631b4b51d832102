"""Event handlers that are generators stream what they yield, in the HTTP mode."""

from _openfc import streams, waits


class _Stream:
    """A streamed answer. It begins with the first piece, so that a failure before it is an answer
    of its own."""

    def __init__(self, exchange):
        self._exchange = exchange
        self._is_begun = False
        exchange.start(200, ())

    def chunk_of(self, item):
        """The bytes to send for what was yielded; the answer has begun if there are any. A dict
        with a statusCode that comes first is status and headers."""
        if isinstance(item, dict) and "statusCode" in item and not self._is_begun:
            headers = (item.get("headers") or {}).items()
            self._exchange.start(int(item["statusCode"]), [(str(k), str(v)) for k, v in headers])
            return b""
        if isinstance(item, str):
            item = item.encode("utf-8")
        elif not isinstance(item, (bytes, bytearray, memoryview)):
            raise TypeError("a generator that streams must yield bytes or str, not %s" %
                            type(item).__name__)
        if item and not self._is_begun:
            self._begin()
        return item

    def finish(self):
        """The answer is complete."""
        streams.flush()
        if not self._is_begun:
            self._exchange.send(b"")
        self._exchange.finish()

    def _begin(self):
        self._is_begun = True
        self._exchange.begin()


def serve(generator, exchange):
    """Streams all of it. Raises what the generator does; the answer is not finished then. When the
    client goes away, the generator is closed."""
    stream = _Stream(exchange)
    try:
        for item in generator:
            chunk = stream.chunk_of(item)
            if chunk and not exchange.write(chunk):
                return
    finally:
        generator.close()
    stream.finish()


async def serve_async(generator, exchange, own_waits):
    """The same with an async generator, on the event loop. It is cancelled when the client goes
    away."""
    stream = _Stream(exchange)
    try:
        async for item in generator:
            await waits.write(exchange, own_waits, stream.chunk_of(item))
    except waits.Gone:
        return
    finally:
        await generator.aclose()
    stream.finish()
