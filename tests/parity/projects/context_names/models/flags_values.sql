{{ flags.FULL_REFRESH }}
{{ flags.STORE_FAILURES }}
{{ flags.FAIL_FAST }}
{{ flags.EMPTY }}
{{ flags.WARN_ERROR }}
{{ flags.VERSION_CHECK }}
{{ flags.STATIC_PARSER }}
{{ flags.INDIRECT_SELECTION }}
{{ flags.NO_PRINT }}
{{ flags.PRINT }}
{{ flags.LOG_FORMAT }}
{{ flags.WRITE_JSON }}
{{ flags.SEND_ANONYMOUS_USAGE_STATS }}
{{ flags.QUIET }}
{{ flags.CACHE_SELECTED_ONLY }}
{{ flags.INTROSPECT }}
{{ flags.DEFER }}
{{ flags.FAVOR_STATE }}
{{ flags.PRINTER_WIDTH }}
{{ flags.TARGET is none }}
{{ flags.PROFILE is none }}
{{ flags.USE_EXPERIMENTAL_PARSER }}
{{ flags.SINGLE_THREADED }}
{{ flags.LOG_CACHE_EVENTS }}
{{ flags.USE_COLORS in [true, false] }}
