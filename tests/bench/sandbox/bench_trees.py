"""How soon fcsandbox ends a hostile tree of 60 processes, beside the least that the kernel needs: the
same tree in a PID namespace whose init is killed (kernel_trees.py).

usage: bench_trees.py BIN_DIR [--profiles NAME,...] [--rounds N] [--trees N]

One tree at a time; what is compared runs in turn, round by round. Needs root.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, os.path.join(HERE, "../../integration/sandbox"))
import stand  # noqa: E402  (the paths come first)
import trees  # noqa: E402
from ratios import judge, spread  # noqa: E402

PYTHON = "/usr/bin/python3"
MOST_MS = 10


def kernel(count):
    """Milliseconds that the kernel takes for each tree, by an interpreter that has nothing else."""
    words = [PYTHON, "-I", "-S", "-B", os.path.join(HERE, "kernel_trees.py"), str(count), trees.TREE % 0]
    told = subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout
    return [float(line) for line in told.split()]


def product(binaries, profile, kind, count):
    """Milliseconds that fcsandbox takes for each tree."""
    user = dict(stand.PROFILES)[profile]
    with stand.stand(binaries, "trees", user) as place:
        with open(place.lines, "w", encoding="utf-8") as file:
            for number in range(count):
                file.write(json.dumps(trees.request(number, kind, 0, wall_ms=20000)) + "\n")
        done = subprocess.run(place.batch(profile, place.lines, "--runs=1"), stdout=subprocess.PIPE,
                              check=True, **place.as_user())
    outcomes = [json.loads(line) for line in done.stdout.decode().splitlines()]
    if len(outcomes) != count or any(outcome["end"] != "exited" for outcome in outcomes):
        raise RuntimeError("a tree did not end as it should: %s" % outcomes)
    return [outcome["cleanup_us"] / 1000 for outcome in outcomes]


def p99(times):
    """The slowest but one in a hundred."""
    return sorted(times)[len(times) * 99 // 100]


def contest(options, profile, kind):
    """Rounds of one kind in one profile."""
    floors, own = [], []
    for _ in range(options.rounds):
        floors.append(kernel(options.trees))
        own.append(product(options.bin_dir, profile, kind, options.trees))
    medians = [statistics.median(mine) / statistics.median(least) for mine, least in zip(own, floors)]
    print("\n  ms: p50 %s, p99 %s; the kernel alone p50 %s, p99 %s; p50 by the kernel's %s" % (
        spread(list(map(statistics.median, own))), spread(list(map(p99, own))),
        spread(list(map(statistics.median, floors))), spread(list(map(p99, floors))),
        spread(medians)))
    return judge("60 hostile processes in %s, %s" % (profile, kind), "p99 at most %d ms" % MOST_MS,
                 list(map(p99, own)), lambda slowest: slowest <= MOST_MS)


def main():
    """Ends with 1 when a target is not reached."""
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].replace("usage: ", ""))
    parser.add_argument("bin_dir", type=os.path.abspath)
    parser.add_argument("--profiles", default=",".join(profile for profile, _ in stand.PROFILES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--trees", type=int, default=100)
    options = parser.parse_args()
    results = [contest(options, profile, kind)
               for profile in options.profiles.split(",") for kind in trees.KINDS]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
