{{ toolbox.outer(['alpha', 'beta', 'gamma']) }}
