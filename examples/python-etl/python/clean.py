"""Keeps the columns that matter, and the reports that name a species."""

import csv
import json
import os
from datetime import date
from pathlib import Path

given = json.loads(Path(os.environ["MILLRACE_INPUT"]).read_text())
target = Path("out/clean.csv")

kept = unidentified = 0
with open(given["file"], newline="") as source, target.open("w", newline="") as sink:
    out = csv.writer(sink)
    out.writerow(["day", "species", "phase", "damage", "cost"])
    for row in csv.DictReader(source):
        species = row["Wildlife Species"].strip()
        if species.startswith("Unknown"):
            unidentified += 1
            continue
        day = date.fromisoformat(row["Flight Date"])
        cost = int((row["Cost Total $"] or "0").replace(",", ""))
        out.writerow([day, species, row["Phase of flight"], row["Effect Amount of damage"], cost])
        kept += 1

print(f"{kept} reports name a species, {unidentified} do not")
result = {"file": str(target), "kept": kept, "unidentified": unidentified}
Path(os.environ["MILLRACE_OUTPUT"]).write_text(json.dumps(result))
