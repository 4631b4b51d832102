#!/usr/bin/env python3
"""The Executor service over the wire: every route and error of its version 1.0.0, and of what stands
around every dialect, against the real program behind its walls.

usage: executor_service.py FOLDER_OF_PROGRAMS
"""

import base64
import json
import os
import re
import subprocess
import sys

import plotly_figures
import served
import stand


class Server(served.Served):
    """A running fcsandbox --serve executor."""

    def __init__(self, place, profile, *more):
        super().__init__(place, "executor", profile, *more)

    def post(self, path, document, headers=None):
        """(status, document)."""
        status, _, text = self.ask("POST", path, json.dumps(document),
                                   {"Content-Type": "application/json", **(headers or {})})
        return status, json.loads(text)

    def execute(self, code, **more):
        status, reply = self.post("/execute", {"code": code, **more})
        assert status == 200, (status, reply)
        assert list(reply)[:4] == ["status", "execution_time", "output", "error"], reply
        return reply


def output(stdout="", stderr="", **more):
    return {"stdout": stdout, "stderr": stderr, "charts": [], "dataframes": [], "variables": {},
            **more}


def refused(error, *places):
    return {"status": "error", "execution_time": 0, "output": None, "error": "代码验证失败: " + error,
            "violations": [{"message": message, "line": line, "column": column}
                           for message, line, column in places]}


def success(**more):
    return {"status": "success", "output": output(**more), "error": None}


OS = "禁止导入模块: os"
# Code, and its whole reply, but for the time.
PROGRAMS = (
    ("print('Hello, World!')", success(stdout="Hello, World!\n")),
    ("", success()),
    ("   x = 1\n   print(x)", success(stdout="1\n", variables={"x": {"type": "int", "value": "1"}})),
    ("for i in range(2):\n    print(i)\nimport json\nprint(json.dumps([i]))",
     success(stdout="0\n1\n[1]\n", variables={"i": {"type": "int", "value": "1"}})),
    ("n = 3\ndef f(k):\n    return 1 if k == 0 else k * f(k - 1)\nprint(f(n))",
     success(stdout="6\n", variables={"n": {"type": "int", "value": "3"}})),
    ("class C(Exception):\n    pass\ntry:\n    raise C('x')\nexcept C as e:\n    print(repr(e))",
     success(stdout="C('x')\n")),
    ("a, b, c, d, e, f = 1.5, True, [1], {'k': 2}, (3,), 'x' * 300\n_g = 1",
     success(variables={"a": {"type": "float", "value": "1.5"}, "b": {"type": "bool", "value": "True"},
                        "c": {"type": "list", "value": "[1]"},
                        "d": {"type": "dict", "value": "{'k': 2}"},
                        "e": {"type": "tuple", "value": "(3,)"},
                        "f": {"type": "str", "value": "x" * 200}})),
    ("print(__name__)", success(stdout="__main__\n")),
    ("import os", refused(OS, (OS, 1, 1))),
    ("x = 1\nfrom os import path\neval('1')",
     refused("禁止使用: eval", (OS, 2, 1), ("禁止使用: eval", 3, 1))),
    ("1 +", refused("语法错误: invalid syntax (<string>, line 1)",
                    ("语法错误: invalid syntax (<string>, line 1)", 1, 4))),
    ("print('so far')\n1 / 0",
     {"status": "error", "error": "division by zero",
      "output": output("so far\n", "\nTraceback (most recent call last):\n"
                                   "  File \"<string>\", line 2, in <module>\n"
                                   "ZeroDivisionError: division by zero\n")}),
    ("raise SystemExit", success()),
    ("raise SystemExit('bad')",
     {"status": "error", "error": "bad",
      "output": output(stderr="\nTraceback (most recent call last):\n"
                              "  File \"<string>\", line 1, in <module>\nSystemExit: bad\n")}),
    # The second of three levels: imports of the program's own frames, at run time.
    ("print(__builtins__['__import__']('socket'))",
     {"status": "error", "error": "不允许导入模块: socket",
      "output": output(stderr="\nTraceback (most recent call last):\n"
                              "  File \"<string>\", line 1, in <module>\n"
                              "  File \"<harness>\", line LINE, in judged_import\n"
                              "ImportError: 不允许导入模块: socket\n")}),
)

