select 1 as id
{# a comment that goes on
to the end
