"""One program in a child of the zygote, run as python3 would run it. Called by python_run.cc."""

import builtins
import functools
import gc
import importlib
import io
import os
import struct
import sys
import types

# With what they import themselves only when a table is first shown, or a figure first drawn.
DATA = ("numpy", "pandas", "pandas.io.formats.html", "matplotlib", "matplotlib.pyplot",
        "matplotlib.backends.backend_agg", "plotly", "plotly.graph_objects", "plotly.express")
LEAN = ("argparse", "base64", "collections", "contextlib", "csv", "dataclasses", "datetime",
        "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "inspect", "io",
        "itertools", "json", "linecache", "logging", "math", "operator", "pathlib", "random", "re",
        "shutil", "statistics", "string", "subprocess", "tempfile", "textwrap", "threading", "time",
        "traceback", "typing", "uuid")


def prepare(libraries):
    """Imports what runs need; the names of those that could be, of the well-known ones."""
    for name in LEAN:
        importlib.import_module(name)
    found = []
    for name in DATA if libraries == b"data" else ():
        try:
            importlib.import_module(name)
        except Exception:  # pylint: disable=broad-except
            continue  # Not installed, or broken: code that asks for it is told why.
        if "." not in name:
            found.append(name)
    for use in (_use_compiler, _use_pandas, _use_matplotlib, _use_plotly):
        use()
    return ",".join(found).encode()


def _first_use(function):
    """What libraries make at their first use, children find made: where they are there, and whole."""
    @functools.wraps(function)
    def use():
        try:
            function(sys.modules)
        except Exception:  # pylint: disable=broad-except
            pass  # Code that uses it is told how it is broken.
    return use


@_first_use
def _use_compiler(_):
    exec(compile("def f(x):\n    return [y for y in x]\n\nf('warm')\n", "<warm>", "exec"), {})


@_first_use
def _use_pandas(modules):
    frame = modules["pandas"].DataFrame({"number": [1, 2], "text": ["a", "b"]})
    frame.sum().to_dict()
    frame.to_html()
    repr(frame)


@_first_use
def _use_matplotlib(modules):
    pyplot = modules["matplotlib.pyplot"]
    axes = pyplot.figure().gca()
    axes.plot([0, 1], label="line")
    axes.set_title("title")
    axes.legend()
    pyplot.savefig(io.BytesIO(), format="png", bbox_inches="tight")
    pyplot.close("all")


@_first_use
def _use_plotly(modules):
    figure = modules["plotly.graph_objects"].Scatter(x=[1, 2], y=[3, 4])
    modules["plotly.graph_objects"].Figure(figure).to_json()
    modules["plotly.express"].scatter(modules["pandas"].DataFrame({"x": [1]}), x="x", y="x").to_json()


def read_paths(_):
    """Folders outside /usr that this Python reads from."""
    roots = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__)}
    roots.update(path for path in sys.path if os.path.isdir(path))
    outside = sorted(root for root in roots if not (root + "/").startswith("/usr/"))
    return "\0".join(outside).encode()


_harnesses = {}  # Compiled, by their source: openfc's own.


def learn(harness):
    """Compiles what is to run in the place of code: once for all children to come."""
    if harness not in _harnesses:
        _harnesses[harness] = compile(_text(harness), "<harness>", "exec")


def rehearse(step):
    """In a child that waits for its run: the step of that number; the next one's number, if any.

    A process gets a page of its own when it first writes to it, which costs the more the more a run
    writes to, and costs nothing before the run comes.
    """
    steps = [_use_compiler] + [functools.partial(_rehearse_harness, each) for each in _harnesses]
    steps.append(_use_pandas)
    number = int(step)
    steps[number]()
    return b"%d" % (number + 1) if number + 1 < len(steps) else b""


def _rehearse_harness(harness):
    exec(_harnesses[harness], {"__name__": "__rehearsal__", "__builtins__": builtins})


def run(code, file_name, harness, harness_input, argv, environ):
    """The exit code, as text."""
    _set_up(os.fsdecode(file_name), _unpack(argv), _unpack(environ))
    main = types.ModuleType("__main__")
    main.__builtins__ = builtins
    sys.modules["__main__"] = main
    try:
        if harness:
            names = {"__name__": "__harness__", "__builtins__": builtins, "report": _report,
                     "code": _text(code), "file_name": os.fsdecode(file_name),
                     "harness_input": _text(harness_input)}
            exec(_harnesses.get(harness) or compile(_text(harness), "<harness>", "exec"), names)
        else:
            exec(compile(code, os.fsdecode(file_name), "exec"), main.__dict__)
        return b"0"
    except SystemExit as end:
        return b"%d" % _exit_code(end.code)
    except BaseException as error:  # pylint: disable=broad-except
        # Without the frame of this function, which nobody has written.
        trace = error.__traceback__.tb_next if error.__traceback__ else None
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        return b"1"


def _set_up(file_name, argv, environ):
    os.environ.clear()
    for entry in environ:
        name, _, value = entry.partition("=")
        os.environ[name] = value
    sys.argv = [file_name] + argv
    sys.path.insert(0, os.getcwd())
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
    gc.enable()


def _exit_code(code):
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def _report(data):
    view = memoryview(data)
    while view:
        view = view[os.write(3, view):]


def _text(data):
    return data.decode("utf-8", "surrogateescape")


def _unpack(pack):
    """The texts of sandbox/wire/pack.h."""
    texts, position = [], 0
    while position < len(pack):
        (size,) = struct.unpack_from("=Q", pack, position)
        position += 8
        texts.append(os.fsdecode(pack[position:position + size]))
        position += size
    return texts
