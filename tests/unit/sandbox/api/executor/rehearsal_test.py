"""That the Executor's harness can be rehearsed: a rehearsal that fails is silent, and of no use.

usage: rehearsal_test.py FOLDER_OF_SANDBOX
"""

import contextlib
import importlib.util
import io
import pathlib
import sys
import unittest

SANDBOX = pathlib.Path(sys.argv.pop(1))
PARTS = ("artifacts/py/artifacts.py", "api/executor/py/rules.py", "api/executor/py/execute.py")


def rehearse():
    """What is said in it."""
    source = "".join((SANDBOX / part).read_text(encoding="utf-8") for part in PARTS)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(source, "<harness>", "exec"), {"__name__": "__rehearsal__"})
    return said.getvalue()


class RehearsalTest(unittest.TestCase):
    def test_it_comes_to_its_end(self):
        self.assertTrue(rehearse().startswith("[1, 2]\n"))

    @unittest.skipUnless(importlib.util.find_spec("pandas"), "pandas is not installed")
    def test_it_makes_a_table_where_pandas_is(self):
        import pandas  # pylint: disable=unused-import

        self.assertEqual(rehearse(), "[1, 2]\n{'number': 3, 'text': 'ab'}\n")


if __name__ == "__main__":
    unittest.main()
