"""What code on an event loop waits for while other threads, which never touch Python, do it."""

import functools


class Gone(ConnectionError):
    """The client went away: there is nobody to send to."""

    def __init__(self):
        super().__init__("the client went away")


class Waits:
    """The tickets of one loop: numbers that the C++ side gets, and gives back through the inbox
    when what they stand for has come. For the loop's thread alone."""

    def __init__(self, inbox):
        self.inbox = inbox
        self.take_requests = None  # Called with the requests that come through the inbox.
        self._loop = None
        self._last = 0
        self._callbacks = {}

    def attach(self, loop):
        """From now on that loop is woken."""
        self._loop = loop
        loop.add_reader(self.inbox.descriptor(), self.take)

    def end(self):
        """The loop has ended. Requests that were for it are let go; a next loop gets none."""
        self._callbacks.clear()
        if self.take_requests is not None:
            self.inbox.close()

    def ticket(self):
        """A number that no other wait has."""
        self._last += 1
        return self._last

    def expect(self, ticket, callback):
        """Calls `callback` when the ticket comes back, which it cannot have by now: that happens in
        this thread."""
        self._callbacks[ticket] = callback

    def forget(self, ticket):
        """Whether or not it still comes back."""
        self._callbacks.pop(ticket, None)

    async def wait(self, ticket):
        """Returns when the ticket comes back."""
        future = self._loop.create_future()
        self._callbacks[ticket] = functools.partial(_resolve, future)
        try:
            await future
        finally:
            self._callbacks.pop(ticket, None)

    async def first(self, attempt):
        """What `attempt`, given the inbox and a ticket, has to give: tried until it is not None,
        each time the ticket comes back."""
        while True:
            ticket = self.ticket()
            given = attempt(self.inbox, ticket)
            if given is not None:
                return given
            await self.wait(ticket)

    def take(self):
        """Sees to what the inbox has. Called when that is rung."""
        requests, tickets = self.inbox.take()
        for ticket in tickets:
            callback = self._callbacks.pop(ticket, None)
            if callback is not None:
                callback()
        if requests:
            self.take_requests(requests)


def _resolve(future):
    if not future.done():
        future.set_result(None)


async def write(exchange, waits, chunk):
    """Sends a piece of a streamed response, and waits until the next one is welcome. Gone when the
    client is."""
    if not chunk:
        return  # On the wire an empty piece would be the end.
    ticket = waits.ticket()
    is_welcome = exchange.try_write(chunk, waits.inbox, ticket)
    if is_welcome is None:
        raise Gone()
    if not is_welcome:
        await waits.wait(ticket)
