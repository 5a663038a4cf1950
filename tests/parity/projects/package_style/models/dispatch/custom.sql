select {{ toolbox.dateadd_custom('day', 1, 'x') }}
