"""Writes Segment messages: what visitors of SlideRule's website and users of its app do, one row a call.

It draws from its own seeded randomness, so that the other systems' records do not depend on it.
"""

import json
import random
from datetime import timedelta

from .world import AS_OF, START, moment

CONNECTION, STREAM = "segment:sliderule-website", "messages"
SITE = "https://www.sliderule.example"
GOOGLE = {"source": "google", "medium": "cpc", "name": "spring_launch"}
PAGES = (("/", "SlideRule"), ("/pricing", "Pricing"), ("/features/forecasts", "Forecasts"), ("/blog/cohorts", "Cohorts explained"))
REPORTS = ("Revenue", "Cohorts", "Inventory", "Forecast")


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Segment:
    def __init__(self, world, seed):
        self.world, self.random = world, random.Random(seed)

    def uuid(self):
        digits = "".join(self.random.choice("0123456789abcdef") for _ in range(32))
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def delivered(self, record, at, again_after=None):
        for late in (timedelta(0), again_after) if again_after else (timedelta(0),):
            self.world.row("segment", record, at + late + timedelta(seconds=self.random.randint(30, 600)), CONNECTION, STREAM)

    def browser(self, person):
        return Browser(self, person)


class Browser:
    """One browser or phone of a person: its anonymous id, and the user id after somebody logged in."""

    def __init__(self, segment, person, anonymous=True):
        self.segment, self.world, self.person = segment, segment.world, person
        self.anonymous_id = segment.uuid() if anonymous else None
        self.user_id = None
        self.group = None

    def call(self, kind, at, fields, event_name, again_after=None, context=None):
        message_id = "ajs-next-" + self.segment.uuid()
        record = {"messageId": message_id, "type": kind, "channel": "browser" if self.anonymous_id else "server"}
        if self.anonymous_id:
            record["anonymousId"] = self.anonymous_id
        if self.user_id:
            record["userId"] = self.user_id
        record.update(fields)
        record["context"] = {"library": {"name": "analytics.js", "version": "npm:next-1.66.0"}, **(context or {}),
                             **({"groupId": self.group[0]} if self.group and kind != "group" else {})}
        record.update(originalTimestamp=stamp(at), sentAt=stamp(at), receivedAt=stamp(at + timedelta(seconds=1)), timestamp=stamp(at))
        self.segment.delivered(record, at, again_after)
        self.world.happened("segment", event_name, message_id)
        # A user id that is an address is that address.
        self.saw(at, email=self.user_id if self.user_id and "@" in self.user_id else None)
        if self.group and kind in ("track", "page", "screen"):
            self.world.saw_group(self.group[1], at, segment_group_id=self.group[0])

    def saw(self, at, email=None, phone=None):
        self.world.saw_person(self.person, at, email=email, phone=phone, segment_anonymous_id=self.anonymous_id, segment_user_id=self.user_id)

    def page(self, at, path, title, referrer=None, campaign=None, **options):
        context = {"page": {"path": path, "url": SITE + path, "title": title, **({"referrer": referrer} if referrer else {})}}
        if campaign:
            context["campaign"] = campaign
        self.call("page", at, {"name": title, "properties": {"path": path, "url": SITE + path, "title": title}}, "page viewed", context=context, **options)

    def screen(self, at, name):
        self.call("screen", at, {"name": name, "properties": {}}, "screen viewed")

    def track(self, at, name, **options):
        again_after = options.pop("again_after", None)
        self.call("track", at, {"event": name, "properties": options}, name.lower(), again_after)

    def identify(self, at, email, phone=None, phone_text=None, user_id=None, shared=False, **traits):
        self.user_id = user_id or self.user_id
        if phone:
            traits["phone"] = phone_text or phone
        self.call("identify", at, {"traits": {"email": email, **traits}}, "user identified")
        if shared:
            # The address is a shared mailbox's, linked to nothing; who sits at the browser is not known.
            self.world.saw_person(self.world.person_of(email), at, email=email)
        else:
            self.saw(at, email=email, phone=phone)

    def join(self, at, company, group_id, domain, plan, website=None):
        """Groups the user into an account; the call has the domain, or a page of the website in its place."""
        self.group = (group_id, company)
        place = {"website": website} if website else {"domain": domain}
        self.call("group", at, {"groupId": group_id, "traits": {"name": company.name, **place, "plan": plan}}, "user grouped")
        self.world.saw_group(company, at, domain=domain, segment_group_id=group_id)
        self.world.is_member(self.person, company, "member", at)

    def alias_browser(self, at, other, user_id):
        """Joins another browser, whose visitor turned out to be this user."""
        self.user_id = user_id
        self.call("alias", at, {"previousId": other.anonymous_id}, "user aliased")
        self.world.saw_person(self.person, at, segment_anonymous_id=other.anonymous_id, segment_user_id=user_id)

    def alias_user(self, at, user_id):
        """Takes another user id in place of the present one."""
        previous, self.user_id = self.user_id, user_id
        self.call("alias", at, {"previousId": previous}, "user aliased")
        self.world.links["person"].append([("segment_user_id", previous), ("segment_user_id", user_id)])


