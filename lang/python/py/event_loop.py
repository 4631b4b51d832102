"""Where coroutines of handlers run: on an event loop that is ours and lives across invocations
(fc-runtime-api.md, section 7). asyncio is imported when the first coroutine shows up."""

import _contextvars
import _thread
import os
import time
from _functools import partial

from _openfc import errors, exits, library, streams

FINISHED, FAILED, TIMED_OUT, ABANDONED = range(4)  # As in coroutine.h.
UNWIND_SECONDS = 0.5  # For the tasks of a loop that is given up, to end in.
JOIN_SECONDS = 2.0
MOST_FAILURES = 10  # Of a loop, one after the other and without a callback run in between.

_running = _thread._local()  # .loop: ours, while it runs in this thread; .forked: see below.


def _import_asyncio():
    return library.load("asyncio", "new_event_loop")


def _stop_in_forked_child():
    """A child that a coroutine forked shares the loop's descriptors with its parent, and has copies
    of all its tasks: it runs to its next await, and no other code of the loop does."""
    loop = getattr(_running, "loop", None)
    if loop is None:
        return
    _running.forked = _import_asyncio().current_task(loop)
    ready = getattr(loop, "_ready", [])
    _running.left = list(ready)  # Kept: a task that goes with its exception unread says so.
    ready.clear()
    loop.stop()


os.register_at_fork(after_in_child=_stop_in_forked_child)


def _raise_as_forked_child():
    """What became of the coroutine in a forked child: its exception, if it ended in one."""
    task = _running.forked
    if task is None:
        return
    if not task.done():
        raise RuntimeError("a child forked by a coroutine cannot await on its parent's event loop")
    task.result()


def stack_of(coroutine):
    """Where it stands: a list for each frame, outermost first, as rloader writes them."""
    frames = []
    while coroutine is not None:
        frame = _first_attribute(coroutine, "cr_frame", "gi_frame", "ag_frame")
        if frame is not None and not frame.f_code.co_filename.startswith(errors.OWN_FILE_PREFIX):
            frames.append(['File "%s"' % frame.f_code.co_filename, "line %d" % frame.f_lineno,
                          "in %s" % frame.f_code.co_name, ""])
        coroutine = _first_attribute(coroutine, "cr_await", "gi_yieldfrom", "ag_await")
    return frames


def _first_attribute(thing, *names):
    return next((value for value in (getattr(thing, name, None) for name in names)
                 if value is not None), None)


class _Call:
    """One handler's coroutine as a task, which is cancelled at its deadline."""

    def __init__(self, loop, coroutine, deadline):
        self._coroutine = coroutine
        self._stack = None
        self._alarm = None
        self._watch = None
        self._is_abandoned = False
        self.task = loop.create_task(coroutine)
        if deadline is not None:
            self._alarm = loop.call_later(max(deadline - time.monotonic(), 0), self._expire)

    def _expire(self):
        if not self.task.done():
            self._stack = stack_of(self._coroutine)
            self.task.cancel()

    def cancel_when(self, waits, watch):
        """When `watch`, a function of the inbox and a ticket, says so, nobody wants the result."""
        ticket = waits.ticket()
        self._watch = waits, ticket
        waits.expect(ticket, self._abandon)
        watch(waits.inbox, ticket)

    def _abandon(self):
        if not self.task.done():
            self._is_abandoned = True
            self.task.cancel()

    def outcome(self):
        """(FINISHED, result), (FAILED, exception), (TIMED_OUT, stack) or (ABANDONED, None), once
        the task is done."""
        if self._alarm is not None:
            self._alarm.cancel()
        if self._watch is not None:
            self._watch[0].forget(self._watch[1])
        failure = self._failure()
        if self._is_abandoned:
            return ABANDONED, None
        if self._stack is not None:
            return TIMED_OUT, self._stack
        return (FAILED, failure) if failure is not None else (FINISHED, self.task.result())

    def _failure(self):
        if not self.task.cancelled():
            return self.task.exception()
        try:
            self.task.result()
        except BaseException as error:
            return error


def _wind_up(loop):
    """Cancels what still runs on the loop, gives it a little time, and closes it."""
    if loop.is_closed():
        return
    asyncio = _import_asyncio()
    try:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks, timeout=UNWIND_SECONDS))
        loop.run_until_complete(loop.shutdown_asyncgens())
    except BaseException as error:
        _log("an event loop did not end well", error)
    finally:
        loop.close()


