"""What artifacts.py finds. usage: artifacts_test.py FOLDER_OF_ARTIFACTS_PY

Cases that need a library which is not installed are skipped, and say so.
"""

import ast
import base64
import importlib.util
import json
import os
import sys
import types
import unittest
import unittest.mock

os.environ["MPLBACKEND"] = "Agg"
sys.path.insert(0, sys.argv.pop(1))
import artifacts  # pylint: disable=wrong-import-position,import-error


def needs(library):
    return unittest.skipUnless(importlib.util.find_spec(library), library + " is not installed")


def of_names(names):
    """Of variables none of which is broken."""
    found, broken = artifacts.of_names(names.items())
    assert not broken, broken
    return found


def shown_anew():
    """As before a program: nothing has been shown."""
    return unittest.mock.patch.object(artifacts, "_shown", [])


class LinesTest(unittest.TestCase):
    def test_a_line_is_a_document_under_its_kind(self):
        line = artifacts.line_of("variables", {"x": "é\n\ud800"})

        self.assertEqual(line.count(b"\n"), 1)
        self.assertEqual(json.loads(line), {"variables": {"x": "é\n?"}})

    def test_bytes_travel_in_base64(self):
        made = artifacts.artifact("image/png", b"\x89PNG", "figure 1", width=640)

        self.assertEqual(made, {"mime": "image/png", "name": "figure 1", "encoding": "base64",
                                "data": "iVBORw==", "metadata": {"width": 640}})


class ValuesTest(unittest.TestCase):
    def evaluate(self, text):
        self.names = {}
        return artifacts.evaluate(ast.parse(text), "<test>", self.names)

    def test_the_value_of_a_last_expression_is_found(self):
        self.assertEqual(self.evaluate("x = 2\nx * 21"), 42)
        self.assertEqual(self.names["x"], 2)

    def test_a_last_statement_has_no_value(self):
        self.assertIsNone(self.evaluate("x = 2"))
        self.assertIsNone(self.evaluate(""))

    def test_a_value_is_told_as_text(self):
        (made,) = artifacts.of_value([1, "two"])

        self.assertEqual((made["mime"], made["data"]), ("text/plain", "[1, 'two']"))
        self.assertEqual(artifacts.of_value(None), [])

    def test_a_long_value_is_cut(self):
        (made,) = artifacts.of_value("x" * 1000000)

        self.assertEqual(len(made["data"]), artifacts.MOST_TEXT)


@needs("matplotlib")
class FiguresTest(unittest.TestCase):
    def setUp(self):
        import matplotlib.pyplot
        self.plt = matplotlib.pyplot
        self.plt.close("all")

    def chart(self):
        (made,) = artifacts.figures()
        (chart,) = made["metadata"]["charts"]
        return chart

    def test_every_open_figure_is_a_picture_and_is_closed(self):
        self.plt.figure(figsize=(10, 6))
        self.plt.figure()

        first, second = artifacts.figures()

        self.assertTrue(base64.b64decode(first["data"]).startswith(b"\x89PNG"))
        self.assertEqual((first["metadata"]["width"], first["metadata"]["height"]), (1000, 600))
        self.assertEqual((second["metadata"]["width"], second["metadata"]["height"]), (640, 480))
        self.assertEqual(artifacts.figures(), [])

    def test_lines_have_their_points_and_words(self):
        self.plt.plot([1, 2], [0.5, float("nan")], label="growth")
        self.plt.title("T")
        self.plt.xlabel("X")
        self.plt.ylabel("Y")

        self.assertEqual(self.chart(), {
            "type": "line", "title": "T", "x_label": "X", "y_label": "Y",
            "elements": [{"label": "growth", "points": [[1, 0.5], [2, None]]}]})

    def test_dots_have_their_points(self):
        self.plt.scatter([1, 2], [3, 4], label="dots")

        chart = self.chart()

        self.assertEqual(chart["type"], "scatter")
        self.assertEqual(chart["elements"], [{"label": "dots", "points": [[1, 3], [2, 4]]}])

    def test_bars_have_the_names_of_their_categories(self):
        for draw in (self.plt.bar, self.plt.barh):
            draw(["a", "b"], [1, 2], label="sales")
            chart = self.chart()
            self.assertEqual(chart["type"], "bar")
            self.assertEqual(chart["elements"],
                             [{"label": "a", "group": "sales", "value": 1},
                              {"label": "b", "group": "sales", "value": 2}])

    def test_slices_have_their_angles(self):
        self.plt.pie([1, 3], labels=["x", "y"])

        chart = self.chart()

        self.assertEqual(chart["type"], "pie")
        self.assertEqual([(one["label"], one["angle"]) for one in chart["elements"]],
                         [("x", 90), ("y", 270)])

    def test_boxes_have_their_figures_and_are_no_lines(self):
        artifacts.watch()
        self.plt.boxplot([[1, 2, 3, 9]], labels=["a"])

        chart = self.chart()

        self.assertEqual(chart["type"], "box_and_whisker")
        self.assertEqual(chart["elements"],
                         [{"label": "a", "min": 1, "first_quartile": 1.75, "median": 2.5,
                           "third_quartile": 4.5, "max": 4.5, "outliers": [9]}])


