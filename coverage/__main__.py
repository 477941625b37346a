"""`python -m coverage`: the command line."""

import gc
import os
import sys
from contextlib import suppress

# A run is short and keeps nearly all that it makes, so there is little to collect.
gc.set_threshold(100_000)

from coverage.cli import main  # noqa: E402

code = main()
for stream in filter(None, (sys.stdout, sys.stderr)):  # it may have been started without
    with suppress(OSError):
        stream.flush()
os._exit(code)  # the system frees the memory faster than Python would, object by object
