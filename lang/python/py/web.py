"""What the HTTP mode adds to the steps of an invocation: applications, and loops that are woken."""

import functools

from _openfc import asgi, driven_loop, event_loop, loop_choice, waits, wsgi_http


class Web:
    """The web application that this process serves, if it does."""

    def __init__(self, make_inbox, choice, drives_door):
        self.drives_door = drives_door and choice != loop_choice.UVLOOP
        self._make_inbox = make_inbox
        self._choice = choice
        self._server = None
        self._thread = None

    @staticmethod
    def configure(is_concurrent):
        """See wsgi_http.py."""
        wsgi_http.configure(is_concurrent)

    def make_waits(self):
        """For a loop of an event handler, or of an application."""
        return waits.Waits(self._make_inbox())

    def make_loop(self):
        """A thread for an event loop."""
        made = event_loop.LoopThread(self.make_waits)
        made.new_loop = functools.partial(loop_choice.new_loop, self._choice, False)
        return made

    def make_driven_loop(self):
        """A loop for the thread that serves."""
        return driven_loop.DrivenLoop(self.make_waits)

    def start_asgi(self, application, make_context):
        """The inbox for the application's requests, when it is ready for them. StartError when it
        says that it is not. `make_context(exchange)` makes the context of a request."""
        if self.drives_door:
            thread = self.make_driven_loop()
        else:
            thread = self.make_loop()
            thread.new_loop = functools.partial(loop_choice.new_loop, self._choice, True)
        server = asgi.Server(application, thread, make_context)
        try:
            server.start()
        except BaseException:
            thread.close()
            raise
        self._server, self._thread = server, thread
        return server.waits.inbox

    def serve(self, make_drive):
        """Serves the application, in this thread. False: there is none that is served so."""
        if self._thread is None:
            return False
        self._thread.serve(make_drive(self._thread.waits.inbox))
        return True

    def close(self):
        """The application ends."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._thread.close()
            self._thread = None

    @staticmethod
    def adopt():
        """In a process that a template forked: there are others."""
        wsgi_http.adopt()
