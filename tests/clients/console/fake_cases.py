"""What the real server does too seldom, or not: names that are markup, many invocations, and its end."""

import fake_platform
from cases import Cases
from index import MARKUP


class FakeCases(Cases):
    """As Cases, against the fake alone."""

    def takes_no_name_for_markup(self):
        page = self._open_with({
            "functions": [{"name": MARKUP, "service": MARKUP, "runtime": MARKUP, "handler": MARKUP,
                           "memoryMb": 128, "timeoutS": 3, "concurrency": 2, "http": True,
                           "url": "javascript:document.title='owned'",
                           "timers": [{"name": MARKUP, "expression": MARKUP, "next": None}]}],
            "events": [{"type": MARKUP, "text": MARKUP}],
            "instances": [{"id": MARKUP, "function": MARKUP, "state": MARKUP, "inFlight": 1,
                           "memoryBytes": 1, "peakMemoryBytes": 1, "invocations": 1,
                           "startedAt": 0, "pid": 1}]},
                                [(MARKUP, MARKUP, False, MARKUP, MARKUP)])
        page.until("document.querySelector('.instance') && document.querySelector('#invocation-rows tr')"
                   " && document.querySelectorAll('#sample option').length === 2")
        page.evaluate("document.querySelector('#invocation-rows button').click()")
        page.await_text("#log", MARKUP)
        assert page.text("#function-list").count(MARKUP) == 5, page.text("#function-list")
        assert page.evaluate("document.querySelectorAll('img, body script, #function-list a').length") == 0
        assert page.evaluate("document.title") == "openfc"

    def _open_with(self, more, kept=()):
        platform = self._place.another(more)
        for number, (name, kind, ok, error_type, log) in enumerate(kept):
            platform.keep("r%d" % number, name, platform.use_instance(name), 1.5, ok, error_type, kind, log)
        return self._open(platform.url)

    def stays_usable_with_many_invocations(self):
        page = self._open_with({}, [("hello", "sync", True, "", "")] * 5000)
        page.await_text("#invocations-count", "1000")
        assert page.evaluate("document.querySelectorAll('#invocation-rows tr').length") == 100
        assert page.evaluate("document.querySelectorAll('#plot circle').length") == 150
        self.choose(page, "hello")
        self.invoke(page, "")
        page.until("document.querySelector('#invocation-rows tr:first-child.shown')")

    def keeps_the_keyboard_where_it_is_while_rows_come(self):
        page = self.open()
        self._place.invoke("hello", b"")
        page.until("document.querySelector('#invocation-rows button')")
        page.press("v")
        place = "document.activeElement.dataset.key"
        before = page.evaluate(place)
        rows = page.evaluate("document.querySelectorAll('#invocation-rows tr').length")
        self._place.invoke("fails", b"")
        page.until("document.querySelectorAll('#invocation-rows tr').length > %d" % rows)
        assert before and page.evaluate(place) == before

    def cuts_what_is_too_long_to_be_shown(self):
        platform = self._place.another({})
        platform.functions = {**platform.functions, "hello": lambda event, context: "x" * 3000000}
        page = self._open(platform.url)
        self.choose(page, "hello")
        self.invoke(page, "")
        shown = page.text("#result")
        assert len(shown) < 250000 and shown.endswith("more characters"), shown[-100:]

    def says_that_another_run_has_another_token(self):
        platform = self._place.another({})
        page = self._open(platform.url)
        page.until("document.querySelector('#link').textContent === 'live'")
        platform.token = "of the next run"
        platform.invoke("hello", b"")
        page.await_text("#trouble", "reload this page")
        page.forgive()

    def says_that_fclocal_has_ended_and_goes_on_when_it_is_back(self):
        platform = self._place.another({})
        page = self._open(platform.url)
        page.until("document.querySelector('#link').textContent === 'live'")
        platform.end()
        page.await_text("#link", "not connected")
        self._place.another({}, platform.server_port)
        page.await_text("#link", "live")
        page.until("document.querySelector('#trouble').hidden")
        page.forgive()


def place(functions):
    """A fake, which can make others."""

    class Place(fake_platform.FakePlatform):
        """Beside others."""

        def another(self, more, port=0):
            return Place(functions, more, port)

    return Place(functions)
