"""The functions and events that both runtimes are given. A case is a dict:

    name      what it is about
    code      index.py (a str), or files by their names
    calls     the invocations: an event (str or bytes), or (event, further headers)
    env       variables on top of the usual ones
    handler   index.handler unless it says another
    skip      what is not compared, with the reason why ours differs by design: {what: reason};
              what is `stack` (stackTrace and the trace cause), `log`, `exit`, `posts`
"""

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:f"
UNICODE = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.12"}
JSON_LOG = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "DEBUG"}
OUR_FRAMES = "awslambdaric shows frames of its own; no frame of ours is ever shown"
DIES = "awslambdaric dies and its caller waits for the platform; ours answers"

CASES = []


def case(name, code, calls=("{}",), **more):
    """Adds one."""
    CASES.append({"name": name, "code": code, "calls": calls, **more})


def returns(name, expression, preamble="", **more):
    """A case of one handler that returns the value of an expression."""
    case(name, "%s\ndef handler(event, context):\n    return %s\n" % (preamble, expression), **more)


def raises(name, statement, preamble="", **more):
    """A case of one handler of one statement."""
    case(name, "%s\ndef handler(event, context):\n    %s\n" % (preamble, statement), **more)


ECHO = "def handler(event, context):\n    return event\n"
SHOW = "def handler(event, context):\n    return repr(event)\n"

# Events.
for title, event in {
        "an object": '{"b": 1, "a": [1, 2.5, null, true]}', "a string": '"text"', "a number": "17",
        "null": "null", "a large number": "1" * 60, "a float that overflows": "1e400",
        "blanks around": " \r\n\t[1] \n", "Unicode": '{"k\u00e9y": "\u00fc \U0001f600"}',
        "escapes": '"\\ud83d\\ude00 \\u2028 \\n"', "a lone surrogate": '"\\ud800"',
        "a duplicate key": '{"a": 1, "a": 2}', "a byte order mark": "\ufeff[1]"}.items():
    case("event: " + title, ECHO, [event])
for title, event in {
        "nothing": "", "no JSON": "hello", "NaN": "[NaN]", "Infinity": '{"a": -Infinity}',
        "an open array": "[", "an open object": '{"a": 1', "a trailing comma": "[1, ]",
        "a trailing comma in an object": '{"a": 1, }', "a key that is none": "{1: 2}",
        "a missing colon": '{"a" 1}', "a missing comma": "[1 2]", "extra data": "{} {}",
        "a control character": '"a\nb"', "a bad escape": '"\\x"', "a bad Unicode escape": '"\\u12"',
        "an open string": '"abc', "bytes that are not UTF-8": b'"\xff"',
        "too many digits": "1" * 5000}.items():
    case("bad event: " + title, ECHO, [event])
case("event: not said to be JSON", SHOW, [('{"a": 1}', {"Content-Type": "text/plain"})])
case("event: a megabyte", ECHO, ['"%s"' % ("x" * 1000000)])

# Results.
for title, expression in {
        "None": "None", "a string": "'text'", "an empty string": "''", "bytes": "b'\\x00\\xff'",
        "a tuple": "(1, (2,))", "floats": "[0.1, 1e22, 1e-7, -0.0, float('nan'), float('-inf')]",
        "keys of all kinds": "{1: 1, 2.5: 2, True: 3, None: 4, float('inf'): 5, b'b': 6}",
        "non-ASCII": "'\\u00e9\\u2028\\x7f\\U0001f600'", "nested bytes": "[b'text', {'a': b''}]",
        "an empty dict": "{'a': {}, 'b': [], 'c': ()}", "a large int": "10 ** 40",
        "unsorted keys": "{'z': 1, 'a': 2}", "deep nesting": "[[[[[[[[[[{'a': [1]}]]]]]]]]]]"}.items():
    returns("result: " + title, expression)
    returns("result under 3.12: " + title, expression, env=UNICODE)
