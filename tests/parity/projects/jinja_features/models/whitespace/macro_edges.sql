select '{{ return_text() }}' as padded, '{{ return_nothing() }}' as nothing,
  '{{ wrap_nothing() if false }}' as inline_if,
  {{ cell_value('x') }} as multi
