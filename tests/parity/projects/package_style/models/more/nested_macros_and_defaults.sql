{{ nested_default() }} {{ nested_default(['x']) }} {{ nested_default(b='kw') }} {{ late_default(3) }} {{ late_default(3, 4) }}