# The third: what gets around the other two meets the walls. Each must end in an error of the system.
WALLED = (
    "import importlib\nprint(importlib.import_module('o' + 's').popen('id').read())",
    "import importlib\nimportlib.import_module('subprocess').run(['/bin/true'])",
    "import importlib\nimportlib.import_module('io').open('/etc/passwd-', 'w')",
    "import importlib\ns = importlib.import_module('socket').socket()\ns.settimeout(2)\n"
    "s.connect(('127.0.0.1', PORT))",
    "import codecs\ncodecs.open('/etc/shadow').read()",
)

MISSING = {"type": "missing", "loc": ["body", "code"], "msg": "Field required", "input": {}}
# Method, path, body, status, document.
ROUTES = (
    ("GET", "/", None, 200, {"service": "Python Executor Service", "status": "running",
                             "version": "1.0.0"}),
    ("GET", "/templates/x", None, 404, {"detail": "模板 'x' 不存在"}),
    ("GET", "/nothing", None, 404, {"detail": "Not Found"}),
    ("GET", "/execute", None, 405, {"detail": "Method Not Allowed"}),
    ("POST", "/health", None, 405, {"detail": "Method Not Allowed"}),
    ("POST", "/execute", "{}", 422, {"detail": [MISSING]}),
    ("POST", "/validate", "{}", 422, {"detail": [MISSING]}),
    ("POST", "/execute", '{"code": "", "timeout": 61}', 422,
     {"detail": [{"type": "less_than_equal", "loc": ["body", "timeout"],
                  "msg": "Input should be less than or equal to 60", "input": 61, "ctx": {"le": 60}}]}),
    ("POST", "/execute", '{"code"', 422,
     {"detail": [{"type": "json_invalid", "loc": ["body", 7], "msg": "JSON decode error", "input": {},
                  "ctx": {"error": "Expecting ':' delimiter"}}]}),
    ("POST", "/execute", json.dumps({"code": "#" * 50001}), 200,
     {"status": "error", "execution_time": 0, "output": None,
      "error": "代码验证失败: 代码过长（最大50KB）"}),
    ("POST", "/validate", '{"code": "x = 1"}', 200, {"valid": True, "error": None}),
    ("POST", "/validate", '{"code": "import os"}', 200,
     {"valid": False, "error": OS, "violations": [{"message": OS, "line": 1, "column": 1}]}),
)


def check_programs(server):
    for code, expected in PROGRAMS:
        reply = server.execute(code)
        time = reply.pop("execution_time")
        assert isinstance(time, int) and time >= 0, time
        expected = dict(expected)
        expected.pop("execution_time", None)
        if reply["output"]:
            reply["output"]["stderr"] = re.sub(r'(<harness>", line )\d+', r"\1LINE",
                                               reply["output"]["stderr"])
        assert reply == expected, "%s\n%s\n%s" % (code, reply, expected)
    return len(PROGRAMS)


def check_walls(server):
    for code in WALLED:
        reply = server.execute(code.replace("PORT", str(server.port)))
        assert reply["status"] == "error", (code, reply)
        assert re.search(r"PermissionError|OSError|FileNotFoundError|ConnectionRefusedError",
                         reply["output"]["stderr"]), (code, reply)
    return len(WALLED)


def check_routes(server):
    for method, path, body, status, document in ROUTES:
        told, headers, text = server.ask(method, path, body, {"Content-Type": "application/json"})
        assert (told, json.loads(text)) == (status, document), (method, path, body, told, text)
        assert headers["x-fcsandbox-isolation"], headers
    status, _, text = server.ask("GET", "/templates")
    for name, code in json.loads(text).items():
        status, _, one = server.ask("GET", "/templates/" + name)
        assert (status, json.loads(one)) == (200, {"name": name, "code": code}), one
    return len(ROUTES) + 1


