#!/usr/bin/env python3
"""Keeps the rules of docs/architecture.md and CONTRIBUTING.md that a script can keep.

usage: lint.py ROOT

Each rule is a function from a Tree to the sentences that say where it is broken.
"""

import ast
import pathlib
import re
import subprocess
import sys

# folder -> the folders that it may include, besides itself. What those may include is included too.
ARROWS = {
    "runtime/base": [],
    "runtime/archive": ["runtime/base"],
    "runtime/config": ["runtime/base"],
    "runtime/page": ["runtime/base"],
    "runtime/invoke": ["runtime/base"],
    "runtime/http": ["runtime/base"],
    "runtime/process": ["runtime/base"],
    "runtime/wire": ["runtime/invoke"],
    "runtime/dispatch": ["runtime/invoke"],
    "runtime/client": ["runtime/wire", "runtime/dispatch", "runtime/page"],
    "runtime/server": ["runtime/wire", "runtime/dispatch", "runtime/page", "runtime/http"],
    "runtime/loop": ["runtime/client"],
    "lang/python/interpreter": ["runtime/base"],
    "lang/python": ["runtime/invoke", "runtime/wire", "lang/python/interpreter"],
    "emulator": ["runtime/http", "runtime/process", "runtime/wire"],
    "emulator/events": ["emulator"],
    "emulator/platform": ["emulator", "emulator/console", "emulator/custom", "emulator/events",
                          "emulator/http_client", "emulator/schedule", "emulator/signature",
                          "emulator/state", "emulator/tasks", "emulator/watch"],
    "emulator/state": ["runtime/base"],
    "emulator/custom": ["emulator", "emulator/http_client"],
    "emulator/service_file": ["emulator"],
    "emulator/dependencies": ["emulator", "emulator/digest"],
    "emulator/templates": ["emulator"],
    "emulator/commands": ["emulator", "emulator/events", "emulator/dependencies",
                          "emulator/http_client", "emulator/package", "emulator/platform",
                          "emulator/service_file",
                          "emulator/templates"],
    "emulator/schedule": ["runtime/base"],
    "emulator/digest": ["runtime/base"],
    "emulator/http_client": ["runtime/base"],
    "emulator/signature": ["runtime/wire", "emulator/digest"],
    "emulator/tasks": ["runtime/base"],
    "emulator/console": ["emulator", "emulator/digest"],
    "emulator/package": ["runtime/archive", "runtime/process", "emulator/digest"],
    "emulator/watch": ["runtime/base"],
    "sandbox/executor": ["runtime/base"],
    "sandbox/isolation": ["runtime/process", "sandbox/executor"],
    "sandbox/wire": ["sandbox/executor"],
    "sandbox/zygote": ["sandbox/isolation", "sandbox/wire", "lang/python/interpreter"],
    "sandbox/engine": ["runtime/process", "sandbox/wire", "sandbox/isolation"],
    "sandbox/workspace": ["runtime/archive"],
    "sandbox/artifacts": ["runtime/base"],
    "sandbox/service": ["runtime/http", "sandbox/executor"],
    "sandbox/api": ["runtime/wire", "sandbox/service", "sandbox/artifacts"],
    "sandbox/api/forms": ["runtime/wire"],
    "sandbox/api/premierlangage": ["runtime/wire", "sandbox/api/forms", "sandbox/service",
                                   "sandbox/workspace"],
    "sandbox/commands": ["sandbox/engine", "sandbox/api", "sandbox/api/premierlangage"],
    "bootstrap": ["runtime/config", "runtime/loop", "runtime/process", "runtime/server",
                  "lang/python"],
}

# Third-party headers, and the folders that may include them. None may stand in a header of ours,
# except spdlog in the one place that wraps it.
THIRD_PARTY = {
    "httplib.h": ["emulator/http_client"],
    "boost/": ["runtime/http", "runtime/client"],
    "pybind11/": ["lang/python"],
    "Python.h": ["lang/python"],
    "yaml-cpp/": ["emulator/service_file"],
    "CLI/": ["emulator/commands", "bootstrap", "sandbox/commands"],
    "nlohmann/": ["runtime/wire", "runtime/http", "emulator", "bootstrap", "sandbox"],
    "cctz/": ["emulator/schedule"],
    "openssl/": ["emulator/digest"],
    "sqlite3.h": ["emulator/tasks"],
    "archive": ["runtime/archive"],
    "seccomp.h": ["sandbox/isolation"],
    "spdlog/": ["runtime/base"],
}
# The formatter that g++ 12's library lacks; any source may use it.
FREE = ("spdlog/fmt/",)
HEADER_EXCEPTIONS = {"runtime/base/log.h"}
# Inner headers of the adapter folders, included by their own sources alone.
INNER_HEADER_FOLDERS = {"pybind11/": "lang/python", "Python.h": "lang/python",
                        "boost/": "runtime/http", "archive": "runtime/archive"}

MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 600
# Assembled, so that this file does not break its own rules.
FORBIDDEN = re.compile(r"\b(%s)\b" % "|".join(("TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK")))
SWITCHED_OFF = re.compile(r"DISABLED_" r"\w|GTEST_SKIP\(\)" r"\s*;|pytest\.mark\.skip" r"\s*$")


class Tree:
    """The text files of a source tree, by path relative to its root."""

    def __init__(self, files):
        self.files = files

    @classmethod
    def read(cls, root):
        """The files that git knows below `root`, or all of them where there is no repository."""
        root = pathlib.Path(root)
        asked = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        names = asked.stdout.decode().split("\n") if asked.returncode == 0 else [
            str(path.relative_to(root)) for path in root.rglob("*") if "build" not in path.parts]
        wanted = [name for name in names
                  if name.endswith((".cc", ".h", ".py", "CMakeLists.txt")) and
                  (root / name).is_file()]
        return cls({name: (root / name).read_text(encoding="utf-8") for name in wanted})

    def of(self, *endings):
        """(path, text) of the files with one of these endings, in order."""
        return [(path, text) for path, text in sorted(self.files.items()) if path.endswith(endings)]


def folder_of(path):
    """The longest folder of ARROWS that holds `path`, or None."""
    holding = [folder for folder in ARROWS if path.startswith(folder + "/")]
    return max(holding, key=len) if holding else None


def reachable(folder):
    """`folder` and all that it may include."""
    seen, todo = set(), [folder]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo.extend(ARROWS[current])
    return seen


def includes(text):
    """(line number, header) of each include."""
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1)


def check_arrows(tree):
    """Includes go along the arrows."""
    for path, text in tree.of(".cc", ".h"):
        folder = folder_of(path)
        if folder is None:
            continue
        allowed = reachable(folder)
        for number, header in includes(text):
            target = folder_of(header)
            if target is not None and target not in allowed:
                yield "%s:%d: %s may not include %s" % (path, number, folder, target)


def check_third_party(tree):
    """Third-party headers stay behind the folder that wraps them, and out of headers."""
    for path, text in tree.of(".cc", ".h"):
        if path.startswith("tests/"):
            continue
        for number, header in includes(text):
            for prefix, folders in THIRD_PARTY.items():
                if header.startswith(prefix) and not header.startswith(FREE):
                    yield from _third_party_faults(path, number, header, prefix, folders)


def _third_party_faults(path, number, header, prefix, folders):
    if not any(path.startswith(folder + "/") for folder in folders):
        yield "%s:%d: <%s> may only be included below %s" % (path, number, header,
                                                             ", ".join(folders))
    inner = INNER_HEADER_FOLDERS.get(prefix)
    is_inner = inner is not None and path.startswith(inner + "/")
    if path.endswith(".h") and path not in HEADER_EXCEPTIONS and not is_inner:
        yield "%s:%d: <%s> may not stand in a header" % (path, number, header)


def check_inner_headers(tree):
    """A header that shows a third party's types, itself or by one that it includes, is included by
    its own folder's sources and their unit tests alone."""
    headers = {path: [header for _, header in includes(text)] for path, text in tree.of(".h")
               if not path.startswith("tests/")}
    for prefix, folder in INNER_HEADER_FOLDERS.items():
        inner = _showing(prefix, headers)
        homes = (folder + "/", "tests/unit/" + folder + "/")
        for path, text in tree.of(".cc", ".h"):
            for number, header in includes(text):
                if header in inner and not path.startswith(homes):
                    yield "%s:%d: %s shows types of %s: only %s may include it" % (
                        path, number, header, prefix.rstrip("/"), folder)


