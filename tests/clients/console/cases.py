"""What a person does on the console page, and what must come of it. Each public method is a case."""

import json

from index import MARKUP

READY = ("document.querySelectorAll('#function-list button').length > 3 &&"
         " document.querySelectorAll('#sample option').length > 1 &&"
         " document.querySelector('#link').textContent === 'live'")
# The contrast of a text with what it stands on (WCAG 2.2), of the first element that matches.
CONTRAST = """(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = channels(color).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$/.test(color)) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  return %s.map((selector) => {
    const element = document.querySelector(selector);
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
    return [selector, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
  });
})()"""
TEXTS = ["h1", "#link", "#chosen", "#event", "#event-note", "#invoke", "#invoke-async", "#verdict",
         "#facts dt", "#facts dd", "#result", "#log .frame", "#log .error", "#summary", "th", "td",
         "tr.failed .number", ".instance .what", ".instance .memory", ".functions .kind", "#theme"]


class Cases:
    """Cases for any server of the page; `place.url` is its address, `open_page` opens it."""

    def __init__(self, place, open_page, shots):
        self._place, self._open, self._shots = place, open_page, shots

    def open(self, **options):
        page = self._open(self._place.url, **options)
        page.until(READY)
        return page

    def choose(self, page, name):
        page.press("Escape")
        page.press("/")
        page.write(name)
        page.press("Enter")
        page.await_text("#chosen", "for " + name)
        page.evaluate("document.activeElement.blur()")

    def invoke(self, page, event, verdict="Succeeded"):
        page.press("e")
        page.write(event)
        page.press("Enter", "ctrl")
        page.await_text("#verdict", verdict)

    def invokes_asynchronously(self):
        page = self.open()
        self.choose(page, "hello")
        page.press("e")
        page.write('{"name": "Grace"}')
        page.press("Enter", "ctrl", "shift")
        page.await_text("#verdict", "Queued")
        page.until("document.querySelector('#invocation-rows tr.shown td:nth-child(3)')"
                   "?.textContent.includes('async')")

    def shows_every_function(self):
        page = self.open()
        names = page.evaluate("[...document.querySelectorAll('.functions .name')]"
                              ".map((name) => name.textContent)")
        assert set(names) == {"hello", "hostile", "fails", "binary"}, names
        self.choose(page, "hello")
        assert "0 0 12 * * *" in page.text("#function-list"), page.text("#function-list")

    def invokes_by_the_keyboard_alone(self):
        page = self.open()
        self.choose(page, "hello")
        self.invoke(page, '{"name": "Ada"}')
        assert json.loads(page.text("#result"))["greeting"] == "hello Ada", page.text("#result")
        assert "greeting Ada" in page.text("#log"), page.text("#log")
        request_id = page.evaluate("document.querySelector('#facts .id').textContent")
        assert request_id and request_id in page.text("#log"), request_id
        page.until("document.querySelector('#invocation-rows tr.shown')")
        page.until("document.querySelector('#instance-list').textContent.includes('hello')")

    def keeps_the_event_of_each_function(self):
        page = self.open()
        self.choose(page, "hello")
        page.press("e")
        page.write("first")
        self.choose(page, "fails")
        assert page.evaluate("document.querySelector('#event').value") == ""
        self.choose(page, "hello")
        assert page.evaluate("document.querySelector('#event').value") == "first"

    def never_takes_text_for_markup(self):
        page = self.open()
        before = page.evaluate("document.querySelectorAll('*').length")
        self.choose(page, "hostile")
        self.invoke(page, "{}")
        assert page.text("#result") == MARKUP, page.text("#result")
        assert MARKUP in page.text("#log"), page.text("#log")
        self.choose(page, "fails")
        self.invoke(page, MARKUP, verdict="ValueError")
        assert json.loads(page.text("#result"))["errorMessage"] == MARKUP
        assert page.evaluate("document.querySelectorAll('img, body script').length") == 0
        assert page.evaluate("document.title") == "openfc"
        assert page.evaluate("document.querySelectorAll('*').length") > before

    def has_a_policy_against_markup(self):
        page = self.open()
        for attempt in ("document.body.innerHTML = '<b>x</b>'", "document.write('<b>x</b>')",
                        "new Function('return 1')",
                        "Object.assign(document.createElement('script'), {textContent: '1'})"):
            outcome = page.evaluate("(() => { try { %s; return 'done'; }"
                                    " catch (error) { return error.name; } })()" % attempt)
            assert outcome in ("TypeError", "EvalError"), (attempt, outcome)
        page.forgive()

    def shows_a_failure(self):
        page = self.open()
        self.choose(page, "fails")
        self.invoke(page, "{}", verdict="ValueError")
        assert page.evaluate("document.querySelector('#result').classList.contains('failed')")
        assert "[ERROR]" in page.text("#log"), page.text("#log")
        page.until("document.querySelector('#invocation-rows tr.failed.shown')")
        page.until("document.querySelector('#plot .cross')")

    def sends_and_shows_bytes_that_are_no_text(self):
        page = self.open()
        self.choose(page, "binary")
        page.press("s")
        page.evaluate("""(() => {
            const sample = document.querySelector('#sample');
            sample.value = 'tablestore';
            sample.dispatchEvent(new Event('change'));
        })()""")
        assert page.evaluate("document.querySelector('#encoding').value") == "base64"
        page.press("Enter", "ctrl")
        page.await_text("#verdict", "Succeeded")
        assert page.text("#result").startswith("000000  "), page.text("#result")
        assert "Version" in page.text("#result"), page.text("#result")

    def steps_through_the_samples_and_back(self):
        page = self.open()
        page.press("e")
        page.write("mine")
        page.press("Escape")
        page.press("s")
        seen = []
        for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"):
            page.press(key)
            seen.append(page.evaluate("document.querySelector('#event').value"))
        assert len(set(seen)) == 3 and seen[0] == seen[2] and seen[3] == "mine", seen

    def refuses_base64_that_is_none(self):
        page = self.open()
        self.choose(page, "hello")
        page.evaluate("document.querySelector('#encoding').value = 'base64'")
        page.press("e")
        page.write("%%%")
        page.await_text("#event-note", "This is no base64.")
        page.press("Enter", "ctrl")
        assert page.text("#verdict") == "", page.text("#verdict")

    def shows_the_log_of_an_earlier_invocation(self):
        page = self.open()
        self.choose(page, "hello")
        self.invoke(page, '{"name": "Edith"}')
        page.until("document.querySelector('#invocation-rows tr.shown')")
        self.choose(page, "fails")
        self.invoke(page, "{}", verdict="ValueError")
        page.until("document.querySelector('#invocation-rows tr.failed.shown')")
        page.press("Escape")
        page.press("v")
        page.press("ArrowDown")
        page.press("Enter")
        page.await_text("#log", "greeting Edith")
        assert page.text("#verdict").startswith("hello: succeeded"), page.text("#verdict")

    def lists_one_functions_invocations_when_asked(self):
        page = self.open()
        for name, verdict in (("hello", "Succeeded"), ("fails", "ValueError")):
            self.choose(page, name)
            self.invoke(page, "" if name == "hello" else "{}", verdict)
            page.until("document.querySelector('#invocation-rows tr.shown')")
        page.evaluate("document.querySelector('#only-chosen').click()")
        names = page.evaluate("[...document.querySelectorAll('#invocation-rows td:nth-child(2)')]"
                              ".map((cell) => cell.textContent)")
        assert names and all(name.startswith("fails") for name in names), names

    def stops_an_instance(self):
        page = self.open()
        self.choose(page, "binary")
        self.invoke(page, "x")
        page.until("document.querySelector('#instance-list').textContent.includes('binary')")
        page.evaluate("[...document.querySelectorAll('.instance')].find((item) =>"
                      " item.textContent.includes('binary')).querySelector('button').click()")
        page.until("![...document.querySelectorAll('.instance')].some((item) =>"
                   " item.textContent.includes('binary') && !item.textContent.includes('stopping'))")

    def walks_through_the_functions_by_single_keys(self):
        page = self.open()
        names = page.evaluate("[...document.querySelectorAll('.functions .name')]"
                              ".map((name) => name.textContent)")
        page.press("j")
        page.await_text("#chosen", "for " + names[1])
        page.press("k")
        page.await_text("#chosen", "for " + names[0])

    def lists_its_keys_and_can_do_without_the_single_ones(self):
        page = self.open()
        page.press("?", "shift")
        page.until("document.querySelector('#help').open")
        page.press("Escape")
        page.until("!document.querySelector('#help').open")
        page.evaluate("document.querySelector('#single-keys').click()")
        page.press("e")
        assert page.evaluate("document.activeElement.id") != "event"
        page.evaluate("document.querySelector('#single-keys').click()")
        page.press("e")
        assert page.evaluate("document.activeElement.id") == "event"

    def is_light_or_dark_as_the_system_until_told(self):
        ground = "getComputedStyle(document.body).backgroundColor"
        page = self.open(dark=True)
        dark = page.evaluate(ground)
        page.prefer("light")
        light = page.evaluate(ground)
        assert dark != light, dark
        for wanted in (light, dark):
            page.press("t")
            assert page.evaluate(ground) == wanted, (page.text("#theme"), wanted)
        page.tell("Page.reload")
        page.until("document.readyState === 'complete' && " + READY)
        assert page.evaluate(ground) == dark
        page.press("t")
        assert page.text("#theme") == "Theme: system"

    def can_be_read_in_light_and_dark(self):
        page = self.open()
        self.choose(page, "fails")
        self.invoke(page, "{}", verdict="ValueError")
        page.until("document.querySelector('#invocation-rows tr.failed')"
                   " && document.querySelector('.instance')")
        for scheme in ("light", "dark"):
            page.prefer(scheme)
            found = page.evaluate(CONTRAST % json.dumps(TEXTS))
            poor = [(selector, round(ratio, 2)) for selector, ratio in found if ratio < 4.5]
            assert not poor, (scheme, poor)

    def fits_every_width(self):
        page = self.open()
        self.choose(page, "hostile")
        self.invoke(page, '{"a word": "%s"}' % ("x" * 300))
        for width in (320, 400, 760, 1000, 1200, 1440, 2200):
            page.resize(width, 900)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (width, wide)

    def names_every_control(self):
        page = self.open()
        self.choose(page, "hello")
        self.invoke(page, "")
        page.until("document.querySelector('#invocation-rows button')"
                   " && document.querySelector('.instance button')")
        page.tell("Accessibility.enable")
        nodes = page.tell("Accessibility.getFullAXTree")["nodes"]
        roles = ("button", "textbox", "searchbox", "combobox", "checkbox", "link", "image")
        controls = [node for node in nodes if not node.get("ignored")
                    and node.get("role", {}).get("value") in roles]
        nameless = [node for node in controls if not node.get("name", {}).get("value")]
        assert len(controls) > 10 and not nameless, nameless

    def asks_nobody_else(self):
        page = self.open()
        requests = page.requests()
        elsewhere = [url for url in requests if not url.startswith((self._place.url, "about:"))]
        assert requests and not elsewhere, elsewhere

    def can_be_looked_at(self):
        """Pictures for people, of a page where something happened."""
        for name, width, dark in (("wide-light", 1440, False), ("wide-dark", 1440, True),
                                  ("middle-light", 1000, False), ("narrow-dark", 400, True)):
            page = self.open(width=width, dark=dark)
            for function, verdict in (("fails", "ValueError"), ("binary", "Succeeded")):
                self.choose(page, function)
                self.invoke(page, "{}", verdict)
            self.choose(page, "hello")
            self.invoke(page, '{\n  "name": "Ada"\n}')
            page.until("document.querySelector('#invocation-rows tr.shown')")
            page.shoot("%s/%s.png" % (self._shots, name))
            page.close()
