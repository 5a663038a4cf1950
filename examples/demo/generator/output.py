"""Writes seeds/ and expected/: every file whole, sorted, the same bytes every time."""

import csv
import io
import os

from .world import plain

ENVELOPE = ("_ingested_at", "_connection_id", "_stream_id", "_raw_record")
TABLES = {"gmail": "raw_gmail_messages", "google_calendar": "raw_google_calendar_events",
          "stripe": "raw_stripe_events", "shopify": "raw_shopify_events", "segment": "raw_segment_messages"}


def write(world, folder):
    for source, table in TABLES.items():
        # Sorted as an export would be: by arrival.
        rows = sorted(world.rows[source])
        save(os.path.join(folder, "seeds", table + ".csv"), ENVELOPE, rows)
        world.count(source, "raw_rows", table, len(rows))
    expected = os.path.join(folder, "expected")
    save(os.path.join(expected, "identities.csv"), ("person_key", "identifier_type", "identifier_value"),
         sorted((key, *value) for value, key in world.identities["person"].items()))
    save(os.path.join(expected, "groups.csv"), ("group_key", "identifier_type", "identifier_value"),
         sorted((key, *value) for value, key in world.identities["group"].items()))
    save(os.path.join(expected, "memberships.csv"), ("person_key", "group_key", "role", "established_at", "last_seen_at", "ended_at"),
         sorted((*key, plain(first), plain(last), plain(world.ended[key]) if key in world.ended else "")
                for key, (first, last) in world.memberships.items()))
    save(os.path.join(expected, "states.csv"), ("group_key", "state_name", "state_value", "state_entered_at", "state_exited_at"),
         sorted((group, name, value, plain(entered), plain(exited) if exited else "")
                for group, name, value, entered, exited in world.states))
    save(os.path.join(expected, "counts.csv"), ("source", "kind", "name", "row_count"),
         sorted((*key, number) for key, number in world.counts.items()))


def save(path, header, rows):
    """Writes one CSV; a crash leaves the old file."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    with open(path + ".part", "w", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())
    os.replace(path + ".part", path)
