"""Counts strikes and costs by species. Its standard output is JSON, so what it says goes to standard error."""

import argparse
import csv
import json
import sys
from collections import defaultdict

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--top", type=int, default=10)
options = parser.parse_args()

strikes: defaultdict[str, int] = defaultdict(int)
costs: defaultdict[str, int] = defaultdict(int)
with open(options.file, newline="") as source:
    for row in csv.DictReader(source):
        strikes[row["species"]] += 1
        costs[row["species"]] += int(row["cost"])

top = sorted(strikes, key=lambda species: (-strikes[species], species))[: options.top]
print(f"{len(strikes)} species, the most frequent is {top[0]}", file=sys.stderr)
json.dump([{"species": name, "strikes": strikes[name], "cost": costs[name]} for name in top], sys.stdout)
