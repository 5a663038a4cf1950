select '{{ false and ref("alpha_model") }}' as a, '{{ true or ref("alpha_model") }}' as b, '{{ "x" if true else ref("alpha_model") }}' as c
