"""Who exists, what was recorded about them, and what is true.

The truth is stated here by whoever writes a record ("this message was written by Lewis"); it is
never computed from the records. `check_links` then proves that the records carry enough evidence:
a union-find over what each record says together must give exactly the stated people and companies.
"""

import json
import random
from datetime import datetime, timedelta, timezone

UTC = timezone.utc
START = datetime(2023, 6, 1, tzinfo=UTC)
# The moment of the last synchronisation: nothing is ingested later.
AS_OF = datetime(2025, 2, 1, tzinfo=UTC)
# Mail providers: an address there says nothing about a company.
GENERIC_DOMAINS = ("gmail.com", "outlook.com", "yahoo.com")
# Addresses read by several people, whoever's name is on them.
SHARED_MAILBOXES = ("support", "billing", "info", "team", "orders", "accounts", "no-reply")


def moment(text):
    """Returns the UTC datetime of `2024-01-18 15:00[:12]`."""
    layout = "%Y-%m-%d %H:%M:%S" if text.count(":") == 2 else "%Y-%m-%d %H:%M"
    return datetime.strptime(text, layout).replace(tzinfo=UTC)


def epoch(at):
    return int(at.timestamp())


def iso(at, offset_hours=0):
    """Returns ISO-8601 at the given UTC offset, as Shopify and Google write it."""
    local = at.astimezone(timezone(timedelta(hours=offset_hours)))
    return local.isoformat(timespec="seconds")


def plain(at):
    """Returns the form of timestamp columns in the CSV files."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


class Person:
    def __init__(self, key, name, emails=(), phones=()):
        self.key, self.name = key, name
        self.emails, self.phones = list(emails), list(phones)

    @property
    def email(self):
        return self.emails[0]

    @property
    def first(self):
        return self.name.split()[0]


class Company:
    def __init__(self, key, name, domains=()):
        self.key, self.name, self.domains = key, name, list(domains)
        self.staff = []

    @property
    def domain(self):
        return self.domains[0] if self.domains else None


class World:
    """The directory of people and companies, the raw rows, and the truth."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.rows = {"gmail": [], "google_calendar": [], "stripe": [], "shopify": [], "segment": []}
        self.people, self.companies = {}, {}
        self.owner_of_email, self.owner_of_phone, self.owner_of_domain = {}, {}, {}
        self.identities = {"person": {}, "group": {}}
        self.links = {"person": [], "group": []}
        self.memberships, self.ended, self.states, self.counts = {}, {}, [], {}
        self.distinct_events = set()

    # Directory.

    def company(self, key, name, *domains):
        company = self.companies[key] = Company(key, name, domains)
        for domain in domains:
            self.owner_of_domain[domain] = company
        return company

    def person(self, key, name, company=None, emails=(), phones=()):
        person = self.people[key] = Person(key, name, emails, phones)
        for email in emails:
            self.owner_of_email[email.lower()] = person
        for phone in phones:
            self.owner_of_phone[phone] = person
        if company:
            company.staff.append(person)
        return person

    def shared_mailbox(self, address, name):
        """Registers an address of several people: an entity of its own, linked to nothing."""
        return self.person("mailbox:" + address, name, emails=[address])

    def person_of(self, email):
        return self.owner_of_email[email.strip().lower()]

    def company_of(self, email):
        domain = email.strip().lower().split("@")[1]
        return None if domain in GENERIC_DOMAINS else self.owner_of_domain[domain]

    # Truth.

    def saw_person(self, person, at, email=None, phone=None, **others):
        """States that one record shows these identifiers of one person together."""
        values = []
        if email:
            values.append(("email", email.strip().lower()))
        if phone:
            values.append(("phone", phone))
        values += [(kind, str(value)) for kind, value in others.items() if value]
        for value in values:
            self.identities["person"][value] = person.key
        self.links["person"].append(values)

    def saw_group(self, company, at, domain=None, **others):
        values = [("domain", domain)] if domain else []
        values += [(kind, str(value)) for kind, value in others.items() if value]
        for value in values:
            self.identities["group"][value] = company.key
        if values:
            self.links["group"].append(values)

    def is_member(self, person, company, role, at):
        key = (person.key, company.key, role)
        first, last = self.memberships.get(key, (at, at))
        self.memberships[key] = (min(first, at), max(last, at))

    def is_no_member(self, person, company, role, at):
        self.ended[(person.key, company.key, role)] = at

    def saw_address(self, email, at):
        """States what any mail or invitation says by itself: an address, its domain, membership."""
        person, company = self.person_of(email), self.company_of(email)
        self.saw_person(person, at, email=email)
        if company:
            self.saw_group(company, at, domain=email.strip().lower().split("@")[1])
            role = "shared_inbox" if is_shared(email) else "member"
            self.is_member(person, company, role, at)

    def happened(self, source, event_name, key):
        """Counts a business event once, however many records repeat it."""
        if (source, event_name, key) not in self.distinct_events:
            self.distinct_events.add((source, event_name, key))
            self.count(source, "event", event_name)

    def count(self, source, kind, name, by=1):
        self.counts[(source, kind, name)] = self.counts.get((source, kind, name), 0) + by

    def rejected(self, source, scope, reason):
        self.count(source, "reject_" + scope, reason)

    # Rows.

    def row(self, source, record, ingested_at, connection, stream):
        text = record if isinstance(record, str) else json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        self.rows[source].append((plain(min(ingested_at, AS_OF)), connection, stream, text))

    def delay(self, low_seconds, high_seconds):
        return timedelta(seconds=self.random.randint(low_seconds, high_seconds))

    def hex(self, length):
        return "".join(self.random.choice("0123456789abcdef") for _ in range(length))

    def token(self, length):
        alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
        return "".join(self.random.choice(alphabet) for _ in range(length))

    # Proof.

    def check_links(self):
        for entity_type, links in self.links.items():
            components = components_of(links)
            stated = {}
            for value, key in self.identities[entity_type].items():
                stated.setdefault(key, set()).add(value)
            found = {frozenset(part) for part in components}
            expected = {frozenset(part) for part in stated.values()}
            if found != expected:
                raise SystemExit(f"{entity_type}: records do not show the stated truth:\n"
                                 f"only stated: {sorted(map(sorted, expected - found))[:3]}\n"
                                 f"only shown:  {sorted(map(sorted, found - expected))[:3]}")


def is_shared(email):
    return email.split("@")[0].strip().lower() in SHARED_MAILBOXES


def components_of(links):
    """Returns the connected components of lists of values that were seen together."""
    parent = {}

    def root(value):
        parent.setdefault(value, value)
        while parent[value] != value:
            parent[value] = parent[parent[value]]
            value = parent[value]
        return value

    for values in links:
        for value in values:
            parent[root(value)] = root(values[0])
    parts = {}
    for value in parent:
        parts.setdefault(root(value), set()).add(value)
    return parts.values()
