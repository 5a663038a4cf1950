"""Generator of the demo project's raw records and of the truth about them.

`world` holds who exists and collects rows and truth; `gmail`, `calendar`, `stripe`, `shopify` and `segment`
write records in the shape of those systems' APIs; `story` is the hand-written cast, `crowd` the
seeded volume, `mistakes` the bad records; `output` writes files.
"""
