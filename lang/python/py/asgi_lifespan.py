"""The beginning and the end of an ASGI application (ASGI's lifespan protocol)."""

import logging

from _openfc import library

SHUTDOWN_SECONDS = 5.0


class StartError(Exception):
    """The application says that it cannot start."""


class Lifespan:
    """One call of the application that lasts as long as it does. An application that knows nothing
    of it raises, or returns, and is left alone."""

    def __init__(self, application):
        self.state = {}  # The application's own, for the scopes of its requests.
        self._application = application
        self._queue = None
        self._answered = None
        self._failure = None
        self._task = None

    async def startup(self, loop):
        """Returns when the application is ready. StartError when it says that it is not."""
        asyncio = library.load("asyncio", "new_event_loop")
        self._queue = asyncio.Queue()
        self._task = loop.create_task(self._run())
        await self._ask(asyncio, "startup")

    async def shutdown(self):
        """Returns when the application has put its things away, or says that it cannot."""
        if self._task is not None and not self._task.done():
            await self._ask(library.load("asyncio", "new_event_loop"), "shutdown")

    async def _ask(self, asyncio, step):
        self._answered = asyncio.get_running_loop().create_future()
        self._queue.put_nowait({"type": "lifespan." + step})
        await asyncio.wait([self._task, self._answered], return_when=asyncio.FIRST_COMPLETED)
        if self._failure is not None:
            raise StartError("the application's %s failed: %s" % (step, self._failure))

    async def _run(self):
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"},
                 "state": self.state}
        try:
            await self._application(scope, self._queue.get, self._send)
        except BaseException as error:
            if self._answered is None or self._answered.done():
                logging.getLogger("asgi").error("the application's lifespan failed", exc_info=error)

    async def _send(self, message):
        kind = message["type"]
        if kind in ("lifespan.startup.failed", "lifespan.shutdown.failed"):
            self._failure = message.get("message", "") or "no reason was given"
        elif kind not in ("lifespan.startup.complete", "lifespan.shutdown.complete"):
            raise RuntimeError("the ASGI application sent %r in its lifespan" % (kind,))
        if not self._answered.done():
            self._answered.set_result(None)
