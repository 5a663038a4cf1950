{{ toolbox.named() }} {{ toolbox.named('own') }} {{ toolbox.named(prefix='kw') }}
