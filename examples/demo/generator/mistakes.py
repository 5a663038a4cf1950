"""Writes the bad records, and how each must be rejected: whole rows, or single values of good rows."""

import json

from .stripe import Account
from .world import moment


def make(world, gmail, calendar):
    mail(world, gmail)
    invitations(world, calendar)
    webhooks_of_stripe(world)
    webhooks_of_shopify(world)


def mail(world, gmail):
    box, at = "support@sliderule.example", moment("2024-06-03 10:00")
    headers = [{"name": "From", "value": "kevin@sliderule.example"}, {"name": "To", "value": box}, {"name": "Subject", "value": "Broken"}]

    def resource(**fields):
        return {"id": world.hex(16), "threadId": world.hex(16), "labelIds": ["INBOX"], "snippet": "", "historyId": "1",
                "internalDate": "1717408800000", "sizeEstimate": 1, "payload": {"headers": headers}, **fields}

    for record, reason in (
        (resource(id=None), "missing id"),
        (resource(id=""), "missing id"),
        (resource(internalDate=None), "missing internalDate"),
        (resource(internalDate="yesterday"), "unparseable internalDate"),
        (json.dumps(resource())[:120], "invalid json"),
        ("", "missing record"),
    ):
        gmail.row(record, box, at)
        world.rejected("gmail", "row", reason)
    # The sender cannot be told, the message itself is good.
    gmail.message(moment("2024-06-04 10:00"), None, [box], "Undeliverable", "Your message could not be delivered.", raw_from="Mail Delivery Subsystem",
                  message_id="<bounce-1@mx.example>", mailboxes=[box])
    world.rejected("gmail", "value", "malformed email")
    # A list of recipients that names nobody, and one bad address among good ones.
    gmail.message(moment("2024-06-05 10:00"), "omar@velvetbakery.example", [box], "Hello all", "Hello.", raw_to="undisclosed-recipients:;", mailboxes=[box],
                  bcc=[])
    world.rejected("gmail", "value", "malformed email")
    gmail.message(moment("2024-06-06 10:00"), "tomas@pineandpaper.example", [box], "Two of us", "Adding Ana.",
                  raw_to='"Núñez, Ana \\"Anita\\"" <ANA@pineandpaper.example>, tomas@@pineandpaper..example, ' + box, mailboxes=[box])
    world.saw_address("ana@pineandpaper.example", moment("2024-06-06 10:00"))
    world.rejected("gmail", "value", "malformed email")
    # No Message-ID: the mailbox and Gmail's own id identify it.
    gmail.row(resource(internalDate=str(int(moment("2024-06-07 10:00").timestamp()) * 1000)), box, moment("2024-06-07 10:05"))
    world.happened("gmail", "message sent", "without message id")
    world.happened("gmail", "thread started", "without message id")


def invitations(world, calendar):
    connection, at = "google_calendar:kevin@sliderule.example", moment("2024-06-10 10:00")

    def event(**fields):
        return {"kind": "calendar#event", "id": world.hex(26), "status": "confirmed", "created": "2024-06-10T09:00:00.000Z",
                "updated": "2024-06-10T09:00:00.000Z", "summary": "Broken", "iCalUID": "x@google.com",
                "organizer": {"email": "kevin@sliderule.example"}, "start": {"dateTime": "2024-06-11T09:00:00Z"},
                "end": {"dateTime": "2024-06-11T10:00:00Z"}, "attendees": [], **fields}

    for record, reason in (
        (event(id=None), "missing id"),
        (event(start={"dateTime": "next Tuesday"}), "unparseable start"),
        (event(start={}), "missing start"),
        ({"kind": "calendar#event", "id": world.hex(26), "status": "cancelled"}, "cancelled without details"),
        ("{not json", "invalid json"),
    ):
        world.row("google_calendar", record, at, connection, "events")
        world.rejected("google_calendar", "row", reason)
    calendar.meeting(moment("2024-06-10 09:00"), moment("2024-06-12 09:00"), 30, "With a typo", "kevin@sliderule.example",
                     ["kevin@sliderule.example", "omar@velvetbakery.example"], offset=2,
                     extra_attendees=[{"email": "nobody at example", "responseStatus": "needsAction"}])
    world.rejected("google_calendar", "value", "malformed email")


