"""What a request and a WebSocket of an ASGI application have in common."""

from _openfc import errors, request, waits


class Cycle:
    """One call of the application. Ends with its task, whatever becomes of that."""

    # What it begins with; most cycles change little of it.
    deadline = None  # Of time.monotonic().
    is_gone = False
    _is_half_closed = False
    task = None
    _tickets = ()
    _listeners = None
    _stack = None

    def __init__(self, server, exchange):
        self.exchange = exchange
        self._server = server

    async def run(self, scope, request_id):
        """The whole of it; never raises."""
        request.begin(request_id)
        try:
            await self._server.application(scope, self.receive, self.send)
            self._conclude()
        except BaseException as error:
            self._fail(error)
            if self.is_gone or isinstance(error, waits.Gone):
                _let_go(error)
        finally:
            for ticket in self._tickets:
                self._server.waits.forget(ticket)
            self.exchange.close()
            self._server.forget(self)

    def expire(self, stack):
        """The deadline has come."""
        self._stack = stack
        self.task.cancel()

    def _fail(self, error):
        if self._stack is not None:
            errors.report_failure(self.exchange.expire(self._stack))
        elif not self.is_gone and not isinstance(error, waits.Gone):
            self.exchange.fail(*errors.describe(error))

    def _watch(self):
        """From now on it is known when the client sends no more, and when it goes away."""
        if not self._tickets:
            waits_for = self._server.waits
            self._tickets = gone, half_closed = waits_for.ticket(), waits_for.ticket()
            waits_for.expect(gone, self._lose)
            waits_for.expect(half_closed, self._note_half_close)
            self.exchange.watch_gone(waits_for.inbox, gone)
            self.exchange.watch_half_closed(waits_for.inbox, half_closed)

    def _note_half_close(self):
        """It may have gone, or wait for its answer."""
        self._is_half_closed = True
        self._tell()

    def _lose(self):
        self.is_gone = True
        self._tell()

    def _tell(self):
        """Those who listen look again."""
        listeners, self._listeners = self._listeners, None
        for future in listeners or ():
            if not future.done():
                future.set_result(None)

    async def _listen(self):
        """Returns when there is something to look at."""
        future = self._server.loop.create_future()
        if self._listeners is None:
            self._listeners = []
        self._listeners.append(future)
        try:
            await future
        except BaseException:
            if self._listeners is not None:
                self._listeners.remove(future)
            raise


def _let_go(error):
    """Has a failure forget its frames, whose parts it may be: what they hold, a stream's generator
    for one, is closed now. Garbage is not collected in a process that has nothing to do. The frames
    themselves are left alone: among them are those of tasks that go on."""
    errors, seen = [error], set()
    while errors:
        error = errors.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        errors += (error.__cause__, error.__context__)
        errors += getattr(error, "exceptions", ())  # Of a group.
        error.__traceback__ = None
