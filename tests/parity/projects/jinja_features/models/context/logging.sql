{%- do log('a log line') -%}
{%- do log('an info line', info=true) -%}
{%- set logged = log('returns empty') -%}
{%- do print('printed') -%}
{{ cells([('logged', logged == ''), ('inline', 'x' ~ log('inline') ~ 'y'), ('exceptions', exceptions is mapping or exceptions is defined), ('not_raised', exceptions.raise_compiler_error('never') if false else 'fine')]) }}