def _log(what, error):
    try:
        logging = library.load("logging", "getLogger")
        logging.getLogger("asyncio").error(what, exc_info=error)
    except BaseException:
        pass  # User code's log handler.


class MainLoop:
    """With one invocation at a time: a loop in the handler's own thread, which runs while a
    coroutine does. Tasks that a handler leaves behind go on when the next coroutine runs."""

    def __init__(self, make_waits=None):
        self._make_waits = make_waits
        self.adopt()

    def adopt(self):
        """For a forked process that is to be a runtime of its own: the loop is the parent's."""
        self._loop = None
        self.waits = self._make_waits() if self._make_waits else None

    def run(self, coroutine, deadline, watch=None):
        """What _Call.outcome() says of it in the end. `deadline` is of time.monotonic(), or None.
        Cancelled when `watch` says that the client is not there any more."""
        loop = self._open()
        process = os.getpid()
        call = _Call(loop, coroutine, deadline)
        if watch is not None:
            call.cancel_when(self.waits, watch)
        call.task.add_done_callback(_stop_loop)
        fault = self._run(loop)
        if os.getpid() != process:
            _raise_as_forked_child()
            return FINISHED, None
        if call.task.done():
            return call.outcome()
        call.task.remove_done_callback(_stop_loop)
        self.close()
        return FAILED, fault or RuntimeError("Event loop stopped before Future completed.")

    def close(self):
        """Ends the loop and what runs on it. The next coroutine gets a new one."""
        loop, self._loop = self._loop, None
        if loop is not None:
            _wind_up(loop)

    def _open(self):
        if self._loop is None or self._loop.is_closed():
            self._loop = _import_asyncio().new_event_loop()
            if self.waits is not None:
                self.waits.attach(self._loop)
        return self._loop

    @staticmethod
    def _run(loop):
        outer = getattr(_running, "loop", None)  # For a hook between two rounds of that one.
        _running.loop = loop
        try:
            loop.run_forever()
        except BaseException as error:
            return error
        finally:
            _running.loop = outer


def _stop_loop(task):
    # These two end the loop by themselves: a stop would be left over for its next run.
    if task.cancelled() or not isinstance(task.exception(), (SystemExit, KeyboardInterrupt)):
        task.get_loop().stop()


