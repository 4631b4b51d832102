"""Runs a program as the Executor service does. Behind artifacts.py and rules.py, in the child."""

import builtins
import importlib
import textwrap
import traceback

# What a program has without importing it.
PREBOUND = {"numpy": "numpy", "np": "numpy", "pandas": "pandas", "pd": "pandas",
            "matplotlib": "matplotlib", "plt": "matplotlib.pyplot", "plotly": "plotly",
            "go": "plotly.graph_objects", "px": "plotly.express"}
MOST_VALUE = 200  # Characters of a variable's value.


def parse(source, name):
    """The tree; code that is indented as a whole is moved to the margin first."""
    try:
        return ast.parse(source, name)
    except IndentationError:
        return ast.parse(textwrap.dedent(source), name)


def check(source, name):
    """(tree, None), or (None, what is refused)."""
    try:
        tree = parse(source, name)
    except SyntaxError as error:
        place = {"message": "语法错误: %s" % error, "line": error.lineno or 1,
                 "column": error.offset or 1}
        return None, {"first": place["message"], "violations": [place]}
    except (ValueError, RecursionError, MemoryError) as error:
        return None, {"first": "编译错误: %s" % error, "violations": []}
    found = violations(tree)
    if not found:
        return tree, None
    return None, {"first": first_of(found),
                  "violations": [{"message": message, "line": line, "column": column}
                                 for message, line, column in found]}


def user_builtins():
    """Python's, without what is forbidden; imports are judged where the program's own frames import."""
    names = {name: value for name, value in vars(builtins).items()
             if name not in FORBIDDEN_BUILTINS and name not in ("breakpoint", "help", "exit", "quit")}
    original = builtins.__import__

    def judged_import(name, globals=None, locals=None, fromlist=(), level=0):
        if level == 0 and name.split(".")[0] in FORBIDDEN_MODULES:
            raise ImportError("不允许导入模块: " + name)
        return original(name, globals, locals, fromlist, level)

    names["__import__"] = judged_import
    return names


def prebind(tree, names):
    """Binds those libraries that the program names and that are there."""
    wanted = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for name, module in PREBOUND.items():
        if name in wanted:
            try:
                names[name] = importlib.import_module(module)
            except ImportError:
                continue  # Not installed: the program gets a NameError.


def variables(names):
    """What the service tells of the program's own variables."""
    told = {}
    numpy = sys.modules.get("numpy")
    for name, value in list(names.items()):
        if name.startswith("_"):
            continue
        if isinstance(value, (int, float, str, bool, list, dict, tuple)):
            told[name] = {"type": type(value).__name__, "value": str(value)[:MOST_VALUE]}
        elif numpy is not None and isinstance(value, numpy.ndarray):
            told[name] = {"type": "numpy.ndarray", "shape": list(value.shape),
                          "dtype": str(value.dtype), "preview": str(value)[:MOST_VALUE]}
    return told


def told_of(error, name):
    """An exception as the service tells it: without frames of ours."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != name:
        trace = trace.tb_next
    lines = traceback.format_exception(type(error), error, trace)
    return {"message": str(error), "traceback": "".join(lines)}


def execute(tree, name, names):
    """None, or what is told of the exception that ended the program."""
    try:
        exec(compile(tree, name, "exec"), names)
    except SystemExit as end:
        return None if end.code in (None, 0) else told_of(end, name)
    except BaseException as error:  # pylint: disable=broad-except
        return told_of(error, name)
    return None


def capture(names):
    """Reports what the program has made; raises what one of them has, once the others are told."""
    own = {key: value for key, value in names.items() if key not in ("__name__", "__builtins__")}
    found, broken = of_names(list(own.items()) + shown_figures(own))
    for made in figures() + found:
        report(line_of("artifact", made))
    report(line_of("variables", variables(own)))
    if broken:
        raise broken[0]


def main():
    """The whole of a run."""
    tree, refused = check(code, file_name)
    if refused or harness_input == "validate":
        report(line_of("checked", refused))
        return
    sys.stdout.reconfigure(line_buffering=True)  # What was said before a timeout is kept.
    names = sys.modules["__main__"].__dict__
    names["__builtins__"] = user_builtins()
    before = set(names)
    prebind(tree, names)
    watch()
    failure = execute(tree, file_name, names)
    made = {key: value for key, value in names.items() if key not in before}
    try:
        capture(made)
    except BaseException as error:  # pylint: disable=broad-except
        failure = failure or told_of(error, file_name)
    report(line_of("ended", failure))


REHEARSED = "values = [1, 2]\nprint(values)\n"
REHEARSED_WITH_PANDAS = REHEARSED + """
import pandas as pd
table = pd.DataFrame({"number": values, "text": ["a", "b"]})
print(table.sum().to_dict())
"""


def rehearse():
    """What programs do here, by one that leaves nothing: run.py says what for."""
    name = "<rehearsal>"
    tree, _ = check(REHEARSED_WITH_PANDAS if "pandas" in sys.modules else REHEARSED, name)
    names = {"__builtins__": user_builtins()}
    prebind(tree, names)
    execute(tree, name, names)
    for made in of_names(names.items())[0]:
        line_of("artifact", made)
    line_of("variables", variables(names))


if __name__ == "__rehearsal__":
    rehearse()
else:
    main()