def _showing(prefix, headers):
    """The headers of ours that include one of the third party's, by whatever way."""
    showing = {path for path, found in headers.items()
               if path not in HEADER_EXCEPTIONS and
               any(header.startswith(prefix) for header in found)}
    while True:
        more = {path for path, found in headers.items() if showing.intersection(found)} - showing
        if not more:
            return showing
        showing |= more


def without_strings_and_comments(text):
    """The same lines, with what stands in strings and comments blanked out."""
    pattern = re.compile(
        r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|//[^\n]*|/\*.*?\*/', re.DOTALL)
    return pattern.sub(lambda match: "\n" * match.group(0).count("\n"), text)


FUNCTION_HEAD = re.compile(
    r"\)\s*(const|noexcept|override|final|try|mutable|&&?|->\s*[\w:<>,&*\s]+|"
    r":\s*\w.*|REQUIRES_LOCK\(.*\)|EXCLUDES_LOCK\(.*\)|\s)*$", re.DOTALL)


def cpp_functions(text):
    """(first line, number of lines) of each outermost braced block that follows a parameter list."""
    code = without_strings_and_comments(text)
    stack, line, last_break = [], 1, 0
    for position, character in enumerate(code):
        if character == "\n":
            line += 1
        elif character == "{":
            head = code[last_break:position]
            is_function = bool(FUNCTION_HEAD.search(head)) and not any(f for _, f in stack)
            stack.append((line, is_function))
            last_break = position + 1
        elif character == "}" and stack:
            first, is_function = stack.pop()
            if is_function:
                yield first, line - first + 1
            last_break = position + 1
        elif character == ";":
            last_break = position + 1


def python_functions(text):
    """(first line, number of lines) of each function."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


def check_sizes(tree):
    """No function over 60 lines, no file over 600."""
    for path, text in tree.of(".cc", ".h", ".py"):
        lines = text.count("\n")
        if lines > MAX_FILE_LINES:
            yield "%s: %d lines, at most %d" % (path, lines, MAX_FILE_LINES)
        functions = python_functions(text) if path.endswith(".py") else cpp_functions(text)
        for first, length in functions:
            if length > MAX_FUNCTION_LINES:
                yield "%s:%d: a function of %d lines, at most %d" % (path, first, length,
                                                                     MAX_FUNCTION_LINES)


def check_built(tree):
    """Each source is named in a CMakeLists.txt of its folder or above."""
    lists = {path: text for path, text in tree.of("CMakeLists.txt")}
    for path, _ in tree.of(".cc"):
        parents = [str(parent) for parent in pathlib.PurePosixPath(path).parents]
        above = [lists.get((parent + "/" if parent != "." else "") + "CMakeLists.txt", "")
                 for parent in parents]
        if not any(re.search(r"(^|[\s/])%s\b" % re.escape(pathlib.PurePosixPath(path).name), text)
                   for text in above):
            yield "%s: no CMakeLists.txt names it" % path


def check_words(tree):
    """Nothing is left open, no test is switched off."""
    for path, text in tree.of(".cc", ".h", ".py"):
        for number, line in enumerate(text.split("\n"), 1):
            if FORBIDDEN.search(line):
                yield "%s:%d: left open: %s" % (path, number, line.strip())
            if SWITCHED_OFF.search(line):
                yield "%s:%d: a test switched off, or skipped without a reason" % (path, number)


def count_lines(tree):
    """(lines of code, lines of tests), blank ones not counted."""
    code = tests = 0
    for path, text in tree.of(".cc", ".h", ".py"):
        lines = sum(1 for line in text.split("\n") if line.strip())
        if path.startswith("tests/"):
            tests += lines
        elif not path.startswith("examples/"):
            code += lines
    return code, tests


def check_test_share(tree):
    """Tests are at least as long as code."""
    code, tests = count_lines(tree)
    if tests < code:
        yield "%d lines of tests for %d lines of code: at least as many are wanted" % (tests, code)


CHECKS = (check_arrows, check_third_party, check_inner_headers, check_sizes, check_built,
          check_words, check_test_share)


def main(root):
    """Prints what is broken; the exit code says whether anything is."""
    tree = Tree.read(root)
    faults = [fault for check in CHECKS for fault in check(tree)]
    for fault in faults:
        print(fault)
    print("%d files, %d lines of code, %d lines of tests, %d faults" %
          ((len(tree.files),) + count_lines(tree) + (len(faults),)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
