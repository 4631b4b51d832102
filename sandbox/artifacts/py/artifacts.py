"""What a program has made beside its text: figures, tables, images, the value of its last expression.

Part of the harness of a dialect, in the child. An artifact is a dict: mime, data (str, or bytes in
base64), encoding, name, metadata. Libraries are looked at only where the program has them.
"""

import ast
import base64
import io
import json
import sys

MOST_POINTS = 5000  # Of a chart's data, each element.
MOST_ROWS = 100     # Of a table's HTML.
MOST_TEXT = 100000  # Characters of a value's text.


def artifact(mime, data, name="", **metadata):
    """The dict that stands for it."""
    is_text = isinstance(data, str)
    return {"mime": mime, "name": name, "metadata": metadata,
            "encoding": "utf-8" if is_text else "base64",
            "data": data if is_text else base64.b64encode(data).decode("ascii")}


def line_of(kind, content):
    """A line of a report, as bytes."""
    text = json.dumps({kind: content}, ensure_ascii=False, allow_nan=False, default=str)
    return text.encode("utf-8", "replace") + b"\n"


# --- matplotlib ------------------------------------------------------------------------------------

_boxes = {}  # By the id of their axes: (statistics, artists) of each call. Axes live as long as figures.


def watch():
    """Before the program: what its libraries do not keep themselves is kept."""
    _keep_boxes()
    _keep_shown()


def _keep_boxes():
    """Has matplotlib keep the figures of its box charts, which leave only lines."""
    axes = sys.modules.get("matplotlib.axes")
    if axes is None:
        return
    original = axes.Axes.bxp

    def bxp(self, bxpstats, *args, **kwargs):
        artists = original(self, bxpstats, *args, **kwargs)
        kept = _boxes.setdefault(id(self), ([], set()))
        kept[0].extend(bxpstats)
        kept[1].update(id(one) for group in artists.values() for one in group)
        return artists

    axes.Axes.bxp = bxp


def figures():
    """Artifacts of all open figures, in their order, which are closed."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    found = []
    for number in pyplot.get_fignums() if pyplot else ():
        figure = pyplot.figure(number)
        image = io.BytesIO()
        figure.savefig(image, format="png", dpi=100, bbox_inches="tight")
        found.append(artifact("image/png", image.getvalue(), "figure %d" % number,
                              source="matplotlib",
                              width=int(figure.get_figwidth() * figure.dpi),
                              height=int(figure.get_figheight() * figure.dpi),
                              charts=_charts(figure)))
    if found:
        pyplot.close("all")
    return found


def _charts(figure):
    charts = []
    for axes in figure.axes:
        for kind, read in _CHARTS:
            try:
                elements = read(axes)
            except Exception:  # pylint: disable=broad-except
                continue  # The picture is there all the same.
            if elements:
                charts.append({"type": kind, "title": axes.get_title(),
                               "x_label": axes.get_xlabel(), "y_label": axes.get_ylabel(),
                               "elements": elements})
    return charts


def _lines(axes):
    boxes = _boxes.get(id(axes), ([], set()))[1]
    return [{"label": str(line.get_label()),
             "points": _points(line.get_xdata(), line.get_ydata())}
            for line in axes.get_lines() if id(line) not in boxes and len(line.get_xdata())]


def _scatters(axes):
    from matplotlib.collections import PathCollection
    found = []
    for dots in axes.collections:
        if isinstance(dots, PathCollection):
            offsets = dots.get_offsets()
            found.append({"label": str(dots.get_label()),
                          "points": _points([x for x, _ in offsets], [y for _, y in offsets])})
    return found


def _bars(axes):
    from matplotlib.container import BarContainer
    found = []
    for bars in axes.containers:
        if not isinstance(bars, BarContainer):
            continue
        is_flat = bars.orientation == "horizontal"
        names = _tick_names(axes.yaxis if is_flat else axes.xaxis)
        for bar in bars.patches[:MOST_POINTS]:
            at = bar.get_y() + bar.get_height() / 2 if is_flat else bar.get_x() + bar.get_width() / 2
            found.append({"label": names.get(round(float(at), 6), _plain(at)),
                          "group": str(bars.get_label()),
                          "value": _plain(bar.get_width() if is_flat else bar.get_height())})
    return found


def _pies(axes):
    from matplotlib.patches import Wedge
    return [{"label": str(wedge.get_label()),
             "angle": _plain(wedge.theta2 - wedge.theta1), "radius": _plain(wedge.r)}
            for wedge in axes.patches if isinstance(wedge, Wedge)]


def _box_charts(axes):
    names = {"whislo": "min", "q1": "first_quartile", "med": "median", "q3": "third_quartile",
             "whishi": "max"}
    found = []
    for place, box in enumerate(_boxes.get(id(axes), ([], set()))[0], 1):
        element = {"label": str(box.get("label", place))}
        element.update((ours, _plain(box[theirs])) for theirs, ours in names.items())
        element["outliers"] = [_plain(one) for one in list(box.get("fliers", ()))[:MOST_POINTS]]
        found.append(element)
    return found


_CHARTS = (("line", _lines), ("scatter", _scatters), ("bar", _bars), ("pie", _pies),
           ("box_and_whisker", _box_charts))


def _tick_names(axis):
    """The labels of categories by their places; empty for numbers."""
    units = getattr(axis, "units", None)
    mapping = getattr(units, "_mapping", None) or {}
    names = {round(float(place), 6): str(name) for name, place in mapping.items()}
    if names:
        return names
    places, labels = axis.get_ticklocs(), [one.get_text() for one in axis.get_ticklabels()]
    return {round(float(place), 6): name for place, name in zip(places, labels) if name}


def _points(xs, ys):
    return [[_plain(x), _plain(y)] for x, y in list(zip(xs, ys))[:MOST_POINTS]]


def _plain(value):
    """A value of JSON's: a number, None for what is not finite, or its text."""
    if isinstance(value, str):
        return value
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    if number != number or number in (float("inf"), float("-inf")):
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