def webhooks_of_stripe(world):
    at = moment("2024-07-01 00:00:00")

    def event(**fields):
        return {"id": "evt_" + world.token(24), "object": "event", "api_version": "2024-06-20", "created": 1719792000,
                "data": {"object": {"id": "cus_" + world.token(14), "object": "customer", "email": None}}, "livemode": True,
                "pending_webhooks": 0, "type": "customer.created", **fields}

    for record, reason in (
        (event(id=None), "missing id"),
        (event(created=None), "missing created"),
        (event(created="soon"), "unparseable created"),
        (event(type=None), "missing type"),
        (event(data={"object": None}), "missing object"),
        ("null", "missing record"),
        ('{"id": "evt_cut', "invalid json"),
    ):
        world.row("stripe", record, at, "stripe:acct_1SlideRule", "webhooks")
        world.rejected("stripe", "row", reason)
    # Values that are no identifiers: the customer exists, the person does not.
    for email, phone, reasons in (("n/a", "1234567890", ("malformed email", "unusable phone")),
                                  ("", "0000000000", ("unusable phone",))):
        company = world.company("nameless_" + world.token(4), "Nameless")
        broken = Account.__new__(Account)
        broken.world = world
        customer = {"id": "cus_" + world.token(14), "object": "customer", "created": 1719878400, "email": email, "phone": phone,
                    "name": "  ", "metadata": {}, "livemode": True}
        broken.write("customer.created", customer, moment("2024-07-02 00:00:00"))
        world.happened("stripe", "customer created", customer["id"])
        world.saw_group(company, at, stripe_customer_id=customer["id"])
        for reason in reasons:
            world.rejected("stripe", "value", reason)
    # An event that no model of ours uses is neither an event nor a reject.
    broken.write("balance.available", {"object": "balance", "livemode": True, "available": [{"amount": 1, "currency": "usd"}]}, at)


def webhooks_of_shopify(world):
    at = moment("2024-07-03 00:00:00")

    def delivery(**fields):
        return {"webhook_id": "w-" + world.hex(12), "topic": "customers/create", "shop_domain": "pine-and-paper.myshopify.com",
                "api_version": "2024-07", "triggered_at": "2024-07-03T00:00:00.000000000Z",
                "payload": {"id": 6_999_999_000_001, "email": None, "created_at": "2024-07-02T17:00:00-07:00"}, **fields}

    for record, reason in (
        (delivery(webhook_id=None), "missing webhook_id"),
        (delivery(topic=""), "missing topic"),
        (delivery(payload=None), "missing payload"),
        (delivery(shop_domain=None), "missing shop_domain"),
        (delivery(payload={"id": None, "created_at": "2024-07-02T17:00:00-07:00"}), "missing payload id"),
        (delivery(payload={"id": 6_999_999_000_002, "created_at": "02/07/2024"}), "unparseable created_at"),
        ("[1, 2", "invalid json"),
    ):
        world.row("shopify", record, at, "shopify:sliderule-app", "webhooks")
        world.rejected("shopify", "row", reason)
    # A customer whose phone is a placeholder: known by the store's id alone.
    customer = {"id": 6_999_999_000_003, "email": "", "phone": "1234567890", "first_name": "Walk-in", "last_name": "",
                "created_at": "2024-07-02T17:00:00-07:00", "updated_at": "2024-07-02T17:00:00-07:00"}
    world.row("shopify", delivery(payload=customer), at, "shopify:sliderule-app", "webhooks")
    world.happened("shopify", "customer created", customer["id"])
    walk_in = world.person("walk_in", "Walk-in")
    world.saw_person(walk_in, at, shopify_customer_id=customer["id"])
    world.rejected("shopify", "value", "unusable phone")
