"""The hand-written cast. README.md tells the same story as tables; keep both in step.

Every instant is UTC. Phones are given as the record has them and as E.164.
"""

from datetime import timedelta

from .shopify import Shop
from .stripe import Account
from .world import AS_OF, moment

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def people(world):
    """Registers who exists: ourselves first, then the customers in order of appearance."""
    us = world.company("sliderule", "SlideRule", "sliderule.example")
    world.person("kevin", "Kevin Tan", us, ["kevin@sliderule.example"], ["+14155550101"])
    world.person("dana", "Dana Whitfield", us, ["dana@sliderule.example"])
    world.person("ravi", "Ravi Iyer", us, ["ravi@sliderule.example"])
    for address in ("support", "billing", "no-reply"):
        world.shared_mailbox(address + "@sliderule.example", "SlideRule " + address.title())

    farms = world.company("hollywood_farms", "Hollywood Farms", "hollywoodfarms.example")
    world.person("lewis", "Lewis Smith", farms,
                 ["lewis.smith@hollywoodfarms.example", "lewis@hollywoodfarms.example",
                  "lewis.smith+invoices@hollywoodfarms.example", "hollywood.lewis@gmail.com"],
                 ["+13235550117", "+13105550164"])
    world.person("kim", "Kim Alvarez", farms, ["kim.alvarez@hollywoodfarms.example"], ["+13235550118"])
    world.shared_mailbox("info@hollywoodfarms.example", "Hollywood Farms")

    ledger = world.company("bright_ledger", "Bright Ledger", "brightledger.example")
    world.person("jane", "Jane Doe", ledger, ["jane.doe@brightledger.example"], ["+12065550142"])

    pine = world.company("pine_and_paper", "Pine & Paper", "pineandpaper.example")
    world.person("tomas", "Tomás Núñez", pine, ["tomas@pineandpaper.example"], ["+15035550129"])
    world.person("ana", "Ana Núñez", pine, ["ana@pineandpaper.example"], ["+15035550130"])
    world.shared_mailbox("info@pineandpaper.example", "Pine & Paper")

    # One company under two domains: it was renamed in March 2024, as was its founder.
    kiln = world.company("kiln_and_co", "Okafor Ceramics", "okaforceramics.example", "kilnandco.example")
    world.person("maya", "Maya Okafor", kiln, ["maya.okafor@okaforceramics.example", "maya.lindqvist@kilnandco.example"], ["+16125550155"])

    sato = world.company("sato_robotics", "Sato Robotics", "satorobotics.example")
    world.person("kenji", "佐藤 健二", sato, ["kenji.sato@satorobotics.example"], ["+819055501234"])

    # A freelancer without a company domain: her billing account and shop are the only group.
    world.company("obrien_studio", "O'Brien Studio")
    world.person("amelie", 'Amélie "Mel" O\'Brien', None, ["amelie.obrien.studio@gmail.com"], ["+353870555012"])

    velvet = world.company("velvet_bakery", "Velvet Bakery", "velvetbakery.example")
    world.person("omar", "Omar Haddad", velvet, ["omar@velvetbakery.example"])

    # Two people of one name.
    north = world.company("northwind_goods", "Northwind Goods", "northwindgoods.example")
    world.person("chris_north", "Chris Lee", north, ["chris.lee@northwindgoods.example"], ["+16465550171"])
    south = world.company("southbay_cycles", "Southbay Cycles", "southbaycycles.example")
    world.person("chris_south", "Chris Lee", south, ["chris.lee@southbaycycles.example"], ["+16505550172"])

    # A shopper whose addresses and numbers only meet over many stores: a chain of nine links.
    world.person("priya", "Priya Raman", None,
                 ["priya.raman.reads@gmail.com", "priya.r@outlook.com", "praman@yahoo.com", "priya@ramanhome.example",
                  "p.raman.orders@outlook.com"],
                 ["+17735550181", "+17735550182", "+17735550183", "+17735550184", "+17735550185"])
    world.company("raman_home", "Raman home", "ramanhome.example")
    # Her husband shares the surname, the street and nothing else.
    world.person("arjun", "Arjun Raman", None, ["arjun.raman.mail@outlook.com"], ["+17735550190"])


