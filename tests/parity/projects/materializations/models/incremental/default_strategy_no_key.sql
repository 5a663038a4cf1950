{{ events_of_run() }}