for title, (preamble, expression) in {
        "Decimal": ("from decimal import Decimal as D", "[D('1.10'), D('1E+5'), D('NaN'), D('-Infinity')]"),
        "a named tuple": ("import collections\nP = collections.namedtuple('P', 'x y')", "[P(1, P(2, 3))]"),
        "an ordered dict": ("import collections", "collections.OrderedDict(b=1, a=2)"),
        "an enum": ("import enum\nclass E(enum.IntEnum):\n    A = 1", "{'e': E.A, E.A: 2}"),
        "a float with a repr": ("class F(float):\n    def __repr__(self): return 'x'", "[F(1.5), {F(2): 1}]"),
        "an object with _asdict": ("class A:\n    def _asdict(self): return {'a': 1}", "A()"),
        "an object with for_json": ("class A:\n    def for_json(self): return 1", "A()"),
        "an object with to_json": ("class A:\n    def to_json(self): return '1'", "A()"),
        "a set": ("", "{1}"), "an object": ("", "object()"), "a generator": ("", "(x for x in 'ab')"),
        "a bytearray": ("", "bytearray(b'a')"), "a datetime": ("import datetime", "datetime.datetime(2026, 1, 2)"),
        "a dataclass": ("import dataclasses\n@dataclasses.dataclass\nclass A:\n    a: int = 1", "A()"),
        "a tuple as key": ("", "{(1, 2): 3}"), "a Decimal as key": ("import decimal", "{decimal.Decimal(1): 2}"),
        "bytes that are not UTF-8": ("", "[b'\\xff']"),
        "an _asdict that gives no dict": ("class A:\n    def _asdict(self): return 1", "A()")}.items():
    returns("result: " + title, expression, preamble)
raises("result: circular", "a = []; a.append(a); return a")
returns("result: a lone surrogate", "'\\ud800'")
returns("result under 3.12: a lone surrogate", "'\\ud800'", env=UNICODE,
        skip={"posts": DIES, "log": DIES, "exit": DIES})
returns("result: eight megabytes", "'x' * 8000000")

# Exceptions.
raises("raises", "raise ValueError('went wrong')")
raises("raises nothing to say", "raise KeyError")
raises("raises non-ASCII", "raise ValueError('\\u00e9 \\n two')")
raises("raises a lone surrogate", "raise ValueError('\\ud800')",
       skip={"posts": DIES, "log": DIES, "exit": DIES})
raises("raises non-ASCII under 3.12", "raise ValueError('\\u00e9\\n two')", env=UNICODE)
raises("raises with a cause", "try:\n        1 / 0\n    except Exception as e:\n        raise OSError('x') from e")
raises("raises in a library", "json.loads('{')", "import json")
raises("recurses", "return handler(event, context)")
raises("raises a class of its own", "raise Own('a', 2)", "class Own(Exception): pass")
raises("raises a group of lines", "raise ValueError(\n        'a',\n        'b')")
raises("raises 300 KB", "raise ValueError('x' * 300000)")
raises("raises two megabytes", "raise ValueError('x' * 2000000)")
raises("raises what cannot be shown", "raise Dumb()",
       "class Dumb(Exception):\n    def __str__(self): raise TypeError('no')",
       skip={"posts": DIES, "log": DIES, "exit": DIES})
case("a handler of no argument", "def handler():\n    return 1\n", skip={"stack": OUR_FRAMES, "log": OUR_FRAMES})
case("a handler that cannot be called", "handler = 3\n", skip={"stack": OUR_FRAMES, "log": OUR_FRAMES})
case("lives on after an exception",
     "n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    if event: raise OSError(n)\n    return n\n",
     ["1", "0", "1", "0"])
for title, statement in {"sys.exit()": "sys.exit()", "sys.exit(3)": "sys.exit(3)",
                         "sys.exit of a text": "sys.exit('bye')", "os._exit(4)": "os._exit(4)",
                         "GeneratorExit": "raise GeneratorExit"}.items():
    raises("ends: " + title, statement, "import atexit, os, sys\natexit.register(print, 'at the end')")
case("ends: while it is imported", "import sys\nsys.exit(5)\n")

# Loading.
case("load: no dot", ECHO, handler="handler")
case("load: empty attribute", ECHO, handler="index.")
case("load: no module", ECHO, handler="nosuch.handler")
case("load: no attribute", ECHO, handler="index.nosuch")
case("load: a built-in module", ECHO, handler="sys.handler")
case("load: a missing import", "import nosuch_module\n")
case("load: a syntax error", "def handler(e, c)\n    pass\n")
case("load: raises", "def f():\n    raise RuntimeError('at import')\nf()\n",
     skip={"stack": OUR_FRAMES, "log": OUR_FRAMES})
case("load: a ValueError", "int('x')\n", skip={"stack": OUR_FRAMES, "log": OUR_FRAMES})
case("load: in a package", {"pkg/__init__.py": "", "pkg/mod.py": ECHO}, handler="pkg.mod.handler")
case("load: in a folder", {"folder/mod.py": ECHO}, handler="folder/mod.handler")
case("load: the module's name", "def handler(event, context):\n    return [__name__, handler.__module__]\n")
case("load: once", "import os\nn = [os.getpid()]\ndef handler(event, context):\n    n.append(1)\n    return len(n)\n",
     ["1", "2", "3"])
case("load: a file called json.py", {"index.py": "import json\n" + ECHO, "json.py": "raise OSError()\n"},
     skip={what: "no file of the user's takes the place of a module that ours needs"
           for what in ("posts", "log", "exit")})