def tell(world, segment):
    """The cast on the website; README.md tells the same."""
    people, companies = world.people, world.companies
    farms = companies["hollywood_farms"]
    # Lewis looks around, asks for a demo, and becomes a user; his phone is joined by an alias call only.
    work = segment.browser(people["lewis"])
    work.page(moment("2024-01-10 17:40"), "/", "SlideRule", "https://www.google.com/", GOOGLE)
    work.page(moment("2024-01-10 17:42"), "/pricing", "Pricing", SITE + "/")
    work.page(moment("2024-01-12 17:55"), "/demo", "Book a demo")
    work.track(moment("2024-01-12 17:58"), "Demo Requested", company_size="11-50")
    work.identify(moment("2024-01-12 17:58:01"), "Lewis.Smith@HollywoodFarms.example", "+13235550117", "(323) 555-0117", name="Lewis Smith")
    work.identify(moment("2024-01-19 19:03"), "lewis.smith@hollywoodfarms.example", user_id="u_1001", name="Lewis Smith", title="Owner")
    work.join(moment("2024-01-19 19:03:10"), farms, "acc_2001", "hollywoodfarms.example", "standard")
    phone = segment.browser(people["lewis"])
    phone.page(moment("2024-02-12 05:10"), "/blog/cohorts", "Cohorts explained", "https://news.example/")
    work.alias_browser(moment("2024-02-13 18:00"), phone, "u_1001")
    for day in ("2024-02-05 17:00", "2024-02-19 17:30", "2024-03-11 16:00", "2024-06-03 15:00", "2024-10-02 18:00", "2025-01-14 17:15"):
        work.track(moment(day), "Report Viewed", report="Revenue")
    # Kim takes over, partly from the mobile app.
    kim = segment.browser(people["kim"])
    kim.identify(moment("2024-06-20 19:45"), "kim.alvarez@hollywoodfarms.example", "+13235550118", user_id="u_1002", firstName="Kim", lastName="Alvarez")
    kim.join(moment("2024-06-20 19:46"), farms, "acc_2001", "hollywoodfarms.example", "standard",
             website="https://www.hollywoodfarms.example/about")
    kim.screen(moment("2024-06-21 08:00"), "Dashboard")
    kim.track(moment("2024-06-21 08:02"), "Report Viewed", report="Cohorts")
    # Jane's account is made by the server: there is no browser.
    jane = Browser(segment, people["jane"], anonymous=False)
    jane.identify(moment("2024-10-01 18:25"), "JANE.DOE@brightledger.example", user_id="u_1003", name="Jane Doe", title="Bookkeeper")
    # The shared computer of Pine & Paper: logged in as info@, which is nobody's.
    tomas = segment.browser(people["tomas"])
    tomas.identify(moment("2023-08-14 16:02"), "tomas@pineandpaper.example", user_id="u_1004", name="Tomás Núñez")
    tomas.join(moment("2023-08-14 16:03"), companies["pine_and_paper"], "acc_2002", "pineandpaper.example", "standard")
    desk = segment.browser(world.person("front_desk", ""))
    desk.identify(moment("2023-09-01 16:00"), "info@pineandpaper.example", shared=True)
    desk.track(moment("2023-09-01 16:05"), "Report Viewed", report="Inventory")
    # Maya's user id is her address, and follows her new name.
    maya = segment.browser(people["maya"])
    maya.identify(moment("2023-07-02 14:05"), "maya.okafor@okaforceramics.example", user_id="maya.okafor@okaforceramics.example", name="Maya Okafor")
    maya.join(moment("2023-07-02 14:06"), companies["kiln_and_co"], "acc_2003", "okaforceramics.example", "starter")
    maya.alias_user(moment("2024-04-02 09:00"), "maya.lindqvist@kilnandco.example")
    maya.track(moment("2024-04-02 09:05"), "Report Viewed", report="Forecast")
    # Amélie buys a template; the webhook came twice.
    amelie = segment.browser(people["amelie"])
    amelie.identify(moment("2024-02-05 10:55"), "amelie.obrien.studio@gmail.com", user_id="u_1005", name="Amélie O'Brien")
    amelie.track(moment("2024-05-02 09:00"), "Template Purchased", revenue="19.00", currency="EUR", again_after=timedelta(days=3))
    # Omar compares plans, and never becomes a customer.
    omar = segment.browser(people["omar"])
    omar.page(moment("2024-09-01 12:00"), "/pricing", "Pricing", "https://www.google.com/", GOOGLE)
    omar.identify(moment("2024-09-03 12:58"), "omar@velvetbakery.example", name="Omar Haddad")
    omar.track(moment("2024-09-10 12:00"), "Plan Compared", plans=["starter", "standard"])
    # One name, two browsers.
    for key, domain, group_id, user_id in (("chris_north", "northwindgoods.example", "acc_2004", "u_1006"),
                                           ("chris_south", "southbaycycles.example", "acc_2005", "u_1007")):
        chris = segment.browser(people[key])
        chris.identify(moment("2024-05-06 15:30"), people[key].email, user_id=user_id, name="Chris Lee")
        chris.join(moment("2024-05-06 15:31"), world.owner_of_domain[domain], group_id, domain, "standard")


