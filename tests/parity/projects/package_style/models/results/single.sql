select {{ toolbox.single_value('select max(order_id) from ' ~ ref('orders'), default=0) }} as m, '{{ toolbox.single_value("select max(amount) from " ~ ref("orders")) }}' as a