# Context.
CONTEXT = """
import os
def handler(event, context):
    print(repr(context))
    print(repr(context.client_context), repr(context.identity), context.w3c())
    print(os.environ.get('_X_AMZN_TRACE_ID'))
    context.log('logged\\n')
    return [sorted(k for k in vars(context)), context.get_remaining_time_in_millis() > 0,
            type(context).__name__, os.getcwd() == os.environ['LAMBDA_TASK_ROOT']]
"""
NAMES = {"AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
         "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
         "AWS_LAMBDA_LOG_STREAM_NAME": "stream"}
case("context: as it comes", CONTEXT)
case("context: of a function that has a name", CONTEXT, env=NAMES)
case("context: a deadline that has passed", CONTEXT, [("1", {"Lambda-Runtime-Deadline-Ms": "1"})])
case("context: trace ids come and go", CONTEXT,
     [("1", {"Lambda-Runtime-Trace-Id": "Root=1"}), "2", ("3", {"Lambda-Runtime-Trace-Id": "Root=3"})])
case("context: client and identity", CONTEXT, [("1", {
    "Lambda-Runtime-Client-Context":
        '{"custom": {"a": 1}, "env": {"b": "\u00e9"}, "client": {"app_title": "t", "x": 1},'
        ' "w3c": {"traceparent": "00", "baggage": 3}}',
    "Lambda-Runtime-Cognito-Identity": '{"cognitoIdentityId": "i", "cognitoIdentityPoolId": "p"}'})])
case("context: of a tenant", CONTEXT, [("1", {"Lambda-Runtime-Aws-Tenant-Id": "blue"})])
case("context: an attempt's id goes back", "def handler(event, context):\n    return 1 / event\n",
     [("1", {"Lambda-Runtime-Invocation-Id": "a-1"}), ("0", {"Lambda-Runtime-Invocation-Id": "a-2"})])
case("context: a client context that is no JSON", CONTEXT, [("1", {"Lambda-Runtime-Client-Context": "x"})])
case("context: an identity that is no JSON", CONTEXT, [("1", {"Lambda-Runtime-Cognito-Identity": "{"})])
case("context: a client context that is a list", CONTEXT, [("1", {"Lambda-Runtime-Client-Context": "[]"})],
     skip={"stack": OUR_FRAMES, "log": OUR_FRAMES})

# The environment.
case("environment: what user code sees",
     "import os\ndef handler(event, context):\n"
     "    return {k: v for k, v in sorted(os.environ.items()) if k not in"
     " ('PYTHONIOENCODING', 'AWS_LAMBDA_RUNTIME_API', 'PATH')}\n",
     env={"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "k", "FC_MINE": "1"})

# Logs.
LOGS = """
import logging
log = logging.getLogger()
def handler(event, context):
    print('printed')
    log.debug('d'); log.info('i %s', 1); log.warning('w \\u00e9'); logging.getLogger('own').error({'a': 1})
    log.warning('more', extra={'color': 'blue', 'odd': object})
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception('caught')
    context.log('by the context\\n')
    raise RuntimeError('two\\n  lines')
"""
case("log: text", LOGS)
case("log: text from INFO on", LOGS, env={"AWS_LAMBDA_LOG_LEVEL": "info"})
case("log: TRACE", LOGS, env={"AWS_LAMBDA_LOG_LEVEL": "TRACE"})
case("log: a level that there is not", LOGS, env={"AWS_LAMBDA_LOG_LEVEL": "LOUD"})
case("log: JSON", LOGS, env={"AWS_LAMBDA_LOG_FORMAT": "json"}, skip={"log": "the address in a repr of object"})
case("log: JSON of a tenant", LOGS.replace("'odd': object", "'odd': 1"),
     [("1", {"Lambda-Runtime-Aws-Tenant-Id": "blue"})], env=JSON_LOG)
case("log: a level of its own", "import logging\ndef handler(event, context):\n"
     "    logging.getLogger().setLevel(logging.INFO)\n    logging.log(25, 'x')\n    logging.log(60, 'y')\n",
     env=JSON_LOG)
case("log: framed text", LOGS, frames=True, env={"AWS_LAMBDA_LOG_LEVEL": "DEBUG"})
case("log: framed without a level", LOGS, frames=True)
case("log: framed JSON", LOGS.replace("'odd': object", "'odd': 1"), frames=True, env=JSON_LOG)
case("log: of a load that failed", "import nosuch_module\n", env=JSON_LOG)
case("log: a stdout of the user's", "import io, sys\ndef handler(event, context):\n"
     "    old, sys.stdout = sys.stdout, io.StringIO()\n    print('kept')\n"
     "    kept, sys.stdout = sys.stdout.getvalue(), old\n    return kept\n")
