select '{% call wrap("b") %}inner {{ 1 + 1 }}{% endcall %}' as simple,
  '{% call(item, index) each(["p", "q"]) %}{{ index }}:{{ item }}{% endcall %}' as with_arguments,
  '{% call twice() %}ha{% endcall %}' as twice,
  '{% call wrap("outer") %}{% call wrap("inner") %}deep{% endcall %}{% endcall %}' as nested,
  '{{ maybe_caller() }}' as without, '{% call maybe_caller() %}yes{% endcall %}' as with_caller
{%- set outside = 'closure' %},
  '{% call wrap("c") %}{{ outside }}{% endcall %}' as closure
