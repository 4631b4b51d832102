"""An event loop in the thread that serves: whenever it has nothing to do, it drives the door (HTTP
mode). A request then becomes a task, and its response bytes, without another thread's help."""

import os
import threading

from _openfc import event_loop, library, wake_up

DESCRIPTOR, INBOX, OVER = 1, 2, 4  # As in loop_drive.h.


def _new_door_selector():
    """The module is the library's, and is loaded only where it is needed: as asyncio is."""
    selectors = library.load("selectors", "EpollSelector")

    class DoorSelector(selectors.EpollSelector):
        """What the loop waits with. Its own descriptors stand in an epoll descriptor as ever; that is
        one of those that the door waits for."""

        def __init__(self):
            super().__init__()
            self._drive = None
            self._take = None
            self._end = None
            self._is_resting = False
            self._process = os.getpid()

        def begin(self, drive, take, end):
            """From now on the door is driven: `take` is called when there is something in the inbox,
            and `end` when the door is over."""
            self._drive, self._take, self._end = drive.select, take, end
            drive.watch(self.fileno())

        def leave(self):
            """The door is left alone again."""
            self._drive = self._take = self._end = None

        def rest(self):
            """The next round of the loop, which has something to do, leaves the door alone."""
            self._is_resting = True

        def close(self):
            """See BaseSelector. The door, which goes on watching, finds nothing any more. A forked
            child shares the descriptor, but the loop that is closed is its own copy."""
            if os.getpid() == self._process:
                for key in list((self.get_map() or {}).values()):
                    self.unregister(key.fd)
            super().close()

        def select(self, timeout=None):
            """See BaseSelector. Between two rounds of the loop: what is taken here runs in the next."""
            if self._drive is None or self._is_resting:
                self._is_resting = False
                return super().select(timeout)
            found = self._drive(timeout)
            if not found:
                return ()
            if found & INBOX:
                self._take()
            if found & OVER:
                self._end()
            return super().select(0) if found & DESCRIPTOR else ()

    return DoorSelector()


class DrivenLoop(event_loop.LoopThread):
    """Takes the place of a LoopThread, but has no thread: the loop runs where serve() is called,
    and before and after that, while somebody waits for it to complete something."""

    def serve(self, drive):
        """Runs the loop and the door until the door is over."""
        self._drive, self._is_over = drive, False
        try:
            while not self._is_over:
                self._run(self._open())
        except BaseException as error:
            event_loop.end_useless_process(error)
        finally:
            self._drive = None
            if self._selector is not None:
                self._selector.leave()

    def complete(self, make_coroutine, timeout=None):
        """Runs make_coroutine(loop) to its end; with a timeout, no longer than that."""
        asyncio = library.load("asyncio", "new_event_loop")
        loop = self._open()
        self._enter(loop)
        try:
            loop.run_until_complete(asyncio.wait_for(make_coroutine(loop), timeout))
        except asyncio.TimeoutError:
            if timeout is None:
                raise
        finally:
            if os.getpid() != self._process:
                event_loop.end_forked_child()
            self._exit()

    def submit(self, coroutine, deadline, settle, watch=None):
        """As in LoopThread, where it says that it need not be this thread: here it is."""
        if threading.get_ident() != self._thread_id:
            super().submit(coroutine, deadline, settle, watch)
            return
        try:
            self._open()
            self._submitted += 1
            self._settles[self._submitted] = settle
            self._begin(self._submitted, coroutine, deadline, watch)
        except BaseException as error:
            coroutine.close()
            settle(event_loop.FAILED, error)

    def close(self):
        """Ends the loop and what runs on it."""
        self._is_closing = True
        loop, self._loop = self._loop, None
        if loop is not None:
            self._settles.clear()
            self._wind_up(loop)

    def adopt(self):
        super().adopt()
        self._drive = None
        self._is_over = False
        self._selector = None
        self._thread_id = threading.get_ident()

    def _open(self):
        if self._loop is None or self._loop.is_closed():
            self._selector = _new_door_selector()
            self._loop = wake_up.new_loop(self._selector)
            if self.waits is not None:
                self.waits.attach(self._loop)
        return self._loop

    def _run(self, loop):
        self._selector.begin(self._drive, self._take, self._end)
        self._enter(loop)
        bell = wake_up.begin(loop)
        fault = self._run_on(loop)
        wake_up.end(loop, bell)
        self._exit()
        if not self._is_over:
            self._leave(loop, fault)

    def _goes_on(self, loop):
        return not self._is_over and not loop.is_closed()

    def _bear(self, loop, error):
        self._selector.rest()
        return super()._bear(loop, error)

    def _take(self):
        try:
            self.waits.take()
        except Exception as error:  # A task factory of the user's.
            self._loop.call_exception_handler({"message": "a request was not begun",
                                               "exception": error})

    def _end(self):
        self._is_over = True
        self._loop.stop()