def tell(world, gmail, calendar):
    """Writes the cast's records and returns accounts and shops whose books are still open."""
    accounts, shops = [], []
    hollywood_farms(world, gmail, calendar, accounts, shops)
    pine_and_paper(world, gmail, calendar, accounts, shops)
    kiln_and_co(world, gmail, calendar, accounts, shops)
    sato_robotics(world, gmail, calendar, accounts)
    obrien_studio(world, gmail, accounts, shops)
    velvet_bakery(world, gmail, calendar, accounts, shops)
    two_named_chris_lee(world, gmail, calendar, accounts)
    priya(world, gmail, shops)
    inside_sliderule(world, gmail, calendar)
    return accounts, shops


def hollywood_farms(world, gmail, calendar, accounts, shops):
    """Every state there is, a second contact, and a payer from outside."""
    shop = Shop(world, world.companies["hollywood_farms"], "hollywood-farms", "lewis.smith@hollywoodfarms.example",
                moment("2022-11-03 17:20"), domain="hollywoodfarms.example", offset=-8, plan="shopify", phone="+13235550100")
    shops.append(shop)
    calendar.meeting(moment("2024-01-12 18:03"), moment("2024-01-18 18:00"), 30, "Discovery: Hollywood Farms", "kevin@sliderule.example",
                     ["kevin@sliderule.example", "lewis.smith@hollywoodfarms.example"], offset=-8,
                     responses={"lewis.smith@hollywoodfarms.example": ("accepted", moment("2024-01-12 20:41"))})
    shop.install(moment("2024-01-19 19:02:11"))
    account = Account(world, world.companies["hollywood_farms"], moment("2024-01-19 19:05:40"), "lewis.smith@hollywoodfarms.example",
                      phone="+13235550117", phone_text="(323) 555-0117", metadata={"myshopify_domain": shop.myshopify_domain, "company_domain": "hollywoodfarms.example"})
    accounts.append(account)
    account.start(moment("2024-01-19 19:06:02"), trial_days=14)
    welcome = gmail.message(moment("2024-01-19 19:10"), "kevin@sliderule.example", ["Lewis.Smith@HollywoodFarms.example"],
                            "Welcome to SlideRule", "Hi Lewis, welcome aboard. Your trial runs until February 2.")
    gmail.message(moment("2024-01-20 01:15"), "lewis.smith@hollywoodfarms.example", ["kevin@sliderule.example"], "Re: Welcome to SlideRule",
                  "Thanks Kevin! Best reached on my cell.", reply_to=welcome, phone=("+1 (310) 555-0164", "+13105550164"))
    account.change(moment("2024-02-02 19:06:05"), "active")
    charge = account.invoice(moment("2024-02-02 19:06:05"))
    # From his private address, with the cell number of the signature above: the same Lewis.
    lewis_at_priyas_shop = shop.shopper(moment("2024-02-10 03:30"), world.people["lewis"], "hollywood.lewis@gmail.com", "+13105550164",
                                        phone_text="310-555-0164", name="Lewis Smith")
    shop.order(moment("2024-02-10 03:33"), lewis_at_priyas_shop, "12.00")
    shop.shopper(moment("2024-02-11 04:00"), world.people["lewis"], "lewis@hollywoodfarms.example", "+13235550117", phone_text="+1 323 555 0117")
    shop.shopper(moment("2024-02-11 04:02"), world.people["lewis"], "lewis.smith+invoices@hollywoodfarms.example", "+13105550164")
    gmail.exchange(moment("2024-02-20 17:00"), "lewis.smith@hollywoodfarms.example", "support@sliderule.example", "Bug: chart shows last year",
                   ["The revenue chart shows 2023 only.", "Thanks Lewis, we found it and are deploying a fix.", "Works again, great."])
    account.invoice(moment("2024-03-03 19:06:05"), "failed", paid_after=HOUR, attempts=2)
    account.change(moment("2024-03-03 20:06:09"), "past_due")
    gmail.message(moment("2024-03-04 16:00"), "billing@sliderule.example", ["info@hollywoodfarms.example"],
                  "Payment failed for invoice " + account.prefix + "-0002", "We could not charge your card.", bcc=["dana@sliderule.example"])
    account.change(moment("2024-03-07 15:30:00"), "active")
    account.invoice(moment("2024-03-07 15:30:00"))
    # A partial refund for the lost days of the first month.
    account.refund(charge, moment("2024-03-08 10:00"), 1500)
    calendar.meeting(moment("2024-03-20 15:00"), moment("2024-04-02 17:30"), 45, "Quarterly review", "dana@sliderule.example",
                     ["dana@sliderule.example", "lewis@hollywoodfarms.example", "kim.alvarez@hollywoodfarms.example"], offset=-7,
                     moved_to=moment("2024-04-04 17:30"), moved_at=moment("2024-03-29 21:11"),
                     responses={"kim.alvarez@hollywoodfarms.example": ("tentative", moment("2024-03-21 16:00"))})
    # The farm closes for the planting season: billing paused, resumed, then cancelled and started again.
    account.pause_collection(moment("2024-04-15 18:00:00"))
    # Delivered 41 days late: in between, the warehouse believed the account was still paused.
    account.resume_collection(moment("2024-05-20 16:45:30"), ingested_at=moment("2024-06-30 04:00:00"))
    account.months(moment("2024-05-21 16:45:30"), 2)
    # Kim takes over billing with her own number.
    account.update_customer(moment("2024-06-20 20:00:00"), contact="kim.alvarez@hollywoodfarms.example", phone="+13235550118")
    account.cancel(moment("2024-07-20 16:00:00"))
    shop.uninstall(moment("2024-07-21 00:12"))
    gmail.message(moment("2024-07-22 15:00"), "kim.alvarez@hollywoodfarms.example", ["kevin@sliderule.example", "support@sliderule.example"],
                  "We are leaving, for now", "The season is over, we will be back.", cc=["lewis.smith@hollywoodfarms.example"])
    # Back in autumn; Bright Ledger keeps their books and pays now, so the domain stays in the metadata.
    shop.install(moment("2024-10-01 17:00"))
    account.update_customer(moment("2024-10-01 18:30:00"), contact="jane.doe@brightledger.example", phone="+12065550142")
    account.start(moment("2024-10-01 18:31:00"), twice=2 * DAY)
    account.months(moment("2024-10-01 18:31:00"), 4)
    gmail.message(moment("2024-10-02 18:00"), "jane.doe@brightledger.example", ["billing@sliderule.example"], "Paying for Hollywood Farms and Pine & Paper",
                  "Please send invoices for both clients to me.", cc=["lewis.smith@hollywoodfarms.example"], names={"jane.doe@brightledger.example": "Doe, Jane"})
    gmail.message(moment("2024-10-02 19:00"), "billing@sliderule.example", ["jane.doe@brightledger.example", "tomas@pineandpaper.example"],
                  "Re: Paying for Hollywood Farms and Pine & Paper", "Done for both.", names={"jane.doe@brightledger.example": "Doe, Jane"},
                  cc=["kevin@sliderule.example"])


