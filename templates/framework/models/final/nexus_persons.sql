-- One row a person, with a column for each declared trait of persons.
{{ nexus.nexus_entity_view('person', 'person_id') }}
