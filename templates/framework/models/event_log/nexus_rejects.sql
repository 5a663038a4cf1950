-- One row a record or value that became nothing, with the reason: what the sources reject themselves, and rows of the
-- project's own sources with a time, number or boolean that cannot be read.
{{ nexus.nexus_all_rejects() }}
