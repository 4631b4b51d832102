"""A headless Chromium, driven over a pair of pipes (the DevTools protocol)."""

import base64
import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading

PATIENCE_S = 60
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
         "--no-proxy-server", "--remote-debugging-pipe")
KEYS = {"Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38, "Tab": 9}
MODIFIERS = {"alt": 1, "ctrl": 2, "meta": 4, "shift": 8}


class Browser:
    """The process, and the answers to what it is told."""

    def __init__(self):
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if program is None:
            raise RuntimeError("no Chromium was found: install chromium")
        self._profile = tempfile.TemporaryDirectory(prefix="openfc-console-")
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        self._process = subprocess.Popen(
            [program, *FLAGS, "--user-data-dir=" + self._profile.name, "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, close_fds=False,
            preexec_fn=lambda: _as_three_and_four(theirs_in, theirs_out))
        os.close(theirs_in)
        os.close(theirs_out)
        self._answers = {}
        self._next_id = 0
        self.events = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        kept = b""
        while True:
            try:
                piece = os.read(self._in, 1 << 16)
            except OSError:
                return
            if not piece:
                return
            *messages, kept = (kept + piece).split(b"\0")
            for message in map(json.loads, messages):
                if "id" in message:
                    self._answers[message["id"]].put(message)
                else:
                    self.events.append(message)

    def tell(self, method, session=None, **parameters):
        """Does what `method` says, and returns what it gives."""
        self._next_id += 1
        message = {"id": self._next_id, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        answers = self._answers[self._next_id] = queue.Queue()
        os.write(self._out, json.dumps(message).encode() + b"\0")
        answer = answers.get(timeout=PATIENCE_S)
        if "error" in answer:
            raise RuntimeError("%s: %s" % (method, answer["error"]))
        return answer["result"]

    def close(self):
        """Ends all its processes."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._out)
        try:
            self._profile.cleanup()
        except OSError:
            shutil.rmtree(self._profile.name, ignore_errors=True)


def _as_three_and_four(source, sink):
    copies = os.dup(source), os.dup(sink)
    while min(copies) < 5:
        copies = tuple(os.dup(fd) for fd in copies)
    os.dup2(copies[0], 3)
    os.dup2(copies[1], 4)


class Page:
    """One page of a browser."""

    def __init__(self, browser, url, width=1440, height=900, dark=False):
        self._browser = browser
        self._forgiven = 0
        target = browser.tell("Target.createTarget", url="about:blank")["targetId"]
        self._session = browser.tell("Target.attachToTarget", targetId=target,
                                     flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.tell(domain + ".enable")
        self.resize(width, height)
        self.prefer("dark" if dark else "light")
        self.tell("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def tell(self, method, **parameters):
        return self._browser.tell(method, self._session, **parameters)

    def close(self):
        self.tell("Page.close")

    def evaluate(self, expression):
        """The value of an expression; a promise's, where it is one."""
        found = self.tell("Runtime.evaluate", expression=expression, returnByValue=True,
                          awaitPromise=True, userGesture=True,
                          allowUnsafeEvalBlockedByCSP=False)
        if "exceptionDetails" in found:
            raise AssertionError("%s: %s" % (expression, found["exceptionDetails"]))
        return found["result"].get("value")

    def until(self, expression):
        """Waits until the expression holds."""
        self.evaluate("""new Promise((resolve, reject) => {
            const late = setTimeout(() => reject(new Error(`not within %d s`)), %d);
            const look = () => {
                if (%s) { clearTimeout(late); resolve(true); } else setTimeout(look, 10);
            };
            look();
        })""" % (PATIENCE_S / 2, PATIENCE_S * 500, expression))

    def text(self, selector):
        return self.evaluate("document.querySelector(%s).textContent" % json.dumps(selector))

    def await_text(self, selector, part):
        """Waits until the element says `part`, and returns all that it says."""
        self.until("document.querySelector(%s).textContent.includes(%s)"
                   % (json.dumps(selector), json.dumps(part)))
        return self.text(selector)

    def press(self, key, *modifiers):
        """A key of the keyboard."""
        mask = sum(MODIFIERS[modifier] for modifier in modifiers)
        what = {"key": key, "modifiers": mask,
                "windowsVirtualKeyCode": KEYS.get(key, ord(key[0].upper()))}
        text = "\r" if key == "Enter" else key if len(key) == 1 else ""
        if mask & ~MODIFIERS["shift"]:
            text = ""
        self.tell("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown",
                  **what, **({"text": text} if text else {}))
        self.tell("Input.dispatchKeyEvent", type="keyUp", **what)

    def write(self, text):
        """What a person would type or paste into the field that has the focus."""
        self.tell("Input.insertText", text=text)

    def resize(self, width, height):
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)

    def prefer(self, scheme):
        self.tell("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])

    def shoot(self, path):
        """A picture of the page."""
        picture = self.tell("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture["data"]))

    def forgive(self):
        """What the browser said so far against the page was to be expected."""
        self._forgiven = len(self._browser.events)

    def complaints(self):
        """What the browser has to say against the page: exceptions, and what its policy forbade."""
        found = []
        for event in self._browser.events[self._forgiven:]:
            if event.get("sessionId") != self._session:
                continue
            if event["method"] == "Runtime.exceptionThrown":
                found.append(event["params"]["exceptionDetails"])
            elif event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
                found.append(event["params"]["entry"])
        return found

    def requests(self):
        """The URLs that it asked for."""
        return [event["params"]["request"]["url"] for event in self._browser.events
                if event["method"] == "Network.requestWillBeSent"
                and event.get("sessionId") == self._session]
