	select	{{ 1 }}	as a
	{%- if true %}
	, 2 as b
	{%- endif %}
