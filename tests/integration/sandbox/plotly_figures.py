"""Programs that make plotly's figures, and what the Executor service answers them."""

import json

GO = "import plotly.graph_objects as go\n"
BARS = "go.Figure(go.Bar(y=[%d]), layout={'width': 800, 'height': 300})"
# Code, and of each of its charts: the first trace's type and values, width, height.
FIGURES = (
    (GO + "fig = go.Figure(go.Scatter(x=[1, 2], y=[3, 4]))", (("scatter", [3, 4], 700, 450),)),
    ("fig = go.Figure(go.Scatter(y=np.array([1.5, float('nan'), float('inf')])))",
     (("scatter", [1.5, None, None], 700, 450),)),
    # Several, in the order of their names; with what matplotlib has drawn, after it.
    (GO + "b = %s\na = %s\n_c = %s\nb.update_layout(title='first')" % tuple(BARS % n for n in (1, 2, 3)),
     (("bar", [1], 800, 300), ("bar", [2], 800, 300), ("bar", [3], 800, 300))),
    # What is shown needs no name, and is told once.
    (GO + "fig = %s\nfig.show()\nfor n in range(2, 4):\n    go.Figure(go.Bar(y=[n])).show()" % BARS % 1,
     (("bar", [1], 800, 300), ("bar", [2], 700, 450), ("bar", [3], 700, 450))),
    ("import plotly\nplotly.io.renderers.default = 'browser'\n"
     "plotly.io.show({'data': [{'type': 'bar', 'y': [1]}]}, renderer='notebook')",
     (("bar", [1], 700, 450),)),
    # Neither shown nor a variable.
    (GO + "figures = [go.Figure()]\ndef f():\n    fig = go.Figure()\nf()", ()),
)
EXPRESS = (
    "import pandas as pd\nimport plotly.express as px\n"
    "px.line(pd.DataFrame({'a': [1, 2], 'b': [3, 4]}), x='a', y='b', width=500).show()",
    (("scatter", [3, 4], 500, 450),))
# Code, a part of the error, and the same of the charts that are told all the same.
BROKEN = (
    (GO + "good = %s\nfig = go.Figure(go.Bar(colour=3))" % BARS % 1, "Invalid property",
     (("bar", [1], 800, 300),)),
    (GO + "bad = go.Figure()\nbad.update_layout(meta={'x': object()})\ngood = %s" % BARS % 1,
     "not JSON serializable", (("bar", [1], 800, 300),)),
)


def drawn(chart):
    """What a row says of a chart, whose form must be the service's."""
    assert list(chart) == ["type", "format", "data", "width", "height"], chart
    assert (chart["type"], chart["format"]) == ("plotly", "json"), chart
    figure = json.loads(chart["data"])
    assert "template" in figure["layout"], figure  # Plotly's own, read from its files in the walls.
    (trace,) = figure["data"]
    return trace["type"], values_of(trace["y"]), chart["width"], chart["height"]


def values_of(row):
    """Newer plotlys pack an array's bytes."""
    if not isinstance(row, dict):
        return row
    import array
    import base64
    kind = {"i1": "b", "i2": "h", "i4": "i", "i8": "q", "f8": "d"}[row["dtype"]]
    values = array.array(kind, base64.b64decode(row["bdata"])).tolist()
    return [value if value - value == 0 else None for value in values]


def check(server, libraries):
    """How many rows hold."""
    rows = FIGURES + ((EXPRESS,) if "pandas" in libraries else ())
    for code, charts in rows:
        reply = server.execute(code)
        assert (reply["status"], reply["error"]) == ("success", None), (code, reply)
        assert reply["output"]["stderr"] == "", (code, reply)
        assert tuple(map(drawn, reply["output"]["charts"])) == charts, (code, reply)
    for code, error, charts in BROKEN:
        reply = server.execute(code)
        assert reply["status"] == "error" and error in reply["error"], (code, reply)
        assert tuple(map(drawn, reply["output"]["charts"])) == charts, (code, reply)
    return len(rows) + len(BROKEN) + check_template(server) + check_beside_matplotlib(server, libraries)


def check_template(server):
    """The service's own example."""
    code = json.loads(server.ask("GET", "/templates/plotly_scatter")[2])["code"]
    (chart,) = server.execute(code)["output"]["charts"]
    assert json.loads(chart["data"])["data"][0]["type"] == "scatter", chart
    return 1


def check_beside_matplotlib(server, libraries):
    """Its pictures come first."""
    if "matplotlib" not in libraries:
        return 0
    reply = server.execute("fig = go.Figure(go.Bar(y=[1]))\nplt.plot([1, 2])\nfig.show()")
    assert [chart["type"] for chart in reply["output"]["charts"]] == ["matplotlib", "plotly"], reply
    return 1
