select '{% raw %}{{ ref("alpha_model") }}{% endraw %}' as text
