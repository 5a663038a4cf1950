{% test between(model, column_name, low=0, high=none, inclusive=true) %}
{{ config(severity='error', fail_calc='coalesce(sum(n), 0)', error_if='>10', warn_if='>0') }}
select {{ column_name }}, 1 as n from {{ model }}
where {{ column_name }} <{{ '' if inclusive else '=' }} {{ low }}
{%- if high is not none %} or {{ column_name }} >{{ '' if inclusive else '=' }} {{ high }}{% endif %}
{% endtest %}

{% test same_count(model, compare_model) %}
select * from (select count(*) as a from {{ model }}) l, (select count(*) as b from {{ compare_model }}) r where a <> b
{% endtest %}

{% test takes_anything(model, column_name=none, options={}, names=[], flag=false, text='') %}
-- options {{ options }} names {{ names }} flag {{ flag }} text {{ text }} kwargs {{ kwargs }}
select 1 as x from {{ model }} where false
{% endtest %}