def pine_and_paper(world, gmail, calendar, accounts, shops):
    """A shared inbox used by two siblings, a voided invoice, a full refund."""
    shop = Shop(world, world.companies["pine_and_paper"], "pine-and-paper", "info@pineandpaper.example", moment("2023-02-01 09:00"),
                domain="pineandpaper.example", offset=-8)
    shops.append(shop)
    shop.install(moment("2023-08-14 16:00"))
    account = Account(world, world.companies["pine_and_paper"], moment("2023-08-14 16:04:00"), "info@pineandpaper.example",
                      phone_text="503-555-0199", metadata={"myshopify_domain": shop.myshopify_domain, "company_domain": "pineandpaper.example"})
    accounts.append(account)
    account.start(moment("2023-08-14 16:05:00"), trial_days=14)
    account.change(moment("2023-08-28 16:05:00"), "active")
    charges = account.months(moment("2023-08-28 16:05:00"), 5)
    account.refund(charges[-1], moment("2023-12-28 12:00:00"))
    account.invoice(moment("2024-01-05 10:00:00"), "voided", paid_after=3 * HOUR, amount=25000)
    # Tomás and Ana both write from info@, each signing for themselves; info@ stays nobody's.
    thread = gmail.message(moment("2023-09-04 17:00"), "info@pineandpaper.example", ["support@sliderule.example"], "Importing old orders",
                           "Can you import our 2022 orders? Tomás", phone=None, names={"info@pineandpaper.example": "Tomás Núñez"})
    gmail.message(moment("2023-09-05 17:00"), "support@sliderule.example", ["info@pineandpaper.example"], "Re: Importing old orders",
                  "Yes, we will by Friday.", reply_to=thread, cc=["ana@pineandpaper.example", "tomas@pineandpaper.example"])
    gmail.message(moment("2023-09-06 17:00"), "info@pineandpaper.example", ["support@sliderule.example"], "Re: Importing old orders", "Perfect. Ana",
                  reply_to=thread, names={"info@pineandpaper.example": "Ana Núñez"})
    gmail.message(moment("2023-11-02 22:00"), "tomas@pineandpaper.example", ["kevin@sliderule.example"], "Forecasts", "How do forecasts treat holidays?",
                  phone=("+1 503 555 0129", "+15035550129"))
    ana = shop.shopper(moment("2023-11-10 20:00"), world.people["ana"], "ana@pineandpaper.example", "+15035550130", phone_text="503.555.0130")
    shop.order(moment("2023-11-10 20:04"), ana, "8.50", refund_after=9 * DAY, refund_amount="3.50")
    tomas = shop.shopper(moment("2023-11-11 20:00"), world.people["tomas"], "info@pineandpaper.example", "+15035550129", name="Tomás Núñez")
    shop.order(moment("2023-11-11 20:07"), tomas, "41.00", cancelled_after=2 * HOUR)
    account.pause(moment("2024-02-28 16:05:00"))
    account.resume(moment("2024-04-01 09:00:00"))
    account.months(moment("2024-04-01 09:00:05"), 6)
    account.update_customer(moment("2024-10-02 19:30:00"), contact="jane.doe@brightledger.example", phone="+12065550142")
    account.months(moment("2024-10-02 19:31:00"), 4)
    calendar.series(moment("2023-09-11 15:00"), moment("2023-09-20 17:00"), 6, 30, "Weekly check-in", "kevin@sliderule.example",
                    ["kevin@sliderule.example", "tomas@pineandpaper.example", "ana@pineandpaper.example"], offset=-7,
                    skip={2: moment("2023-10-03 14:00")})


