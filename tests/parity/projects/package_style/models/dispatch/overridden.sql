{{ toolbox.overridden('thing') }}
