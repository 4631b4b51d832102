"""What rules.py refuses. usage: rules_test.py FOLDER_OF_RULES_PY"""

import ast
import pathlib
import sys
import unittest

# As the harness has it: behind a file that has imported ast.
NAMES = {"ast": ast}
exec((pathlib.Path(sys.argv.pop(1)) / "rules.py").read_text(encoding="utf-8"), NAMES)

REFUSED = (
    ("import os", "禁止导入模块: os", 1, 1),
    ("x = 1\nimport  sys", "禁止导入模块: sys", 2, 1),
    ("import math, subprocess", "禁止导入模块: subprocess", 1, 1),
    ("import os.path as p", "禁止导入模块: os", 1, 1),
    ("from os import path", "禁止导入模块: os", 1, 1),
    ("from urllib.request import urlopen", "禁止导入模块: urllib", 1, 1),
    ("import math; import socket", "禁止导入模块: socket", 1, 14),
    ("if True:\n    import pickle", "禁止导入模块: pickle", 2, 5),
    ("def f():\n    from shutil import rmtree", "禁止导入模块: shutil", 2, 5),
    ("try:\n    import threading\nexcept ImportError:\n    pass", "禁止导入模块: threading", 2, 5),
    ("open('x')", "禁止使用: open", 1, 1),
    ("x = [open('x')]", "禁止使用: open", 1, 6),
    ("print(eval('1'))", "禁止使用: eval", 1, 7),
    ("exec ('1')", "禁止使用: exec", 1, 1),
    ("__import__('os')", "禁止使用: __import__", 1, 1),
    ("input()", "禁止使用: input", 1, 1),
    ("compile('', '', 'exec')", "禁止使用: compile", 1, 1),
    ("(lambda: exec)()", "禁止使用: exec", 1, 10),
    ("f = open", "禁止使用: open", 1, 5),
    ("map(eval, ['1'])", "禁止使用: eval", 1, 5),
    ("requests(1)", "禁止使用: requests", 1, 1),
    ("glob('*')", "禁止使用: glob", 1, 1),
)

TAKEN = (
    "import numpy as np",
    "import json, math, re",
    "print('import os')",
    "# import os",
    '"""\nimport os\nopen(x)\n"""',
    "df.eval('a + b')",
    "plt.open()",
    "re.compile('x')",
    "file = 'x'\nprint(file)",
    "def f(input):\n    return input",
    "eval = 3\nprint(eval)",
    "import osmnx",
    "x.os = 1",
    "reopen('x')",
    "from . import os",
)


class RulesTest(unittest.TestCase):
    def violations(self, text):
        return NAMES["violations"](ast.parse(text))

    def test_what_is_forbidden_is_found_with_its_place(self):
        for text, *expected in REFUSED:
            with self.subTest(text):
                self.assertEqual([list(one) for one in self.violations(text)], [expected])

    def test_what_only_looks_like_it_is_taken(self):
        for text in TAKEN:
            with self.subTest(text):
                self.assertEqual(self.violations(text), [])

    def test_all_are_found_in_their_order(self):
        found = self.violations("import os\nopen('x')\nimport sys")

        self.assertEqual([one[1] for one in found], [1, 2, 3])

    def test_the_first_is_the_one_that_version_1_0_0_names(self):
        first = NAMES["first_of"]
        for text, expected in (("import os\nexec('x')\nopen('x')", "禁止使用: open"),
                               ("import sys\nimport os", "禁止导入模块: sys")):
            self.assertEqual(first(self.violations(text)), expected)


if __name__ == "__main__":
    unittest.main()