def check_ends(server):
    reply = server.execute("print('so far')\nwhile True: pass", timeout=1)
    assert (reply["status"], reply["error"]) == ("timeout", "执行超时（限制 1 秒）"), reply
    assert reply["output"]["stdout"] == "so far\n" and reply["execution_time"] >= 1000, reply
    reply = server.execute("print('so far')\nx = []\nwhile True: x.append(bytearray(1 << 22))")
    assert reply["status"] == "error" and reply["output"]["stdout"] == "so far\n", reply
    reply = server.execute("import importlib\nimportlib.import_module('o' + 's')._exit(3)")
    assert reply["error"] == "进程提前退出，退出码: 3", reply
    reply = server.execute("while True: print('x' * 1000)", timeout=1)
    assert reply["output"]["truncated"] and len(reply["output"]["stdout"]) <= 1 << 20, reply["error"]
    return 4


def check_operator(server, profile):
    status, _, text = server.ask("GET", "/v1/isolation")
    assert json.loads(text) == {"profile": profile, "missing": []}, text
    status, headers, text = server.ask("GET", "/metrics")
    assert status == 200 and headers["content-type"].startswith("text/plain; version=0.0.4"), headers
    assert re.search(r'^fcsandbox_runs_total\{verdict="exited"\} [1-9]', text, re.M), text
    own = {"Content-Type": "application/json", "Origin": "http://127.0.0.1:%d" % server.port}
    assert server.ask("POST", "/execute", '{"code": ""}', own)[0] == 200
    others = ("https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:%d" % (server.port - 1),
              "https://127.0.0.1", "http://localhost:%d" % server.port)
    for header in ({"Host": "evil.example"}, *({"Origin": other} for other in others)):
        status, headers, text = server.ask("POST", "/execute", '{"code": ""}', header)
        assert status == 403 and "access-control-allow-origin" not in headers, (header, text)
    return 5 + len(others)


def check_cancel(server):
    connection = server.connect()
    connection.request("POST", "/execute", '{"code": "while True: pass", "timeout": 60}',
                       {"Content-Type": "application/json"})
    while " 1\n" not in re.search("^fcsandbox_running .*\n", server.ask("GET", "/metrics")[2],
                                  re.M).group():
        pass
    connection.close()
    line = server.await_line("cancelled")
    assert line["dialect"] == "executor" and "while" not in json.dumps(line), line
    return 1


def check_charts(server):
    """How many; none where the libraries are not there."""
    libraries = json.loads(server.ask("GET", "/health")[2])["available_libraries"]
    count = 0
    if "matplotlib" in libraries:
        sine = json.loads(server.ask("GET", "/templates/matplotlib_basic")[2])["code"]
        (chart,) = server.execute(sine)["output"]["charts"]
        assert base64.b64decode(chart["data"]).startswith(b"\x89PNG"), chart["data"][:20]
        assert [chart[key] for key in ("type", "format", "width", "height")] == [
            "matplotlib", "png", 1000, 600], chart
        assert [one["type"] for one in chart["charts"]] == ["line"], chart["charts"]
        count += 1 + check_picture(server)
    if "pandas" in libraries:
        reply = server.execute("df = pd.DataFrame({'a': [1, 2]})\nn = np.arange(2)")
        (table,) = reply["output"]["dataframes"]
        assert [table[key] for key in ("name", "shape", "columns", "rows")] == [
            "df", [2, 1], ["a"], 2], table
        assert 'class="dataframe table table-striped table-bordered"' in table["html"], table
        assert reply["output"]["variables"] == {
            "n": {"type": "numpy.ndarray", "shape": [2], "dtype": "int64", "preview": "[0 1]"}}, reply
        reply = server.execute("import pandas\npandas.io.common.os.popen('id').read()")
        assert reply["error"] == "[Errno 1] Operation not permitted", reply
        count += 2
    if "plotly" in libraries:
        count += plotly_figures.check(server, libraries)
    print("libraries:", ", ".join(libraries) or "none, so no charts and tables were tried")
    return count


