"""`python -m bot.sandbox`: the local Slack alone."""

import argparse
import sys
from pathlib import Path

from bot.sandbox.manifest import ManifestError
from bot.sandbox.server import run


def main() -> None:
    """Read the command line and run until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description="A strict local Slack.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 (the default): any that is free")
    parser.add_argument("--deliver", metavar="URL", help="send signed HTTP requests there instead of the socket")
    parser.add_argument("--clock-file", type=Path)
    parser.add_argument("--manifest", type=Path)
    options = parser.parse_args()
    try:
        run(options.host, options.port, options.deliver, options.clock_file, options.manifest)
    except (ManifestError, OSError) as error:
        sys.exit(f"sandbox: {error}")


if __name__ == "__main__":
    main()