class LoopThread:
    """Above one invocation at a time: one thread whose loop runs all coroutines at once."""

    def __init__(self, make_waits=None):
        self.new_loop = lambda: _import_asyncio().new_event_loop()
        self._make_waits = make_waits
        self.adopt()

    def adopt(self):
        """For a forked process that is to be a runtime of its own: the thread is the parent's."""
        self._lock = _thread.allocate_lock()
        self._loop = None
        self._thread = None
        self._is_closing = False
        self._settles = {}  # By number: who is told the outcome of what is in flight.
        self._submitted = 0
        self._last_failure = None
        self._failures = 0
        self._process = os.getpid()
        self.waits = self._make_waits() if self._make_waits else None

    def complete(self, make_coroutine, timeout=None):
        """Has the loop run make_coroutine(loop), and waits for its end, for so long at most."""
        threading = library.load("threading", "Thread")
        done = threading.Event()
        failures = []

        async def run(loop):
            try:
                await make_coroutine(loop)
            except BaseException as error:
                failures.append(error)
            finally:
                done.set()

        with self._lock:
            loop = self._open()
            loop.call_soon_threadsafe(lambda: self._keep(loop.create_task(run(loop))))
        done.wait(timeout)
        if failures:
            raise failures[0]

    def _keep(self, task):
        self._task = task  # The loop itself holds it weakly.

    def submit(self, coroutine, deadline, settle, watch=None):
        """Returns at once; settle(kind, value) is called with the outcome, in the loop's thread and
        this context. `deadline` is of time.monotonic(), or None. Cancelled when `watch` says that
        the client is not there any more."""
        try:
            context = _contextvars.copy_context()
            with self._lock:
                loop = self._open()
                self._submitted += 1
                number = self._submitted
                self._settles[number] = partial(context.run, settle)
                loop.call_soon_threadsafe(self._begin, number, coroutine, deadline, watch,
                                          context=context)
        except BaseException as error:
            coroutine.close()
            settle(FAILED, error)

    def close(self):
        """Ends the loop and what runs on it. What does not end in time is left without a word."""
        with self._lock:
            thread, self._is_closing = self._thread, True
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._loop.stop)
        if thread is not None:
            thread.join(JOIN_SECONDS)
        self._settles.clear()

    def _open(self):
        threading = library.load("threading", "Thread")
        if self._loop is None or self._loop.is_closed():
            loop = self.new_loop()
            thread = threading.Thread(target=self._run, args=(loop,), name="openfc-asyncio",
                                      daemon=True)
            thread.start()
            self._loop, self._thread = loop, thread
        return self._loop

    def _begin(self, number, coroutine, deadline, watch):
        call = _Call(self._loop, coroutine, deadline)
        if watch is not None:
            call.cancel_when(self.waits, watch)
        call.task.add_done_callback(lambda task: self._finish(number, call))

    def _finish(self, number, call):
        streams.write_rest_of(call.task)
        settle = self._settles.pop(number, None)
        kind, value = call.outcome()
        self._last_failure = id(value)  # Kept itself, it would keep all the frames of this thread.
        if settle is not None:
            settle(kind, value)

    def _run(self, loop):
        if self.waits is not None:
            self.waits.attach(loop)
        self._enter(loop)
        fault = self._run_on(loop)
        self._leave(loop, fault)

    def _enter(self, loop):
        """From here on this thread is the loop's."""
        asyncio = _import_asyncio()
        streams.divide_by_task(lambda: asyncio.current_task(loop))
        _running.loop = loop

    @staticmethod
    def _exit():
        """It is not any more."""
        _running.loop = None
        streams.divide_by_task(None)

    def _run_on(self, loop):
        """Runs the loop for as long as it is to go on; answers what makes it useless."""
        fault, self._failures = None, 0
        while fault is None and self._goes_on(loop):
            fault = self._run_once(loop)
        return fault

    def _goes_on(self, loop):
        return not self._is_closing and not loop.is_closed()

    def _leave(self, loop, fault):
        with self._lock:
            self._loop = None
            left, self._settles = self._settles, {}
        if not self._is_closing:
            self._fail(left, fault or RuntimeError("Event loop is closed"))
        left.clear()
        self._wind_up(loop)

        if self._serves_application() and not self._is_closing:
            end_useless_process(fault)

    def _serves_application(self):
        """Its requests are for this very loop."""
        return self.waits is not None and self.waits.take_requests is not None

    def _wind_up(self, loop):
        _wind_up(loop)
        if self.waits is not None:
            self.waits.end()

    def _run_once(self, loop):
        """Runs the loop until somebody stops it; answers what makes it useless."""
        fault = None
        try:
            loop.run_forever()
        except BaseException as error:
            if os.getpid() == self._process:
                fault = self._bear(loop, error)
        if os.getpid() != self._process:
            end_forked_child()
        return fault

    def _bear(self, loop, error):
        """What ends a round of the loop, the exception of a signal handler for one, is no reason to
        give it up. Answers it when the loop does nothing else any more."""
        if not isinstance(error, (SystemExit, KeyboardInterrupt)):  # Of callbacks, many may come.
            self._failures += 1
        if self._failures >= MOST_FAILURES or loop.is_closed():
            return error
        loop.call_soon(self._report, loop, error)
        return None

    def _report(self, loop, error):
        self._failures = 0
        if isinstance(error, (SystemExit, KeyboardInterrupt)):
            if id(error) != self._last_failure:
                _log("%s in a callback of the event loop" % type(error).__name__, error)
        else:
            loop.call_exception_handler({"message": "the event loop was interrupted",
                                         "exception": error})

    @staticmethod
    def _fail(settles, error):
        for settle in settles.values():
            settle(FAILED, error)


def end_forked_child():
    """Ends a process that a coroutine forked, as a handler's is ended."""
    status = 0
    try:
        _raise_as_forked_child()
    except BaseException as error:
        status = exits.exit_status(error)
    streams.flush()
    os._exit(status)


def end_useless_process(fault):
    """There is no event loop for what this process serves: another one has to."""
    _log("the event loop cannot go on, and the process ends", fault)
    streams.flush()
    os._exit(1)
