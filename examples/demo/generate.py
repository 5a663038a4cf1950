#!/usr/bin/env python3
"""Rewrites seeds/ and expected/ of the demo: the same bytes at every run.

    python3 generate.py            into this folder
    python3 generate.py FOLDER     elsewhere, to compare
"""

import os
import sys

from generator import mistakes, output, segment, story
from generator.calendar import Calendar
from generator.crowd import Crowd
from generator.gmail import Gmail
from generator.world import World


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    world = World(seed=20240118)
    gmail, calendar = Gmail(world), Calendar(world)
    story.people(world)
    accounts, shops = story.tell(world, gmail, calendar)
    crowd = Crowd(world, gmail, calendar)
    crowd_accounts, crowd_shops = crowd.build(companies=34, shops=10, shoppers=80)
    mistakes.make(world, gmail, calendar)
    website = segment.Segment(world, seed=20240110)
    segment.tell(world, website)
    segment.crowd(world, website, companies=12, visitors=6)
    segment.mistakes(world, website)
    for book in accounts + shops + crowd_accounts + crowd_shops:
        book.close_books()
    world.check_links()
    output.write(world, folder)


if __name__ == "__main__":
    main()
