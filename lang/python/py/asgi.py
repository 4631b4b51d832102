"""Web applications of the ASGI kind, served on the event loop (ASGI 3.0, as uvicorn does)."""

import time

from _openfc import (asgi_http, asgi_lifespan, asgi_websocket, context, event_loop, interfaces,
                     streams)


def as_single_callable(application):
    """An application of ASGI 2 as one of ASGI 3."""
    if not interfaces.is_double_callable(application):
        return application

    async def single(scope, receive, send):
        await application(scope)(receive, send)

    return single


class Server:
    """Runs an application's requests, each in a task, on the loop of a LoopThread, or of what takes its
    place."""

    def __init__(self, application, loop_thread, make_context):
        self.application = as_single_callable(application)
        self.loop = None
        self.waits = loop_thread.waits
        self._loop_thread = loop_thread
        self._make_context = make_context
        self._lifespan = asgi_lifespan.Lifespan(self.application)
        self._cycles = set()
        self._alarms = Alarms()

    def start(self):
        """Starts the loop and the application; StartError when that does not want to."""
        self._loop_thread.complete(self._start)

    def close(self):
        """Tells the application that it ends, and waits for it."""
        self._loop_thread.complete(lambda loop: self._lifespan.shutdown(),
                                   asgi_lifespan.SHUTDOWN_SECONDS)

    async def _start(self, loop):
        self.loop = loop
        self.waits.take_requests = self._take
        self._alarms.loop = loop
        await self._lifespan.startup(loop)

    def _take(self, requests):
        for scope, exchange, request_id, deadline in requests:
            try:
                self._begin(scope, exchange, request_id, deadline)
            except BaseException as error:  # A task factory of the user's; the others go on.
                self.loop.call_exception_handler({"message": "a request was not begun",
                                                  "exception": error})

    def _begin(self, scope, exchange, request_id, deadline):
        scope["state"] = self._lifespan.state.copy()
        scope["fc.context"] = context.LazyContext(exchange, self._make_context)
        if scope["type"] == "http":
            cycle = asgi_http.HttpCycle(self, exchange)
        else:
            cycle = asgi_websocket.WebSocketCycle(self, exchange)
        cycle.task = self.loop.create_task(cycle.run(scope, request_id))
        self._cycles.add(cycle)
        if deadline is not None:
            cycle.deadline = deadline
            self._alarms.add(cycle)

    def forget(self, cycle):
        """A cycle has ended."""
        streams.write_rest_of(cycle.task)
        self._cycles.discard(cycle)
        if cycle.deadline is not None:
            self._alarms.discard(cycle)


class Alarms:
    """Deadlines of requests: one timer of the loop, whatever their number."""

    def __init__(self):
        self.loop = None
        self._cycles = set()
        self._timer = None
        self._when = None

    def add(self, cycle):
        """cycle.expire() is called at cycle.deadline, of time.monotonic()."""
        self._cycles.add(cycle)
        if self._timer is None or cycle.deadline < self._when:
            self._set(cycle.deadline)

    def discard(self, cycle):
        """It has ended in time."""
        self._cycles.discard(cycle)

    def _set(self, when):
        if self._timer is not None:
            self._timer.cancel()
        self._when = when
        self._timer = self.loop.call_later(max(when - time.monotonic(), 0), self._ring)

    def _ring(self):
        self._timer = None
        now = time.monotonic()
        for cycle in [cycle for cycle in self._cycles if cycle.deadline <= now]:
            self._cycles.discard(cycle)
            cycle.expire(event_loop.stack_of(cycle.task.get_coro()))
        if self._cycles:
            self._set(min(cycle.deadline for cycle in self._cycles))
