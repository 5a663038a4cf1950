-- One row a group (company, account, household), with a column for each declared trait of groups.
{{ nexus.nexus_entity_view('group', 'group_id') }}
