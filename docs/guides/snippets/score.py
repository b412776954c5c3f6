"""The script that the guide on task kinds names: it gives each order a score."""

import json
import os
from pathlib import Path

given = json.loads(Path(os.environ["MILLRACE_INPUT"]).read_text())
scores = [{"id": order["id"], "score": min(1.0, order["total"] / 100)} for order in given["orders"]]
Path(os.environ["MILLRACE_OUTPUT"]).write_text(json.dumps(scores))