def kiln_and_co(world, gmail, calendar, accounts, shops):
    """Name changes: of a company with its domain, and of a person with her address."""
    company, maya = world.companies["kiln_and_co"], world.people["maya"]
    shop = Shop(world, company, "okafor-ceramics", "maya.okafor@okaforceramics.example", moment("2021-05-06 12:00"),
                domain="okaforceramics.example", offset=-6)
    shops.append(shop)
    shop.install(moment("2023-07-02 14:00"))
    account = Account(world, company, moment("2023-07-02 14:10:00"), "maya.okafor@okaforceramics.example", phone="+16125550155",
                      metadata={"myshopify_domain": shop.myshopify_domain})
    accounts.append(account)
    account.start(moment("2023-07-02 14:12:00"))
    account.months(moment("2023-07-02 14:12:00"), 8)
    gmail.exchange(moment("2023-07-10 15:00"), "maya.okafor@okaforceramics.example", "dana@sliderule.example", "Glaze inventory",
                   ["Can SlideRule track glaze by the kilogram?", "It can: set the unit under Settings.", "Found it, thank you."])
    company.name, maya.name = "Kiln & Co", "Maya Lindqvist"
    account.update_customer(moment("2024-03-11 16:00:00"), contact="maya.lindqvist@kilnandco.example", phone="+16125550155", name="Kiln & Co")
    shop.update(moment("2024-03-11 16:20"), domain="kilnandco.example", owner="maya.lindqvist@kilnandco.example")
    gmail.message(moment("2024-03-12 15:00"), "maya.lindqvist@kilnandco.example", ["dana@sliderule.example"], "New name, same kiln",
                  "We are Kiln & Co now, and I am Maya Lindqvist.", phone=("+1 612 555 0155", "+16125550155"))
    account.months(moment("2024-03-28 14:12:00"), 4)
    # The price went up on the same day as a renewal; no state changes.
    account.change(moment("2024-06-26 14:12:00"), amount=9900)
    account.months(moment("2024-07-26 14:12:00"), 7)
    calendar.meeting(moment("2024-05-01 12:00"), moment("2024-05-17 00:00"), 0, "Kiln & Co open studio", "dana@sliderule.example",
                     ["dana@sliderule.example", "maya.lindqvist@kilnandco.example"], all_day=True, location="Minneapolis")