def crowd(world, segment, companies, visitors):
    """Users of the seeded companies, and visitors who never say who they are."""
    for number in range(companies):
        company = world.companies[f"crowd_{number:02d}"]
        user = company.staff[0]
        browser = segment.browser(user)
        at = START + timedelta(seconds=segment.random.randint(0, 450 * 86400))
        browser.page(at, *segment.random.choice(PAGES))
        at += timedelta(minutes=segment.random.randint(2, 40))
        browser.identify(at, user.email, user_id=f"u_{3000 + number}", name=user.name)
        browser.join(at + timedelta(minutes=1), company, f"acc_{4000 + number}", company.domain, "standard")
        for _ in range(segment.random.randint(3, 8)):
            at += timedelta(seconds=segment.random.randint(3600, 40 * 86400))
            if at < AS_OF - timedelta(hours=1):
                browser.track(at, "Report Viewed", report=segment.random.choice(REPORTS))
    for number in range(visitors):
        browser = segment.browser(world.person(f"visitor_{number}", ""))
        at = START + timedelta(seconds=segment.random.randint(0, 580 * 86400))
        for path, title in segment.random.sample(PAGES, segment.random.randint(1, 3)):
            browser.page(at, path, title)
            at += timedelta(minutes=segment.random.randint(1, 9))


def mistakes(world, segment):
    at = moment("2024-07-04 00:00:00")

    def message(**fields):
        return {"messageId": "ajs-next-" + segment.uuid(), "type": "track", "anonymousId": segment.uuid(), "event": "Broken", "properties": {},
                "timestamp": stamp(at), "receivedAt": stamp(at), **fields}

    for record, reason in (
        (message(messageId=None), "missing messageId"),
        (message(type=""), "missing type"),
        (message(timestamp="yesterday"), "unparseable timestamp"),
        (message(timestamp=None, receivedAt=None), "missing timestamp"),
        (message(anonymousId=None), "missing anonymousId and userId"),
        (message(event=None), "missing event"),
        (message(type="group"), "missing groupId"),
        (message(type="alias", userId="u_1001"), "missing previousId"),
        (json.dumps(message())[:60], "invalid json"),
        ("null", "missing record"),
    ):
        segment.delivered(record, at)
        world.rejected("segment", "row", reason)
    # A visitor whose address, number and amount are none.
    typo = segment.browser(world.person("visitor_typo", ""))
    typo.call("identify", at, {"traits": {"email": "someone at example", "phone": "12345"}}, "user identified")
    typo.track(at + timedelta(minutes=1), "Coupon Redeemed", revenue="free")
    for reason in ("malformed email", "unusable phone", "unusable revenue"):
        world.rejected("segment", "value", reason)
    # A message of a kind that no model of ours uses is neither an event nor a reject.
    segment.delivered(message(type="delete", userId="u_1001"), at)
