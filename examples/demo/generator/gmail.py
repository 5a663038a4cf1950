"""Writes Gmail API `users.messages` resources: one copy a mailbox that holds the message."""

from datetime import timedelta

# Mailboxes whose messages are synchronised; other staff of ours are seen only as participants.
MAILBOXES = ("kevin@sliderule.example", "dana@sliderule.example",
             "support@sliderule.example", "billing@sliderule.example")
OUR_DOMAIN = "sliderule.example"


def quoted(name):
    """Returns a display name as RFC 5322 wants it: quoted where it holds specials."""
    if any(character in name for character in ',"<>()@.;:\\'):
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return name


class Gmail:
    def __init__(self, world):
        self.world = world
        self.threads = {}

    def address(self, email, name=None):
        name = name if name is not None else self.world.person_of(email).name
        return f"{quoted(name)} <{email}>" if name else email

    def message(self, at, sender, to, subject, text, *, cc=(), bcc=(), reply_to=None, names=None,
                phone=None, ingested_at=None, headers=(), raw_from=None, raw_to=None,
                message_id=None, resync_after=None, mailboxes=None):
        """Writes one message and returns its thread handle for replies.

        `names` overrides display names by address, `phone` adds a signature (raw text, E.164),
        `raw_from`/`raw_to` replace the header text by something malformed.
        """
        world, names = self.world, names or {}
        message_id = message_id or f"<{world.token(22)}@mail.{(sender or 'unknown@nowhere.example').split('@')[1].lower()}>"
        root = reply_to["root"] if reply_to else message_id
        earlier = reply_to["references"] if reply_to else []
        if phone:
            # A signature; the raw phone is followed by the end of the snippet.
            text = f"{text} -- {world.person_of(sender).name} Tel: {phone[0]}"
        fields = [("MIME-Version", "1.0"),
                  ("Date", at.strftime("%a, %d %b %Y %H:%M:%S +0000")),
                  ("Message-ID", message_id),
                  ("Subject", subject),
                  ("From", raw_from if raw_from is not None else self.address(sender, names.get(sender))),
                  ("To", raw_to if raw_to is not None else ", ".join(self.address(e, names.get(e)) for e in to))]
        if cc:
            fields.append(("Cc", ", ".join(self.address(e, names.get(e)) for e in cc)))
        if earlier:
            fields += [("In-Reply-To", earlier[-1]), ("References", " ".join(earlier))]
        fields += list(headers)

        everyone = ([sender] if sender else []) + list(to) + list(cc) + list(bcc)
        ours = bool(sender) and sender.lower().endswith("@" + OUR_DOMAIN)
        copies = mailboxes or [box for box in MAILBOXES if box in {e.strip().lower() for e in everyone}]
        if not copies:
            raise SystemExit(f"no synchronised mailbox holds: {subject}")
        for box in copies:
            sent_from_here = ours and sender.lower() == box
            thread_ids = self.threads.setdefault(root, {})
            thread_ids.setdefault(box, world.hex(16))
            shown = fields + ([("Bcc", ", ".join(self.address(e) for e in bcc))] if bcc and sent_from_here else [])
            record = {
                "id": world.hex(16), "threadId": thread_ids[box],
                "labelIds": ["SENT"] if sent_from_here else world.random.choice(
                    (["INBOX"], ["INBOX", "UNREAD"], ["CATEGORY_PERSONAL", "INBOX"])),
                "snippet": text, "historyId": str(world.random.randint(100000, 999999)),
                "internalDate": str(int(at.timestamp() * 1000)),
                "sizeEstimate": world.random.randint(1500, 60000),
                "payload": {"mimeType": "multipart/alternative", "filename": "",
                            "headers": [{"name": name, "value": value} for name, value in shown]},
            }
            arrived = ingested_at or at + world.delay(30, 1800)
            self.row(record, box, arrived)
            if resync_after:
                # The same message again, after somebody read it and a full synchronisation ran.
                self.row({**record, "labelIds": [l for l in record["labelIds"] if l != "UNREAD"],
                          "historyId": str(int(record["historyId"]) + 7)}, box, arrived + resync_after)

        world.happened("gmail", "message sent" if ours else "message received", message_id)
        world.happened("gmail", "thread started", root)
        self.threads.setdefault(root, {})
        for email in everyone:
            world.saw_address(email, at)
        if phone:
            world.saw_person(world.person_of(sender), at, email=sender, phone=phone[1])
        return {"root": root, "references": earlier + [message_id], "at": at}

    def row(self, record, box, ingested_at):
        self.world.row("gmail", record, ingested_at, "gmail:" + box, "messages")

    def exchange(self, at, customer, ours, subject, texts, *, hours=(1, 30), **first):
        """Writes a conversation: customer first, then alternating; returns the last handle."""
        handle, world = None, self.world
        for number, text in enumerate(texts):
            pair = (customer, ours) if number % 2 == 0 else (ours, customer)
            options = first if number == 0 else {}
            title = subject if number == 0 else "Re: " + subject
            handle = self.message(at, pair[0], [pair[1]], title, text, reply_to=handle, **options)
            at += timedelta(seconds=world.random.randint(hours[0] * 3600, hours[1] * 3600))
        return handle