def sato_robotics(world, gmail, calendar, accounts):
    """Yen, a dispute, and the end of a customer."""
    account = Account(world, world.companies["sato_robotics"], moment("2023-10-01 01:00:00"), "kenji.sato@satorobotics.example",
                      phone="+819055501234", phone_text="+81 90-5550-1234", currency="jpy", amount=7000)
    accounts.append(account)
    account.start(moment("2023-10-01 01:02:00"))
    charges = account.months(moment("2023-10-01 01:02:00"), 3)
    gmail.exchange(moment("2023-10-03 02:00"), "kenji.sato@satorobotics.example", "support@sliderule.example", "領収書について",
                   ["領収書を送ってください。", "Attached, with our thanks."])
    account.dispute(charges[-1], moment("2023-12-20 03:00:00"), "product_not_received")
    account.change(moment("2023-12-31 01:02:00"), "past_due")
    account.change(moment("2024-01-07 01:02:00"), "unpaid")
    account.cancel(moment("2024-01-14 01:02:00"))
    calendar.meeting(moment("2023-12-21 05:00"), moment("2023-12-22 23:00"), 30, "About the dispute", "dana@sliderule.example",
                     ["dana@sliderule.example", "kenji.sato@satorobotics.example"], offset=9, cancelled_at=moment("2023-12-22 20:00"))
    calendar.meeting(moment("2024-01-08 05:00"), moment("2024-01-10 00:30"), 30, "Last call", "dana@sliderule.example",
                     ["dana@sliderule.example", "kenji.sato@satorobotics.example"], offset=9, cancelled_at=moment("2024-01-09 20:00"), deleted_bare=True)


def obrien_studio(world, gmail, accounts, shops):
    """A freelancer on a mail provider's address: a group without a domain."""
    company, amelie = world.companies["obrien_studio"], world.people["amelie"]
    shop = Shop(world, company, "obrien-studio", amelie.email, moment("2023-12-01 10:00"), offset=0, currency="EUR")
    shops.append(shop)
    shop.install(moment("2024-02-05 11:00"))
    account = Account(world, company, moment("2024-02-05 11:02:00"), amelie.email, phone="+353870555012", phone_text="+353 87 055 5012",
                      currency="eur", amount=1900, metadata={"myshopify_domain": shop.myshopify_domain}, name='Amélie "Mel" O\'Brien')
    accounts.append(account)
    account.start(moment("2024-02-05 11:03:00"), trial_days=30)
    # The card is missing at the end of the trial: Stripe pauses, she adds one, it resumes.
    account.pause(moment("2024-03-06 11:03:00"))
    account.resume(moment("2024-03-09 08:00:00"))
    account.months(moment("2024-03-09 08:00:05"), 11)
    gmail.exchange(moment("2024-03-07 09:00"), amelie.email, "support@sliderule.example", "Paused?",
                   ["My account says paused?", "Please add a card and it resumes.", "Done, thanks!"])


def velvet_bakery(world, gmail, calendar, accounts, shops):
    """A trial that never became anything."""
    company = world.companies["velvet_bakery"]
    account = Account(world, company, moment("2024-09-03 13:00:00"), "omar@velvetbakery.example")
    accounts.append(account)
    account.start(moment("2024-09-03 13:01:00"), trial_days=14)
    account.cancel(moment("2024-09-17 13:01:00"))
    calendar.meeting(moment("2024-09-04 12:00"), moment("2024-09-05 15:00"), 30, "Onboarding: Velvet Bakery", "kevin@sliderule.example",
                     ["kevin@sliderule.example", "omar@velvetbakery.example"], offset=-7,
                     responses={"omar@velvetbakery.example": ("declined", moment("2024-09-05 09:00"))})
    gmail.message(moment("2024-09-03 13:05"), "kevin@sliderule.example", ["omar@velvetbakery.example"], "Welcome to SlideRule", "Hi Omar, welcome aboard.",
                  headers=[("List-Unsubscribe", "<https://sliderule.example/u>"), ("Precedence", "bulk")])


