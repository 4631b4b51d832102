"""What the Executor service forbids, found in the source by its syntax. Behind artifacts.py.

These are words for honest users. What makes them true is the walls around the process.
"""

FORBIDDEN_CALLS = ("open", "file", "input", "raw_input", "compile", "reload", "__import__", "execfile",
                   "eval", "exec", "os", "sys", "subprocess", "socket", "urllib", "requests", "http",
                   "httpx", "pathlib", "shutil", "glob")
FORBIDDEN_MODULES = ("os", "sys", "subprocess", "socket", "urllib", "requests", "http", "httpx",
                     "pathlib", "shutil", "glob", "pickle", "multiprocessing", "threading", "asyncio")
# Those of the calls that Python has: a name for one of them is as good as a call.
FORBIDDEN_BUILTINS = ("open", "input", "compile", "__import__", "eval", "exec")


def violations(tree):
    """(message, line, column) of each, in the order of the source; columns count from 1."""
    bound = _bound_names(tree)
    found = []
    for node in ast.walk(tree):
        for message in _messages_of(node, bound):
            found.append((message, node.lineno, node.col_offset + 1))
    return sorted(set(found), key=lambda one: one[1:])


def first_of(found):
    """The one that version 1.0.0 names: it looks for calls, word by word, and for imports then."""
    for name in FORBIDDEN_CALLS:
        for message, _, _ in found:
            if message == _call_message(name):
                return message
    return found[0][0]


def import_message(name):
    return "禁止导入模块: " + name


def _call_message(name):
    return "禁止使用: " + name


def _messages_of(node, bound):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in FORBIDDEN_CALLS:
            yield _call_message(node.func.id)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        if node.id in FORBIDDEN_BUILTINS and node.id not in bound:
            yield _call_message(node.id)
    elif isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name.split(".")[0] in FORBIDDEN_MODULES:
                yield import_message(alias.name.split(".")[0])
    elif isinstance(node, ast.ImportFrom) and not node.level:
        if node.module.split(".")[0] in FORBIDDEN_MODULES:
            yield import_message(node.module.split(".")[0])


def _bound_names(tree):
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.split(".")[0])
    return names
