"""Says whether a module is installed."""

import importlib.util
import json
import os
import sys
from pathlib import Path

found = importlib.util.find_spec(sys.argv[1]) is not None
print(f"{sys.argv[1]} is {'' if found else 'not '}installed")
Path(os.environ["MILLRACE_OUTPUT"]).write_text(json.dumps(found))
