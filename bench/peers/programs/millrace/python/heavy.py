import json
import os
from pathlib import Path

import work

given = json.loads(Path(os.environ["MILLRACE_INPUT"]).read_text())
Path(os.environ["MILLRACE_OUTPUT"]).write_text(json.dumps(work.heavy(given["key"], given["n"])))
