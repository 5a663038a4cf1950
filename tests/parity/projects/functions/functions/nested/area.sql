{{ config(volatility='deterministic', meta={'unit': 'm2'}) }}
width * height * {{ var('scale', 1) }}
