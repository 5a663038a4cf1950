{{ toolbox.varargs_passed(1, 'b', z=1, a='q') }}
