"""Writes Google Calendar v3 event resources: one row a version of an event."""

from datetime import timedelta

from .world import AS_OF, iso


class Calendar:
    def __init__(self, world):
        self.world = world

    def meeting(self, created, start, minutes, summary, organizer, attendees, *, offset=0, all_day=False,
                responses=None, moved_to=None, moved_at=None, cancelled_at=None, deleted_bare=False,
                series=None, series_start=None, location=None, resync_after=None, extra_attendees=()):
        """Writes a meeting from creation to its end.

        `responses` is {address: (status, at)}: answers given after the invitation. `offset` is the
        UTC offset of the calendar in hours. `series` marks an instance of a recurring event.
        `deleted_bare` cancels with the bare record that Google sends for deleted events.
        """
        world = self.world
        base_id = series or world.hex(26)
        event_id = base_id
        if series:
            event_id = f"{base_id}_{series_start.strftime('%Y%m%dT%H%M%SZ')}"
        statuses = {email: "needsAction" for email in attendees}
        if organizer in statuses:
            statuses[organizer] = "accepted"
        current = {"start": start, "status": "confirmed", "sequence": 0}

        def write(updated):
            record = self.record(event_id, base_id, created, updated, current, minutes, summary, organizer,
                                 statuses, offset, all_day, location, series_start, extra_attendees)
            world.row("google_calendar", record, updated + world.delay(60, 900),
                      "google_calendar:" + organizer, "events")
            return record

        record = write(created)
        if resync_after:
            world.row("google_calendar", record, created + resync_after, "google_calendar:" + organizer, "events")
        key = base_id if not series else (base_id, series_start)
        changes = [(at, "response", (email, status)) for email, (status, at) in (responses or {}).items()]
        if moved_to:
            changes.append((moved_at, "moved", moved_to))
        if cancelled_at:
            changes.append((cancelled_at, "cancelled", None))
        world.happened("google_calendar", "meeting scheduled", key)
        for at, what, value in sorted(changes, key=lambda change: (change[0], change[1])):
            if what == "response":
                statuses[value[0]] = value[1]
                world.happened("google_calendar", "response given", (key, value))
                for email in (organizer, value[0]):
                    world.saw_address(email, at)
            elif what == "moved":
                current.update(start=value, sequence=current["sequence"] + 1)
            else:
                current["status"] = "cancelled"
                world.happened("google_calendar", "meeting cancelled", key)
                for email in [organizer, *attendees]:
                    world.saw_address(email, at)
            if what == "cancelled" and deleted_bare:
                world.row("google_calendar", {"kind": "calendar#event", "etag": f'"{int(at.timestamp()) * 2000}"',
                                              "id": event_id, "status": "cancelled", "updated": at.strftime("%Y-%m-%dT%H:%M:%S.000Z")},
                          at + world.delay(60, 900), "google_calendar:" + organizer, "events")
            else:
                write(at)
        ends = current["start"] + (timedelta(days=1) if all_day else timedelta(minutes=minutes))
        if current["status"] != "cancelled" and ends <= AS_OF:
            world.happened("google_calendar", "meeting held", key)
            for email in [organizer, *attendees]:
                world.saw_address(email, current["start"])
        for email in [organizer, *attendees]:
            world.saw_address(email, created)

    def record(self, event_id, base_id, created, updated, current, minutes, summary, organizer, statuses,
               offset, all_day, location, series_start, extra_attendees):
        world, start = self.world, current["start"]
        end = start + timedelta(minutes=minutes)
        record = {
            "kind": "calendar#event", "etag": f'"{int(updated.timestamp()) * 2000}"', "id": event_id,
            "status": current["status"], "created": created.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "updated": updated.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "summary": summary,
            "creator": {"email": organizer}, "organizer": {"email": organizer, "displayName": world.person_of(organizer).name},
        }
        if location:
            record["location"] = location
        if all_day:
            record["start"] = {"date": start.strftime("%Y-%m-%d")}
            record["end"] = {"date": (start + timedelta(days=1)).strftime("%Y-%m-%d")}
        else:
            record["start"] = {"dateTime": iso(start, offset), "timeZone": "America/Los_Angeles"}
            record["end"] = {"dateTime": iso(end, offset), "timeZone": "America/Los_Angeles"}
        if series_start:
            record["recurringEventId"] = base_id
            record["originalStartTime"] = {"dateTime": iso(series_start, offset), "timeZone": "America/Los_Angeles"}
        record["iCalUID"] = base_id + "@google.com"
        record["sequence"] = current["sequence"]
        record["attendees"] = [
            {"email": email, **({"displayName": world.person_of(email).name} if world.person_of(email).name else {}),
             **({"organizer": True} if email == organizer else {}), "responseStatus": status}
            for email, status in statuses.items()] + list(extra_attendees)
        record["eventType"] = "default"
        return record

    def series(self, created, first_start, weeks, minutes, summary, organizer, attendees, *, offset=0, skip=()):
        """Writes a weekly series: its master record, then one record an instance.

        `skip` holds the numbers of cancelled instances, {number: cancelled at}.
        """
        world = self.world
        base_id = world.hex(26)
        master = self.record(base_id, base_id, created, created, {"start": first_start, "status": "confirmed", "sequence": 0},
                             minutes, summary, organizer, {email: "needsAction" for email in attendees}, offset, False,
                             None, None, ())
        master["recurrence"] = [f"RRULE:FREQ=WEEKLY;COUNT={weeks}"]
        world.row("google_calendar", master, created + world.delay(60, 900), "google_calendar:" + organizer, "events")
        for number in range(weeks):
            start = first_start + timedelta(weeks=number)
            self.meeting(created, start, minutes, summary, organizer, attendees, offset=offset,
                         series=base_id, series_start=start, cancelled_at=dict(skip).get(number))
