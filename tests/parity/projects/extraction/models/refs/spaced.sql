select id from {{ref('base_model')}} union all select id from {{  ref (  "base_model"  )  }} union all select id from {{-ref('base_model')-}} x