# --- plotly ----------------------------------------------------------------------------------------

_shown = []  # Figures that the program has shown, in its order, each once.


def _keep_shown():
    """Has plotly keep what it is told to show: there is no browser here, and no notebook."""
    if "plotly" not in sys.modules:
        return
    try:
        import plotly.io
    except Exception:  # pylint: disable=broad-except
        return  # It is broken: the program is told how.

    def show(fig, *_, **__):
        if isinstance(fig, dict):
            import plotly.graph_objects
            fig = plotly.graph_objects.Figure(fig)
        if not any(fig is one for one in _shown):
            _shown.append(fig)

    plotly.io.show = show


def plotly_figure(value, name=""):
    """The artifact of a plotly figure; None of anything else."""
    if not _is_of(value, "plotly") or not hasattr(value, "to_json") or not hasattr(value, "layout"):
        return None
    return artifact("application/vnd.plotly.v1+json", value.to_json(), name, source="plotly",
                    width=int(value.layout.width or 700), height=int(value.layout.height or 450))


def shown_figures(names):
    """Named values, as of_names() takes them, of what was shown and is no variable."""
    kept = {id(value) for value in names.values()}
    return [("", figure) for figure in _shown if id(figure) not in kept]


# --- other libraries -------------------------------------------------------------------------------


def data_frame(value, name=""):
    """The artifact of a DataFrame; None of anything else."""
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(value, pandas.DataFrame):
        return None
    html = value.head(MOST_ROWS).to_html(index=True, border=0,
                                         classes="table table-striped table-bordered")
    return artifact("text/html", html, name, source="pandas", shape=list(value.shape),
                    columns=[str(column) for column in value.columns])


def image(value, name=""):
    """The artifact of a Pillow image; None of anything else."""
    pillow = sys.modules.get("PIL.Image")
    if pillow is None or not isinstance(value, pillow.Image):
        return None
    data = io.BytesIO()
    value.save(data, format="PNG")
    return artifact("image/png", data.getvalue(), name, source="PIL", width=value.width,
                    height=value.height)


def of_names(named):
    """(artifacts of those values that are such things, in their order; what others have raised)."""
    found, broken = [], []
    for name, value in named:
        for read in (plotly_figure, data_frame, image):
            try:
                made = read(value, name)
            except Exception as error:  # pylint: disable=broad-except
                broken.append(error)
                continue
            if made is not None:
                found.append(made)
    return found, broken


def of_value(value):
    """Artifacts of the value of a last expression: its text, and what else it can be shown as."""
    if value is None:
        return []
    found = [artifact("text/plain", repr(value)[:MOST_TEXT], is_value=True)]
    for read in (plotly_figure, data_frame, image):
        made = read(value)
        if made is not None:
            made["metadata"]["is_value"] = True
            found.append(made)
    return found


def evaluate(tree, file_name, names):
    """Runs a module in `names`; the value of its last statement where that is an expression."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, file_name, "exec"), names)
        return None
    tree.body.pop()
    exec(compile(tree, file_name, "exec"), names)
    return eval(compile(ast.Expression(last.value), file_name, "eval"), names)


def _is_of(value, library):
    return library in sys.modules and any(
        str(kind.__module__).split(".")[0] == library for kind in type(value).__mro__)
