select {{ toolbox.fibonacci(10) }}
