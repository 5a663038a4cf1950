{{ function('doubled') }}({{ function('doubled') }}(value))
