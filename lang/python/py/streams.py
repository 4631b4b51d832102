"""Standard output and error above one invocation at a time: whole lines, whoever writes them
(fc-runtime-api.md, section 2)."""

import _thread
import atexit
import io
import os
import sys

from _openfc import exits, library

MAX_REST_BYTES = 1024 * 1024
_NAMES = (("stdout", 1), ("stderr", 2))

begun = set()  # Who has begun a line that is not out yet; by the id of their _Rest.

_state = {"write": None, "lines": []}


def write_whole(descriptor, data):
    """Writes bytes; nothing else of ours comes between them."""
    _state["write"](descriptor, data)


def use_writer(write):
    """Once: `write(descriptor, bytes)` writes all of it at once, or raises OSError."""
    _state["write"] = write


class _Rest:
    """The line that somebody, a thread or a task, has begun. It is written when that one ends."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self._parts = []
        self._size = 0
        self._process = os.getpid()

    def add(self, data):
        """Takes bytes; the lines that they end are written, as one."""
        end = data.rfind(b"\n") + 1
        if end:
            line = b"".join(self._take() + [data[:end]])
            self._keep(data[end:])
            write_whole(self._descriptor, line)
        else:
            self._keep(data)
        if self._size > MAX_REST_BYTES:
            self.write()

    def write(self):
        """What there is, as it is."""
        rest = b"".join(self._take())
        if rest and self._process == os.getpid():  # Else it is the parent's to write.
            write_whole(self._descriptor, rest)

    def _keep(self, data):
        if data:
            begun.add(id(self))
            self._parts.append(data)
            self._size += len(data)

    def _take(self):
        begun.discard(id(self))
        parts, self._parts, self._size = self._parts, [], 0
        return parts

    def __del__(self):
        try:
            self.write()
        except Exception:
            pass  # As a file that goes.


class LineWriter(io.RawIOBase):
    """What stands below a text stream: keeps what each thread writes, and in a thread that runs an
    event loop of ours each task, until a line is whole. In a forked child it keeps nothing."""

    def __init__(self, replaced):
        super().__init__()
        self._replaced = replaced  # Kept: it would close what it stands on when it goes.
        self._descriptor = replaced.fileno()
        self.adopt()
        self.name = replaced.buffer.name
        self.mode = replaced.buffer.mode

    def adopt(self):
        """Belongs to this process from now on: keeps lines again, though this one was forked."""
        weakref = library.load("weakref", "WeakSet")
        self._threads = _thread._local()
        self._tasks = weakref.WeakKeyDictionary()
        self._all = weakref.WeakSet()
        self._lock = _thread.allocate_lock()
        self._process = os.getpid()

    def write(self, data):
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        data = bytes(data)
        if os.getpid() == self._process:
            self._rest().add(data)
        else:
            write_whole(self._descriptor, data)
        return len(data)

    def write_rest(self):
        """The line that the running thread, or task, has begun."""
        if os.getpid() == self._process:
            self._rest().write()

    def write_rest_of(self, task):
        """The line that a task has begun."""
        rest = self._tasks.pop(task, None)
        if rest is not None:
            rest.write()

    def write_rests(self):
        """Everybody's."""
        if os.getpid() != self._process:
            return
        with self._lock:
            rests = list(self._all)
        for rest in rests:
            rest.write()

    def divide_by_task(self, current_task):
        """In the running thread each task has a line of its own; `current_task()` names it."""
        self._threads.current_task = current_task

    def _rest(self):
        current_task = getattr(self._threads, "current_task", None)
        task = current_task() if current_task else None
        if task is None:
            rest = getattr(self._threads, "rest", None)
            if rest is None:
                rest = self._threads.rest = self._new_rest()
            return rest
        rest = self._tasks.get(task)
        if rest is None:
            rest = self._tasks[task] = self._new_rest()
        return rest

    def _new_rest(self):
        rest = _Rest(self._descriptor)
        with self._lock:
            self._all.add(rest)
        return rest

    def fileno(self):
        return self._descriptor

    def isatty(self):
        return os.isatty(self._descriptor)

    def writable(self):
        return True


def write_whole_lines():
    """Puts such streams in the place of sys.stdout and sys.stderr."""
    for name, descriptor in _NAMES:
        stream = getattr(sys, name)
        if stream is None or stream.fileno() != descriptor:
            continue
        lines = LineWriter(stream)
        text = io.TextIOWrapper(lines, encoding=stream.encoding, errors=stream.errors,
                                newline="\n", write_through=True)
        text.mode = "w"
        _state["lines"].append(lines)
        setattr(sys, name, text)
        setattr(sys, "__%s__" % name, text)
    atexit.register(_for_each, LineWriter.write_rests)


def _for_each(action, *arguments):
    for lines in _state["lines"]:
        try:
            action(lines, *arguments)
        except Exception:
            pass  # A stream that user code closed, or a log that nobody reads.


def divide_by_task(current_task):
    """See LineWriter."""
    _for_each(LineWriter.divide_by_task, current_task)


def adopt():
    """See LineWriter."""
    _for_each(LineWriter.adopt)


def write_rest_of(task):
    """See LineWriter."""
    if begun:
        _for_each(LineWriter.write_rest_of, task)


def flush():
    """Empties what the running thread, or task, printed."""
    exits.flush()
    _for_each(LineWriter.write_rest)
