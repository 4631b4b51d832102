#!/usr/bin/env python3
"""Each rule of lint.py finds what breaks it, and nothing else."""

import unittest

import lint


def faults(check, files):
    """What `check` says of a tree with these files."""
    return list(check(lint.Tree(files)))


class ArrowsTest(unittest.TestCase):
    def test_finds_an_include_against_the_arrows(self):
        files = {"runtime/base/a.h": '#include "runtime/wire/b.h"\n'}
        self.assertEqual(faults(lint.check_arrows, files),
                         ["runtime/base/a.h:1: runtime/base may not include runtime/wire"])

    def test_lets_what_is_reachable_be_included(self):
        files = {"runtime/loop/a.cc": '#include "runtime/base/b.h"\n#include "runtime/wire/c.h"\n'}
        self.assertEqual(faults(lint.check_arrows, files), [])

    def test_keeps_the_emulator_from_the_client(self):
        files = {"emulator/a.cc": '#include "runtime/client/b.h"\n'}
        self.assertEqual(len(faults(lint.check_arrows, files)), 1)

    def test_knows_the_interpreter_from_the_rest_of_the_language(self):
        files = {"lang/python/interpreter/a.cc": '#include "lang/python/b.h"\n'}
        self.assertEqual(len(faults(lint.check_arrows, files)), 1)

    def test_lets_tests_include_everything(self):
        files = {"tests/unit/a.cc": '#include "runtime/client/b.h"\n'}
        self.assertEqual(faults(lint.check_arrows, files), [])


class ThirdPartyTest(unittest.TestCase):
    def test_finds_a_header_outside_the_folder_that_wraps_it(self):
        files = {"emulator/a.cc": "#include <httplib.h>\n"}
        self.assertEqual(len(faults(lint.check_third_party, files)), 1)

    def test_finds_a_third_party_type_in_a_header(self):
        files = {"runtime/client/a.h": "#include <boost/beast.hpp>\n"}
        self.assertEqual(faults(lint.check_third_party, files),
                         ["runtime/client/a.h:1: <boost/beast.hpp> may not stand in a header"])

    def test_lets_the_wrapper_include_what_it_wraps(self):
        files = {"runtime/http/a.cc": "#include <boost/beast.hpp>\n",
                 "runtime/base/log.h": "#include <spdlog/spdlog.h>\n"}
        self.assertEqual(faults(lint.check_third_party, files), [])

    def test_keeps_headers_that_show_python_inside_the_language(self):
        files = {"lang/python/inner.h": "#include <pybind11/pybind11.h>\n",
                 "lang/python/a.cc": '#include "lang/python/inner.h"\n',
                 "bootstrap/b.cc": '#include "lang/python/inner.h"\n'}
        found = faults(lint.check_inner_headers, files)
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0].startswith("bootstrap/b.cc:1:"))

    def test_keeps_headers_that_show_asio_by_way_of_others_inside_the_server(self):
        files = {"runtime/http/reactor.h": "#include <boost/asio/io_context.hpp>\n",
                 "runtime/http/transport.h": '#include "runtime/http/reactor.h"\n',
                 "runtime/http/server.h": "#include <string>\n",
                 "runtime/http/a.cc": '#include "runtime/http/transport.h"\n',
                 "tests/unit/runtime/http/a_test.cc": '#include "runtime/http/transport.h"\n',
                 "runtime/server/b.cc": '#include "runtime/http/server.h"\n',
                 "emulator/c.cc": '#include "runtime/http/transport.h"\n'}
        found = faults(lint.check_inner_headers, files)
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0].startswith("emulator/c.cc:1:"))


class SizesTest(unittest.TestCase):
    def test_finds_a_cpp_function_over_sixty_lines(self):
        body = "  int x = 0;\n" * 60
        files = {"a.cc": "int Long(int y) {\n" + body + "}\n"}
        self.assertEqual(faults(lint.check_sizes, files),
                         ["a.cc:1: a function of 62 lines, at most 60"])

    def test_does_not_take_a_class_or_namespace_for_a_function(self):
        body = "  int Short() { return 1; }\n" * 100
        files = {"a.h": "namespace n {\nclass C {\n" + body + "};\n}\n"}
        self.assertEqual(faults(lint.check_sizes, files), [])

    def test_is_not_misled_by_braces_in_strings_and_comments(self):
        text = 'void F() {\n  Use("{{{");  // {{{\n  Use(R"(\n{{{\n)");\n}\nint after = 0;\n' * 20
        self.assertEqual(faults(lint.check_sizes, {"a.cc": text}), [])

    def test_sees_a_member_function_with_an_initialiser_list(self):
        text = "C::C(int a)\n    : a_(a), b_(2) {\n" + "  Work();\n" * 61 + "}\n"
        self.assertEqual(len(faults(lint.check_sizes, {"a.cc": text})), 1)

    def test_finds_a_python_function_over_sixty_lines(self):
        files = {"a.py": "def f():\n" + "    x = 0\n" * 60}
        self.assertEqual(len(faults(lint.check_sizes, files)), 1)

    def test_finds_a_file_over_six_hundred_lines(self):
        files = {"a.h": "int x;\n" * 601}
        self.assertEqual(faults(lint.check_sizes, files), ["a.h: 601 lines, at most 600"])


class BuiltTest(unittest.TestCase):
    def test_finds_a_source_that_no_list_names(self):
        files = {"runtime/base/a.cc": "", "runtime/base/CMakeLists.txt": "SOURCES ba.cc"}
        self.assertEqual(faults(lint.check_built, files),
                         ["runtime/base/a.cc: no CMakeLists.txt names it"])

    def test_takes_a_list_further_up(self):
        files = {"tests/x/deep/a.cc": "", "tests/x/CMakeLists.txt": "SOURCES deep/a.cc"}
        self.assertEqual(faults(lint.check_built, files), [])


class WordsTest(unittest.TestCase):
    def test_finds_what_was_left_open(self):
        files = {"a.cc": "// TO" "DO: later\n"}
        self.assertEqual(len(faults(lint.check_words, files)), 1)

    def test_finds_a_test_that_is_switched_off(self):
        files = {"a.cc": "TEST(A, DISABLED_" "Works) {}\n", "b.cc": "GTEST_SKIP()" ";\n"}
        self.assertEqual(len(faults(lint.check_words, files)), 2)

    def test_lets_a_skip_with_a_reason_be(self):
        files = {"b.cc": 'GTEST_SKIP() << "no memory cgroup here";\n'}
        self.assertEqual(faults(lint.check_words, files), [])


class TestShareTest(unittest.TestCase):
    def test_wants_as_many_lines_of_tests_as_of_code(self):
        files = {"runtime/a.cc": "x\n\nx\n", "tests/a.cc": "x\n"}
        self.assertEqual(len(faults(lint.check_test_share, files)), 1)

    def test_does_not_count_blank_lines_and_examples(self):
        files = {"runtime/a.cc": "x\n\n\n", "tests/a.cc": "x\n", "examples/a/index.py": "x\nx\n"}
        self.assertEqual(faults(lint.check_test_share, files), [])


if __name__ == "__main__":
    unittest.main()
