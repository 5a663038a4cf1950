"""The seeded volume: companies with their staff, stores with their shoppers."""

from datetime import timedelta

from .shopify import Shop
from .stripe import Account
from .world import AS_OF, START

FIRST = ("Alma", "Boris", "Chiara", "Dmitri", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Keiko", "Lars", "Mina", "Nadia",
         "Oskar", "Petra", "Quinn", "Rosa", "Stefan", "Tariq", "Uma", "Viktor", "Wanda", "Xavier", "Yara", "Zoé", "Łukasz", "Siân")
LAST = ("Abbott", "Berg", "Castellano", "D'Angelo", "Eriksen", "Fontaine", "García", "Hoffmann", "Ivanova", "Jensen", "Kowalski",
        "Lindgren", "Moreau", "Nakamura", "Osei", "Pereira", "Quist", "Rahman", "Sørensen", "Takahashi", "Ueda", "Vogel", "Weiß", "Young")
THINGS = ("Amber", "Birch", "Cobalt", "Dune", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Kestrel", "Lumen",
          "Maple", "Nimbus", "Onyx", "Prairie", "Quarry", "Raven", "Saffron", "Tundra", "Umber", "Violet", "Willow", "Zephyr")
TRADES = ("Outfitters", "Roasters", "Books", "Cycles", "Interiors", "Instruments", "Gardens", "Optics")
TOPICS = ("Question about forecasts", "Export to spreadsheets", "Wrong currency in the report", "Adding a colleague",
          "Inventory does not match", "Invoice copy", "Slow dashboard", "Holiday schedule")
QUESTIONS = ("Could you have a look?", "We noticed this since Monday.", "How does this work?", "Our team is asking, \"when?\"")
ANSWERS = ("Thanks for writing. We are looking into it.", "Fixed, please try again.", "See Settings, then Reports.")
THANKS = ("That worked, thanks!", "Perfect.", "Great, closing this.")


def ascii_of(text):
    table = str.maketrans("éíøßŁâąñŁł", "eiosLaanLl")
    return "".join(c for c in text.translate(table).lower() if c.isalnum())


