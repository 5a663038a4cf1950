{{ deduplicate(ref('orders'), 'customer', 'ordered_on desc') | indent }}
