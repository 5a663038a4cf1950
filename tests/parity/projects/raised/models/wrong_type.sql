{%- if execute -%}{{ exceptions.relation_wrong_type(this.incorporate(type='view'), 'table', model) }}{%- endif %}
select 1 as id
