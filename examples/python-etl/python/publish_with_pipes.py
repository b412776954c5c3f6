"""Writes the table, as a script for Dagster Pipes does it. Nothing in it knows of Millrace."""

import csv
from pathlib import Path

from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    rows = pipes.get_extra("rows")
    target = Path("out/species.csv")
    with target.open("w", newline="") as sink:
        out = csv.DictWriter(sink, ["species", "strikes", "cost"])
        out.writeheader()
        out.writerows(rows)
    pipes.log.info(f"{len(rows)} species written")
    pipes.report_asset_check(check_name="has_rows", passed=len(rows) > 0)
    pipes.report_asset_materialization(metadata={"rows": len(rows), "file": {"raw_value": str(target), "type": "path"}})
    pipes.report_custom_message({"file": str(target)})
