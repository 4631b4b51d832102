"""Figures of several rounds, and whether they reach a target."""

import statistics


def spread(values, form="%.2f"):
    """The median, and the lowest and the highest."""
    return "%s (%s..%s)" % tuple(form % value for value in (
        statistics.median(values), min(values), max(values)))


def judge(title, target, ratios, is_good):
    """Prints them; whether the median is good."""
    good = is_good(statistics.median(ratios))
    print("\n%s\n  target: %s: %s: %s" % (title, target, spread(ratios),
                                         "reached" if good else "NOT REACHED"))
    return good
