"""Copies the source to out/raw.csv, from a mirror that is busy for the first attempts."""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("source")
parser.add_argument("--busy", type=int, default=0)
options = parser.parse_args()

attempt = int(os.environ["MILLRACE_ATTEMPT"])
if attempt <= options.busy:
    print(f"the mirror is busy, attempt {attempt}", file=sys.stderr)
    sys.exit(os.EX_TEMPFAIL)

target = Path("out/raw.csv")
target.parent.mkdir(exist_ok=True)
shutil.copyfile(options.source, target)
print(f"fetched {target.stat().st_size} bytes")

Path(os.environ["MILLRACE_OUTPUT"]).write_text(json.dumps({"file": str(target), "bytes": target.stat().st_size}))