class VariablesTest(unittest.TestCase):
    @needs("pandas")
    def test_a_data_frame_is_a_table(self):
        import pandas
        frame = pandas.DataFrame({"a": range(150), 2: range(150)})

        (made,) = of_names({"x": 1, "df": frame})

        self.assertEqual((made["mime"], made["name"]), ("text/html", "df"))
        self.assertEqual(made["metadata"]["shape"], [150, 2])
        self.assertEqual(made["metadata"]["columns"], ["a", "2"])
        self.assertEqual(made["data"].count("<tr>"), artifacts.MOST_ROWS)
        self.assertIn('class="dataframe table table-striped table-bordered"', made["data"])

    @needs("PIL")
    def test_an_image_is_a_picture(self):
        import PIL.Image

        (made,) = of_names({"photo": PIL.Image.new("RGB", (3, 2))})

        self.assertEqual((made["mime"], made["name"]), ("image/png", "photo"))
        self.assertEqual((made["metadata"]["width"], made["metadata"]["height"]), (3, 2))

    @needs("plotly")
    def test_a_real_plotly_figure_is_its_document(self):
        import plotly.graph_objects
        figure = plotly.graph_objects.Figure(plotly.graph_objects.Scatter(x=[1, 2], y=[3, 4]))
        figure.update_layout(title="T", width=500)

        (made,) = of_names({"fig": figure})

        document = json.loads(made["data"])
        self.assertEqual(document["data"][0]["type"], "scatter")
        self.assertEqual(document["layout"]["title"]["text"], "T")
        self.assertEqual((made["metadata"]["width"], made["metadata"]["height"]), (500, 450))

    @needs("plotly")
    def test_a_figure_that_is_shown_is_kept_once(self):
        import plotly.graph_objects
        import plotly.io
        figure = plotly.graph_objects.Figure()
        with unittest.mock.patch.object(plotly.io, "show"), shown_anew():
            artifacts.watch()

            figure.show()
            figure.show(renderer="browser", width=3)
            plotly.io.show({"data": [{"type": "bar", "y": [1]}]})

            first, second = artifacts.shown_figures({})
            self.assertEqual(first, ("", figure))
            self.assertEqual(second[1].data[0].type, "bar")

    @needs("plotly")
    def test_a_programs_own_kind_of_figure_is_one(self):
        import plotly.graph_objects

        class Chart(plotly.graph_objects.Figure):
            pass

        self.assertEqual(len(of_names({"chart": Chart(), "kind": Chart})), 1)


class LooksLikePlotlyTest(unittest.TestCase):
    """What needs no plotly: a module of its name, with what is asked of it."""

    def setUp(self):
        class Figure:
            layout = types.SimpleNamespace(width=None, height=300)
            document = '{"data": []}'

            def to_json(self):
                return self.document + ""

            def show(self):
                sys.modules["plotly.io"].show(self)

        Figure.__module__ = "plotly.graph_objs._figure"
        self.kind = Figure
        library, door = types.ModuleType("plotly"), types.ModuleType("plotly.io")
        library.io = door
        for patch in (unittest.mock.patch.dict(sys.modules, {"plotly": library, "plotly.io": door}),
                      shown_anew()):
            patch.__enter__()
            self.addCleanup(patch.__exit__, None, None, None)

    def test_a_figure_is_its_document(self):
        (made,) = of_names({"fig": self.kind()})

        self.assertEqual(made["mime"], "application/vnd.plotly.v1+json")
        self.assertEqual(made["data"], '{"data": []}')
        self.assertEqual((made["metadata"]["width"], made["metadata"]["height"]), (700, 300))

    def test_a_broken_figure_takes_no_other_with_it(self):
        broken = self.kind()
        broken.document = None

        found, raised = artifacts.of_names([("a", self.kind()), ("b", broken), ("c", self.kind())])

        self.assertEqual([made["name"] for made in found], ["a", "c"])
        self.assertEqual([type(one) for one in raised], [TypeError])

    def test_what_is_shown_and_no_variable_is_found(self):
        artifacts.watch()
        first, second, variable = self.kind(), self.kind(), self.kind()

        for figure in (first, variable, second, first):
            figure.show()

        self.assertEqual(artifacts.shown_figures({"fig": variable, "x": 1}),
                         [("", first), ("", second)])

    def test_nothing_is_watched_where_it_is_not(self):
        with unittest.mock.patch.dict(sys.modules):
            del sys.modules["plotly"]
            artifacts.watch()

        self.assertFalse(hasattr(sys.modules["plotly.io"], "show"))


if __name__ == "__main__":
    unittest.main()
