-- A person is dormant thirty days after the last we heard of them, whatever it was.
{{ nexus.engagement_state(days=30) }}