class Crowd:
    def __init__(self, world, gmail, calendar):
        self.world, self.gmail, self.calendar = world, gmail, calendar
        self.random = world.random
        self.phones = 0
        self.accounts, self.shops = [], []

    def phone(self):
        """Returns an E.164 number of the range that is kept free for fiction, never twice."""
        self.phones += 1
        return f"+1{(303, 305, 312, 404, 512, 602, 702, 801, 919)[self.phones // 100]}55501{self.phones % 100:02d}"

    def name(self, number):
        return f"{FIRST[number % len(FIRST)]} {LAST[(number * 7 + number // len(FIRST)) % len(LAST)]}"

    def build(self, companies, shops, shoppers):
        for number in range(companies):
            self.company(number)
        for number in range(shops):
            self.store(number)
        for number in range(shoppers):
            self.shopper(number)
        return self.accounts, self.shops

    def company(self, number):
        world, random = self.world, self.random
        name = f"{THINGS[number % len(THINGS)]} {TRADES[(number * 3 + number // len(THINGS)) % len(TRADES)]}"
        domain = ascii_of(name) + ".example"
        company = world.company(f"crowd_{number:02d}", name, domain)
        for index in range(1 + random.randint(0, 2)):
            full = self.name(number * 3 + index)
            first, last = ascii_of(full.split()[0]), ascii_of(full.split()[1])
            world.person(f"crowd_{number:02d}_{index}", full, company, [f"{first}.{last}@{domain}"], [self.phone()])
        joined = START + timedelta(seconds=random.randint(0, 420 * 86400))
        self.lifecycle(company, joined)
        self.correspondence(company, joined)
        self.meetings(company, joined)

    def lifecycle(self, company, at):
        """A path through the lifecycle, each step before the last synchronisation."""
        world, random = self.world, self.random
        contact = company.staff[0]
        number = contact.phones[0]
        account = Account(world, company, at, contact.email, phone=number,
                          phone_text=random.choice((number, f"({number[2:5]}) {number[5:8]}-{number[8:]}", f"{number[2:5]}.{number[5:8]}.{number[8:]}")),
                          amount=random.choice((1900, 4900, 4900, 9900)))
        self.accounts.append(account)
        end = AS_OF - timedelta(days=3)
        at += timedelta(minutes=random.randint(1, 20))
        if random.random() < 0.7:
            account.start(at, trial_days=14)
            at += timedelta(days=14)
            if random.random() < 0.15:
                account.cancel(at)
                return
            account.change(at, "active")
        else:
            account.start(at)
        while at < end:
            charge = account.invoice(at, twice=timedelta(hours=6) if random.random() < 0.03 else None)
            at += timedelta(days=30)
            chance = random.random()
            if at > end - timedelta(days=25):
                return
            if chance < 0.05:
                account.refund(charge, at - timedelta(days=20))
            elif chance < 0.15:
                account.invoice(at, "failed", paid_after=timedelta(hours=1), attempts=2)
                account.change(at + timedelta(hours=1, seconds=5), "past_due")
                at += timedelta(days=8)
                if random.random() < 0.3:
                    account.cancel(at)
                    return
                account.change(at, "active", ingested_at=at + timedelta(days=12) if random.random() < 0.3 else None)
            elif chance < 0.20:
                account.pause_collection(at)
                at += timedelta(days=random.randint(10, 24))
                account.resume_collection(at)
            elif chance < 0.23:
                account.cancel(at)
                if random.random() < 0.5:
                    at += timedelta(days=20)
                    account.start(at)
                else:
                    return

    def correspondence(self, company, since):
        world, random = self.world, self.random
        for _ in range(random.randint(2, 5)):
            at = since + timedelta(seconds=random.randint(0, int((AS_OF - since).total_seconds()) - 9 * 86400))
            person = random.choice(company.staff)
            texts = [random.choice(QUESTIONS), random.choice(ANSWERS), random.choice(THANKS)][:random.randint(1, 3)]
            others = [p.email for p in company.staff if p is not person][:random.randint(0, 1)]
            address = person.email if random.random() < 0.8 else person.email.title()
            number = person.phones[0]
            self.gmail.exchange(at, address, random.choice(("support@sliderule.example", "kevin@sliderule.example", "dana@sliderule.example")),
                                random.choice(TOPICS), texts, cc=others,
                                phone=(f"+1 ({number[2:5]}) {number[5:8]}-{number[8:]}", number) if random.random() < 0.25 else None,
                                resync_after=timedelta(days=9) if random.random() < 0.08 else None)

    def meetings(self, company, since):
        world, random = self.world, self.random
        for _ in range(random.randint(0, 3)):
            created = since + timedelta(seconds=random.randint(0, int((AS_OF - since).total_seconds())))
            start = (created + timedelta(days=random.randint(2, 12))).replace(minute=random.choice((0, 30)), second=0)
            created = min(created, AS_OF - timedelta(days=2))
            organizer = random.choice(("kevin@sliderule.example", "dana@sliderule.example"))
            guests = [p.email for p in company.staff]
            answered = created + timedelta(hours=random.randint(1, 20))
            self.calendar.meeting(created, start, random.choice((30, 45, 60)), f"{company.name}: {random.choice(('check-in', 'training', 'review'))}",
                                  organizer, [organizer, *guests], offset=random.choice((-8, -7, 0, 2)),
                                  responses={guests[0]: (random.choice(("accepted", "accepted", "tentative", "declined")), answered)},
                                  cancelled_at=answered + timedelta(hours=6) if random.random() < 0.15 else None,
                                  resync_after=timedelta(days=20) if random.random() < 0.1 else None)

    def store(self, number):
        world, random = self.world, self.random
        company = world.companies[f"crowd_{number:02d}"]
        owner = company.staff[0].email
        shop = Shop(world, company, ascii_of(company.name), owner, START - timedelta(days=random.randint(30, 900)),
                    domain=None if number % 3 == 1 else company.domain, offset=random.choice((-8, -5, 0, 1)))
        if not shop.domain:
            # Without a domain of its own nothing but Stripe tells whose shop it is.
            account = self.accounts[number]
            account.update_customer(START + timedelta(days=430), metadata={"myshopify_domain": shop.myshopify_domain})
        at = START + timedelta(seconds=random.randint(0, 200 * 86400))
        shop.install(at)
        if random.random() < 0.3:
            shop.uninstall(at + timedelta(days=200))
            if random.random() < 0.5:
                shop.install(at + timedelta(days=260))
        self.shops.append(shop)

    def shopper(self, number):
        world, random = self.world, self.random
        name = self.name(100 + number * 5)
        local = ascii_of(name.split()[0]) + "." + ascii_of(name.split()[1])
        emails = [f"{local}.{number}@{random.choice(('gmail.com', 'outlook.com', 'yahoo.com'))}"]
        if random.random() < 0.35:
            emails.append(f"{local}.{number}@{random.choice(('fastpost', 'letterbox'))}.example")
        phone = self.phone()
        person = world.person(f"shopper_{number:02d}", name, None, emails, [phone])
        for email in emails:
            shop = random.choice(self.shops)
            at = START + timedelta(seconds=random.randint(210 * 86400, 600 * 86400))
            handle = shop.shopper(at, person, email, phone, phone_text=random.choice((phone, f"{phone[2:5]}-{phone[5:8]}-{phone[8:]}")))
            for _ in range(random.randint(0, 4)):
                at = min(at + timedelta(seconds=random.randint(60, 20 * 86400)), AS_OF - timedelta(days=2))
                price = f"{random.randint(8, 240)}.{random.choice(('00', '50', '95'))}"
                chance = random.random()
                if chance < 0.15:
                    shop.checkout(at, handle, price, completed_after=timedelta(minutes=7) if random.random() < 0.4 else None)
                elif chance < 0.22:
                    shop.order(at, handle, price, cancelled_after=timedelta(hours=5))
                elif chance < 0.30:
                    shop.order(at, handle, price, refund_after=timedelta(days=9))
                else:
                    shop.order(at, handle, price, twice=timedelta(days=1) if random.random() < 0.05 else None,
                               ingested_at=at + timedelta(days=30) if random.random() < 0.03 else None)