WORDS = """
import matplotlib.pyplot as plt
plt.plot([1, 4, 9], label="Wxyz \u00e4\u00f6 QJK")
plt.title("Quick brown foxes 0123456789", fontweight="bold", fontfamily="serif")
plt.legend()
"""


def check_picture(server):
    """What the interpreter has drawn before, fonts it has open, changes no picture of a run."""
    drawn = ("import matplotlib\nmatplotlib.use('Agg')\n" + WORDS + "import sys\n"
             "plt.savefig(sys.stdout.buffer, format='png', dpi=100, bbox_inches='tight')\n")
    fresh = subprocess.run(["/usr/bin/python3", "-c", drawn], stdout=subprocess.PIPE, check=True).stdout
    for _ in range(2):
        (chart,) = server.execute(WORDS)["output"]["charts"]
        assert base64.b64decode(chart["data"]) == fresh, "a fresh process draws another picture"
    return 1


def check_keys_and_pages(place, profile):
    keys = place.folder + "/keys"
    with open(keys, "w", encoding="ascii") as file:
        file.write("# of the test\nsecret-1\n")
    with Server(place, profile, "--no-data", "--cors", "--api-key-file", keys, "--runs", "1",
                "--queue", "1") as server:
        return check_guards(server)


def check_guards(server):
    page = {"Origin": "https://page.example"}
    status, headers, text = server.ask("OPTIONS", "/execute", None,
                                       {**page, "Access-Control-Request-Method": "POST",
                                        "Access-Control-Request-Headers": "content-type"})
    assert (status, text) == (200, "OK"), (status, text)
    assert headers["access-control-allow-origin"] == "https://page.example", headers
    assert server.post("/execute", {"code": ""}, page)[0] == 401
    opened = {**page, "X-API-Key": "secret-1"}
    assert server.post("/execute", {"code": ""}, opened)[0] == 200
    held = [server.connect() for _ in range(2)]
    for number, connection in enumerate(held, 1):
        connection.request("POST", "/execute", '{"code": "while True: pass", "timeout": 60}',
                           {"Content-Type": "application/json", **opened})
        while True:
            figures = server.ask("GET", "/metrics", None, opened)[2]
            busy = sum(int(re.search(r"^fcsandbox_%s (\d+)$" % name, figures, re.M).group(1))
                       for name in ("running", "queued"))
            if busy == number:
                break
    status, headers, text = server.ask("POST", "/execute", '{"code": ""}',
                                       {"Content-Type": "application/json", **opened})
    assert (status, json.loads(text)) == (503, {"detail": "服务繁忙，请稍后重试"}), text
    assert headers["retry-after"] == "1", headers
    for connection in held:
        connection.close()
    assert server.stop() == 0
    return 5


def check_usage(place):
    for words, said in ((["--listen", "0.0.0.0"], "needs --api-key-file"),
                        (["--api-key-file", "/nowhere"], "/nowhere"),
                        (["--port", "x"], "--port")):
        end = subprocess.run([place.folder + "/fcsandbox", "--serve", "executor", *words],
                             capture_output=True, text=True, check=False, timeout=served.PATIENCE)
        assert end.returncode == 64 and said in end.stderr, (words, end)
    return 3


def run():
    rows = 0
    for profile, user in (("full", 0), ("unpriv", 65534)):
        with stand.stand(sys.argv[1], "executor", user) as place:
            with Server(place, profile) as server:
                rows += check_programs(server) + check_walls(server) + check_routes(server)
                rows += check_ends(server) + check_operator(server, profile)
                charts = check_charts(server)
                rows += check_cancel(server) + charts
                assert server.stop() == 0
                # What matplotlib remembers lies here, and not in a folder of its own that stays.
                assert not charts or os.path.isdir(place.state + "/matplotlib")
                assert place.left() == [], place.left()
            if profile == "full":
                rows += check_keys_and_pages(place, profile) + check_usage(place)
                with Server(place, profile, "--no-data") as server:
                    assert server.stop_impatiently() == 0, server.process.returncode
    print("%d rows hold" % rows)
    return 0


if __name__ == "__main__":
    stand.main(run)
