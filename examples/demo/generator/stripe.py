"""Writes Stripe webhook events, and keeps the true billing lifecycle of each account."""

from datetime import timedelta

from .world import AS_OF, epoch, is_shared

API_VERSION = "2024-06-20"
# Currencies whose smallest unit is the unit itself.
ZERO_DECIMAL = ("jpy",)
LIFECYCLE = {"trialing": "trial", "active": "active", "past_due": "past_due", "unpaid": "past_due",
             "paused": "paused", "canceled": "cancelled"}


class Account:
    """One Stripe customer of ours: a company's billing account, or a freelancer's."""

    def __init__(self, world, company, at, contact, *, name=None, phone=None, currency="usd", amount=4900,
                 metadata=None, email_text=None, phone_text=None, ingested_at=None):
        self.world, self.company, self.currency, self.amount = world, company, currency, amount
        self.id = "cus_" + world.token(14)
        self.contact, self.subscription, self.status = contact, None, None
        self.entered_at, self.invoice_number = None, 0
        self.prefix = world.token(8).upper()
        self.customer = {
            "id": self.id, "object": "customer", "address": None, "balance": 0, "created": epoch(at),
            "currency": None, "delinquent": False, "description": None,
            "email": email_text if email_text is not None else contact, "invoice_prefix": self.prefix, "livemode": True,
            "metadata": metadata or {}, "name": name or company.name, "phone": phone_text or phone,
            "tax_exempt": "none",
        }
        self.phone = phone
        self.write("customer.created", self.customer, at, ingested_at=ingested_at)
        world.happened("stripe", "customer created", self.id)
        self.saw_customer(at)

    # What a record about the customer says.

    def saw_customer(self, at):
        world = self.world
        domain = self.customer["metadata"].get("company_domain")
        world.saw_group(self.company, at, stripe_customer_id=self.id)
        if domain:
            world.saw_group(self.company, at, stripe_customer_id=self.id, domain=domain)
        elif world.company_of(self.contact):
            world.saw_group(self.company, at, stripe_customer_id=self.id, domain=self.contact.split("@")[1].lower())
        shop = self.customer["metadata"].get("myshopify_domain")
        if shop:
            world.saw_group(self.company, at, stripe_customer_id=self.id, myshopify_domain=shop)
        self.saw_contact(at)
        world.is_member(world.person_of(self.contact), self.company, "billing_contact", at)

    def saw_contact(self, at):
        person = self.world.person_of(self.contact)
        # A shared mailbox is linked to nothing, so a phone given with it is the company's.
        self.world.saw_person(person, at, email=self.contact, phone=None if is_shared(self.contact) else self.phone)

    # Events.

    def write(self, type_, obj, at, previous=None, ingested_at=None, twice=None):
        world = self.world
        event = {"id": "evt_" + world.token(24), "object": "event", "api_version": API_VERSION, "created": epoch(at),
                 "data": {"object": obj, **({"previous_attributes": previous} if previous else {})},
                 "livemode": True, "pending_webhooks": 1,
                 "request": {"id": None, "idempotency_key": None}, "type": type_}
        arrived = ingested_at or at + world.delay(1, 40)
        world.row("stripe", event, arrived, "stripe:acct_1SlideRule", "webhooks")
        if twice:
            world.row("stripe", event, arrived + twice, "stripe:acct_1SlideRule", "webhooks")
        return event

    def update_customer(self, at, *, contact=None, name=None, phone=None, metadata=None):
        previous, world = {}, self.world
        old_contact = self.contact
        if contact:
            previous["email"], self.contact = self.contact, contact
            self.customer = {**self.customer, "email": contact}
        if name:
            previous["name"] = self.customer["name"]
            self.customer = {**self.customer, "name": name}
        if phone or contact:
            previous["phone"], self.phone = self.customer["phone"], phone
            self.customer = {**self.customer, "phone": phone}
        if metadata:
            previous["metadata"] = {key: self.customer["metadata"].get(key) for key in metadata}
            self.customer = {**self.customer, "metadata": {**self.customer["metadata"], **metadata}}
        self.write("customer.updated", self.customer, at, previous)
        world.happened("stripe", "customer updated", (self.id, at))
        if contact:
            world.saw_person(world.person_of(old_contact), at, email=old_contact)
            # Under a new address the same person stays.
            if world.person_of(old_contact) is not world.person_of(contact):
                world.is_no_member(world.person_of(old_contact), self.company, "billing_contact", at)
        self.saw_customer(at)

    def lifecycle(self, at, status):
        """States the billing lifecycle of the company from here on."""
        value = LIFECYCLE[status]
        if value == self.status:
            return
        if self.status:
            self.world.states.append((self.company.key, "billing_lifecycle", self.status, self.entered_at, at))
        self.status, self.entered_at = value, at

    def close_books(self):
        if self.status:
            self.world.states.append((self.company.key, "billing_lifecycle", self.status, self.entered_at, None))

    def subscription_object(self, status, at, **fields):
        self.subscription = {
            "id": self.subscription["id"] if self.subscription else "sub_" + self.world.token(24),
            "object": "subscription", "cancel_at_period_end": False, "canceled_at": None,
            "collection_method": "charge_automatically", "created": self.subscription["created"] if self.subscription else epoch(at),
            "currency": self.currency, "current_period_end": epoch(at + timedelta(days=30)),
            "current_period_start": epoch(at), "customer": self.id, "ended_at": None,
            "items": {"object": "list", "data": [{"id": "si_" + self.world.token(14), "object": "subscription_item",
                      "price": {"id": f"price_{self.currency}_{self.amount}", "object": "price", "currency": self.currency,
                                "recurring": {"interval": "month", "interval_count": 1}, "unit_amount": self.amount},
                      "quantity": 1}]},
            "livemode": True, "metadata": {}, "pause_collection": None,
            "start_date": self.subscription["start_date"] if self.subscription else epoch(at),
            "status": status, "trial_end": None, "trial_start": None, **fields}
        return self.subscription

    def start(self, at, trial_days=0, **options):
        self.subscription = None
        status = "trialing" if trial_days else "active"
        trial = {"trial_start": epoch(at), "trial_end": epoch(at + timedelta(days=trial_days))} if trial_days else {}
        self.write("customer.subscription.created", self.subscription_object(status, at, **trial), at, **options)
        self.mention_subscription("subscription started", at)
        self.lifecycle(at, status)

    def change(self, at, status=None, amount=None, **options):
        """Changes status or price; a status carries over to the true lifecycle."""
        old = self.subscription
        previous = {}
        if status and status != old["status"]:
            previous["status"] = old["status"]
        if amount:
            previous["items"] = {"data": [{"price": {"unit_amount": self.amount}}]}
            self.amount = amount
        self.write("customer.subscription.updated", self.subscription_object(status or old["status"], at), at, previous, **options)
        self.mention_subscription("subscription changed", at)
        if status:
            self.lifecycle(at, status)

    def pause_collection(self, at):
        self.write("customer.subscription.updated",
                   self.subscription_object("active", at, pause_collection={"behavior": "void", "resumes_at": None}),
                   at, {"pause_collection": None})
        self.mention_subscription("subscription paused", at)
        self.lifecycle(at, "paused")

    def resume_collection(self, at, **options):
        self.write("customer.subscription.updated", self.subscription_object("active", at), at,
                   {"pause_collection": {"behavior": "void", "resumes_at": None}}, **options)
        self.mention_subscription("subscription resumed", at)
        self.lifecycle(at, "active")

    def pause(self, at):
        self.write("customer.subscription.paused", self.subscription_object("paused", at), at)
        self.mention_subscription("subscription paused", at)
        self.lifecycle(at, "paused")

    def resume(self, at, **options):
        self.write("customer.subscription.resumed", self.subscription_object("active", at), at, **options)
        self.mention_subscription("subscription resumed", at)
        self.lifecycle(at, "active")

    def cancel(self, at, **options):
        self.write("customer.subscription.deleted",
                   self.subscription_object("canceled", at, canceled_at=epoch(at), ended_at=epoch(at)), at, **options)
        self.mention_subscription("subscription cancelled", at)
        self.lifecycle(at, "canceled")

    def mention_subscription(self, event_name, at):
        self.world.happened("stripe", event_name, (self.id, at))
        self.world.saw_group(self.company, at, stripe_customer_id=self.id)

    def invoice(self, at, outcome="paid", *, paid_after=timedelta(seconds=4), amount=None, attempts=1, **options):
        """Writes an invoice and what became of it; returns the charge that paid it."""
        world, amount = self.world, amount or self.amount
        self.invoice_number += 1
        invoice = {
            "id": "in_" + world.token(24), "object": "invoice", "account_country": "US", "amount_due": amount,
            "amount_paid": 0, "amount_remaining": amount, "attempt_count": 0, "attempted": False,
            "billing_reason": "subscription_cycle", "collection_method": "charge_automatically",
            "created": epoch(at), "currency": self.currency, "customer": self.id,
            "customer_email": self.customer["email"], "customer_name": self.customer["name"],
            "customer_phone": self.customer["phone"], "due_date": None, "livemode": True,
            "number": f"{self.prefix}-{self.invoice_number:04d}", "paid": False, "status": "draft",
            "subscription": self.subscription["id"] if self.subscription else None, "subtotal": amount, "total": amount,
        }
        self.write("invoice.created", invoice, at, **options)
        world.happened("stripe", "invoice created", invoice["id"])
        self.mention_contact(at)
        at += paid_after
        if outcome == "paid":
            return self.pay(invoice, at)
        if outcome == "failed":
            for attempt in range(attempts):
                self.fail(invoice, at + timedelta(days=3 * attempt), attempt + 1)
            return None
        if outcome == "voided":
            self.write("invoice.voided", {**invoice, "status": "void", "attempted": False}, at)
            world.happened("stripe", "invoice voided", invoice["id"])
        return invoice

    def pay(self, invoice, at, attempts=1):
        world = self.world
        intent, charge = self.intent(invoice, "succeeded", at), self.charge(invoice, at)
        intent["latest_charge"], charge["payment_intent"] = charge["id"], intent["id"]
        self.write("charge.succeeded", charge, at)
        self.write("payment_intent.succeeded", intent, at)
        self.write("invoice.paid", {**invoice, "status": "paid", "paid": True, "attempted": True, "attempt_count": attempts,
                                    "amount_paid": invoice["amount_due"], "amount_remaining": 0,
                                    "charge": charge["id"], "payment_intent": intent["id"]}, at)
        world.happened("stripe", "payment succeeded", intent["id"])
        world.happened("stripe", "invoice paid", invoice["id"])
        self.mention_contact(at)
        return charge

    def fail(self, invoice, at, attempt):
        intent = self.intent(invoice, "requires_payment_method", at)
        intent["last_payment_error"] = {"code": "card_declined", "decline_code": "insufficient_funds",
                                        "message": "Your card has insufficient funds."}
        self.write("payment_intent.payment_failed", intent, at)
        self.write("invoice.payment_failed", {**invoice, "status": "open", "attempted": True, "attempt_count": attempt}, at)
        self.world.happened("stripe", "invoice payment failed", (invoice["id"], attempt))
        self.mention_contact(at)

    def refund(self, charge, at, amount=None):
        amount = amount or charge["amount"]
        self.write("charge.refunded", {**charge, "amount_refunded": amount, "refunded": amount == charge["amount"]}, at,
                   {"amount_refunded": 0})
        self.world.happened("stripe", "payment refunded", (charge["id"], at))
        self.mention_contact(at)

    def dispute(self, charge, at, reason="fraudulent"):
        self.write("charge.dispute.created", {
            "id": "dp_" + self.world.token(24), "object": "dispute", "amount": charge["amount"], "charge": charge["id"],
            "created": epoch(at), "currency": self.currency, "livemode": True, "payment_intent": charge["payment_intent"],
            "reason": reason, "status": "needs_response"}, at)
        self.world.happened("stripe", "payment disputed", charge["id"])

    def mention_contact(self, at):
        self.world.saw_group(self.company, at, stripe_customer_id=self.id)
        self.saw_contact(at)

    def intent(self, invoice, status, at):
        return {"id": "pi_" + self.world.token(24), "object": "payment_intent", "amount": invoice["amount_due"],
                "amount_received": invoice["amount_due"] if status == "succeeded" else 0, "created": epoch(at),
                "currency": self.currency, "customer": self.id, "invoice": invoice["id"], "latest_charge": None,
                "livemode": True, "receipt_email": self.customer["email"], "status": status}

    def charge(self, invoice, at):
        return {"id": "ch_" + self.world.token(24), "object": "charge", "amount": invoice["amount_due"], "amount_refunded": 0,
                "billing_details": {"email": self.customer["email"], "name": self.world.person_of(self.contact).name,
                                    "phone": self.customer["phone"]},
                "captured": True, "created": epoch(at), "currency": self.currency, "customer": self.id, "disputed": False,
                "invoice": invoice["id"], "livemode": True, "paid": True,
                "payment_method_details": {"card": {"brand": "visa", "country": "US", "last4": "4242"}, "type": "card"},
                "refunded": False, "status": "succeeded"}

    def months(self, first, count, **options):
        """Writes monthly paid invoices from `first`, none after the last synchronisation."""
        charges = []
        for number in range(count):
            at = first + timedelta(days=30 * number)
            if at < AS_OF - timedelta(hours=1):
                charges.append(self.invoice(at, **options))
        return charges
