"""Writes Shopify webhook deliveries (Admin REST payloads) as the SlideRule app receives them.

Shopify sends no webhook on installation; the app's own install callback records the topic
`app/installed` with the shop resource, in the same envelope.
"""

from datetime import timedelta

from .world import AS_OF, is_shared, iso

API_VERSION = "2024-07"


class Shop:
    """A merchant's store: its owner, its shoppers, and the app on it."""

    def __init__(self, world, company, subdomain, owner, created, *, domain=None, offset=0, currency="USD", plan="basic", phone=None):
        self.world, self.company, self.offset, self.currency = world, company, offset, currency
        self.id = world.random.randint(50_000_000_000, 80_000_000_000)
        self.myshopify_domain = subdomain + ".myshopify.com"
        self.owner, self.domain, self.created, self.plan, self.phone = owner, domain, created, plan, phone
        self.order_number = 1000
        self.customers = {}
        self.app_status, self.app_since = None, None

    def record(self, at):
        owner = self.world.person_of(self.owner)
        return {"id": self.id, "name": self.company.name, "email": self.owner,
                "domain": self.domain or self.myshopify_domain, "myshopify_domain": self.myshopify_domain,
                "shop_owner": owner.name, "customer_email": self.owner, "phone": self.phone,
                "country_code": "US", "currency": self.currency, "iana_timezone": "America/Los_Angeles",
                "plan_name": self.plan, "plan_display_name": self.plan.title(),
                "created_at": iso(self.created, self.offset), "updated_at": iso(at, self.offset)}

    def deliver(self, topic, payload, at, *, ingested_at=None, twice=None):
        world = self.world
        delivery = {"webhook_id": f"{world.hex(8)}-{world.hex(4)}-4{world.hex(3)}-a{world.hex(3)}-{world.hex(12)}",
                    "topic": topic, "shop_domain": self.myshopify_domain, "api_version": API_VERSION,
                    "triggered_at": at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z", "payload": payload}
        arrived = ingested_at or at + world.delay(1, 30)
        world.row("shopify", delivery, arrived, "shopify:sliderule-app", "webhooks")
        if twice:
            world.row("shopify", delivery, arrived + twice, "shopify:sliderule-app", "webhooks")
        # The delivery itself names the shop.
        world.saw_group(self.company, at, myshopify_domain=self.myshopify_domain)

    def saw_shop(self, at):
        world = self.world
        world.saw_group(self.company, at, shopify_shop_id=self.id, myshopify_domain=self.myshopify_domain,
                        domain=self.domain)
        person = world.person_of(self.owner)
        # The shop's phone is the shop's, not its owner's.
        world.saw_person(person, at, email=self.owner)
        world.is_member(person, self.company, "owner", at)

    # The app.

    def app(self, status, at):
        if self.app_status:
            self.world.states.append((self.company.key, "app_installation", self.app_status, self.app_since, at))
        self.app_status, self.app_since = status, at

    def close_books(self):
        if self.app_status:
            self.world.states.append((self.company.key, "app_installation", self.app_status, self.app_since, None))

    def install(self, at, **options):
        self.deliver("app/installed", self.record(at), at, **options)
        self.world.happened("shopify", "app installed", (self.id, at))
        self.world.happened("shopify", "shop created", self.id)
        self.saw_shop(at)
        self.app("installed", at)

    def uninstall(self, at, **options):
        self.deliver("app/uninstalled", self.record(at), at, **options)
        self.world.happened("shopify", "app uninstalled", (self.id, at))
        self.saw_shop(at)
        self.app("uninstalled", at)

    def update(self, at, **changes):
        for name, value in changes.items():
            setattr(self, name, value)
        self.deliver("shop/update", self.record(at), at)
        self.world.happened("shopify", "shop updated", (self.id, at))
        self.saw_shop(at)

    # Shoppers.

    def shopper(self, at, person, email=None, phone=None, *, phone_text=None, name=None, ingested_at=None):
        """Creates a customer of the store; email and phone of one record belong to one person."""
        names = (name or person.name).split(" ", 1)
        customer = {"id": self.world.random.randint(6_000_000_000_000, 7_999_999_999_999),
                    "email": email, "created_at": iso(at, self.offset), "updated_at": iso(at, self.offset),
                    "first_name": names[0], "last_name": names[1] if len(names) > 1 else "",
                    "orders_count": 0, "state": "enabled", "total_spent": "0.00", "note": None,
                    "verified_email": True, "tags": "", "currency": self.currency,
                    "phone": phone_text or phone, "admin_graphql_api_id": None}
        customer["admin_graphql_api_id"] = f"gid://shopify/Customer/{customer['id']}"
        handle = {"customer": customer, "person": person, "email": email, "phone": phone}
        self.deliver("customers/create", customer, at, ingested_at=ingested_at)
        self.world.happened("shopify", "customer created", customer["id"])
        self.saw_shopper(handle, at)
        return handle

    def saw_shopper(self, handle, at):
        world, email = self.world, handle["email"]
        if email and is_shared(email):
            world.saw_person(world.person_of(email), at, email=email)
            email = None
        world.saw_person(handle["person"], at, email=email, phone=handle["phone"],
                         shopify_customer_id=handle["customer"]["id"])

    def order(self, at, handle, price, *, fulfilled_after=timedelta(days=2), cancelled_after=None, refund_after=None,
              refund_amount=None, twice=None, ingested_at=None):
        world, customer = self.world, handle["customer"]
        self.order_number += 1
        order_id = world.random.randint(4_500_000_000_000, 5_999_999_999_999)
        address = {"first_name": customer["first_name"], "last_name": customer["last_name"], "city": "Portland", "country_code": "US"}
        order = {"id": order_id, "name": f"#{self.order_number}", "email": customer["email"], "phone": customer["phone"],
                 "created_at": iso(at, self.offset), "updated_at": iso(at, self.offset), "processed_at": iso(at, self.offset),
                 "cancelled_at": None, "cancel_reason": None, "currency": self.currency, "total_price": price,
                 "subtotal_price": price, "total_discounts": "0.00", "financial_status": "paid", "fulfillment_status": None,
                 "order_number": self.order_number, "test": False, "source_name": "web",
                 "customer": {key: customer[key] for key in ("id", "email", "first_name", "last_name", "phone")},
                 "shipping_address": address,
                 "line_items": [{"id": order_id + 7, "title": world.random.choice(GOODS), "quantity": 1, "price": price,
                                 "sku": "SKU-" + world.token(5).upper()}]}
        self.deliver("orders/create", order, at, twice=twice, ingested_at=ingested_at)
        world.happened("shopify", "order placed", order_id)
        self.saw_shopper(handle, at)
        if cancelled_after:
            then = at + cancelled_after
            self.deliver("orders/cancelled", {**order, "cancelled_at": iso(then, self.offset), "cancel_reason": "customer",
                                              "financial_status": "voided", "updated_at": iso(then, self.offset)}, then)
            world.happened("shopify", "order cancelled", order_id)
        elif fulfilled_after and at + fulfilled_after < AS_OF:
            then = at + fulfilled_after
            self.deliver("fulfillments/create", {
                "id": order_id - 11, "order_id": order_id, "status": "success", "created_at": iso(then, self.offset),
                "updated_at": iso(then, self.offset), "tracking_company": "UPS", "tracking_number": "1Z" + world.token(12).upper(),
                "email": customer["email"]}, then)
            world.happened("shopify", "order fulfilled", order_id - 11)
        if refund_after:
            then = at + refund_after
            amount = refund_amount or price
            self.deliver("refunds/create", {
                "id": order_id + 13, "order_id": order_id, "created_at": iso(then, self.offset), "note": "damaged in transit",
                "transactions": [{"id": order_id + 17, "order_id": order_id, "kind": "refund", "status": "success",
                                  "amount": amount, "currency": self.currency}]}, then)
            world.happened("shopify", "order refunded", order_id + 13)

    def checkout(self, at, handle, price, *, completed_after=None):
        world, customer = self.world, handle["customer"]
        checkout = {"id": world.random.randint(30_000_000_000_000, 39_999_999_999_999), "token": world.hex(32),
                    "email": customer["email"], "phone": customer["phone"], "created_at": iso(at, self.offset), "updated_at": iso(at, self.offset),
                    "completed_at": None, "currency": self.currency, "total_price": price, "subtotal_price": price,
                    "customer": {key: customer[key] for key in ("id", "email", "first_name", "last_name", "phone")}}
        self.deliver("checkouts/create", checkout, at)
        self.saw_shopper(handle, at)
        if completed_after:
            then = at + completed_after
            self.deliver("checkouts/update", {**checkout, "completed_at": iso(then, self.offset), "updated_at": iso(then, self.offset)}, then)
        else:
            world.happened("shopify", "checkout abandoned", checkout["token"])


GOODS = ("Heirloom tomato seeds", "Stoneware mug", "Linen notebook", "Wind-up torch", "Oak cutting board",
         "Wool socks", "Enamel kettle", "Beeswax candle", "Garden twine", "Letterpress card set")
