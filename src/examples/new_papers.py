#!/usr/bin/env python3
"""Prints the title of each new paper, with Python's standard library alone.

    python3 new_papers.py http://localhost:4000 seen.cursor

The cursor of what was printed is kept in a file, so that a restart misses nothing.
"""
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

SILENCE_SECONDS = 40  # the server sends at least a comment every 15 seconds


def events(server, after):
    """Yields (name, id, data) of each event after a cursor, until the connection ends."""
    query = urllib.parse.urlencode({"kinds": "INGESTED", "after": after})
    with urllib.request.urlopen(f"{server}/feed?{query}", timeout=SILENCE_SECONDS) as stream:
        name, cursor, data = "message", None, []
        for line in (raw.decode().rstrip("\n") for raw in stream):
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                cursor = value
            elif field == "data":
                data.append(value)
            elif line == "" and (data or cursor):
                yield name, cursor, "\n".join(data)
                name, cursor, data = "message", None, []


def keep(state, cursor):
    """Replaces the file whole: one that is empty after a kill would begin at the end of the feed."""
    made = state.with_name(state.name + ".new")
    made.write_text(cursor)
    os.replace(made, state)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    server, state = sys.argv[1], Path(sys.argv[2])
    while True:
        after = state.read_text().strip() if state.exists() else "NOW"
        try:
            for name, cursor, data in events(server, after):
                if name == "message" and data:
                    print(json.loads(data)["paper"]["title"], flush=True)
                if name in ("reset", "fault"):
                    print(json.loads(data)["message"], file=sys.stderr, flush=True)
                if cursor:
                    keep(state, cursor)
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                sys.exit(f"{server} refuses the request: {error.read().decode()}")
            print(f"{server} answers {error.code}.", file=sys.stderr, flush=True)
        except OSError as error:
            print(f"{server} cannot be reached: {error}", file=sys.stderr, flush=True)
        time.sleep(3)


if __name__ == "__main__":
    main()