def two_named_chris_lee(world, gmail, calendar, accounts):
    """One name, two people, two companies."""
    for key, currency in (("chris_north", "usd"), ("chris_south", "usd")):
        person = world.people[key]
        company = world.company_of(person.email)
        start = moment("2024-05-06 15:00") if key == "chris_north" else moment("2024-05-06 18:30")
        account = Account(world, company, start, person.email, phone=person.phones[0], currency=currency)
        accounts.append(account)
        account.start(start + timedelta(minutes=2))
        account.months(start + timedelta(minutes=2), 9 if key == "chris_north" else 4)
        gmail.exchange(start + DAY, person.email, "support@sliderule.example", "Connecting our store",
                       ["How do I connect?", "Click Apps, then SlideRule."])
        if key == "chris_south":
            account.change(start + 125 * DAY, "past_due")
            account.cancel(start + 140 * DAY)
    calendar.meeting(moment("2024-05-20 15:00"), moment("2024-05-28 16:00"), 60, "Retail round table", "kevin@sliderule.example",
                     ["kevin@sliderule.example", "chris.lee@northwindgoods.example", "chris.lee@southbaycycles.example"], offset=-7,
                     responses={"chris.lee@northwindgoods.example": ("accepted", moment("2024-05-20 17:00")),
                                "chris.lee@southbaycycles.example": ("declined", moment("2024-05-21 17:00"))})


def priya(world, gmail, shops):
    """e1-p1-e2-p2-e3-p3-e4-p4-e5-p5: each record shows two neighbours of the chain, newest first."""
    who, at = world.people["priya"], moment("2023-09-01 15:00")
    chain = [value for pair in zip(who.emails, who.phones) for value in pair]
    for number in range(len(chain) - 2, -1, -1):
        email, phone = sorted(chain[number:number + 2], key=lambda value: value.startswith("+"))
        shop = shops[1 + number % 2]
        handle = shop.shopper(at, who, email, phone)
        shop.order(at + timedelta(minutes=4), handle, f"{20 + number}.00")
        at += 37 * DAY
    arjun = world.people["arjun"]
    handle = shops[0].shopper(moment("2024-05-05 05:05"), arjun, arjun.email, arjun.phones[0])
    shops[0].checkout(moment("2024-05-05 05:10"), handle, "64.00")
    # A mail from her own domain: a household is a group like any other.
    gmail.message(moment("2024-08-20 19:00"), "priya@ramanhome.example", ["support@sliderule.example"], "Whose mails are these?",
                  "Why do I get your newsletter?", cc=["Arjun.Raman.Mail@outlook.com"])


def inside_sliderule(world, gmail, calendar):
    """Staff among themselves: internal mail, a recurring stand-up, a message that came late."""
    calendar.series(moment("2024-01-02 16:00"), moment("2024-01-08 16:00"), 10, 15, "Stand-up", "kevin@sliderule.example",
                    ["kevin@sliderule.example", "dana@sliderule.example", "ravi@sliderule.example"], offset=-8)
    calendar.meeting(moment("2025-01-20 16:00"), moment("2025-02-10 17:00"), 60, "Planning 2025", "dana@sliderule.example",
                     ["dana@sliderule.example", "kevin@sliderule.example", "support@sliderule.example"], offset=-8, resync_after=AS_OF - moment("2025-01-20 16:00"))
    gmail.message(moment("2024-01-08 15:00"), "dana@sliderule.example", ["kevin@sliderule.example", "ravi@sliderule.example"], "Notes",
                  "Notes of today's stand-up.", phone=None, resync_after=30 * DAY)
    # The mailbox was connected late: a message of 2023, first seen in 2024.
    gmail.message(moment("2023-06-15 09:00"), "maya.okafor@okaforceramics.example", ["dana@sliderule.example"], "Do you serve potters?",
                  "Found you through a friend.", names={"maya.okafor@okaforceramics.example": "Maya Okafor"}, ingested_at=moment("2024-08-01 00:00"))
    gmail.message(moment("2024-04-01 09:00"), "kevin@sliderule.example", ["dana@sliderule.example"], "My new number", "Saved under K.",
                  phone=("+1 415-555-0101", "+14155550101"))
