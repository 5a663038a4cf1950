{# What is put after a model in Python, so that `dbt.ref`, `dbt.source`, `dbt.config` and `dbt.this` answer where it runs.
   The text is what dbt appends, to the byte: other tools split models at its marks. #}

{% macro resolve_model_name(input_model_name) %}
    {{ return(adapter.dispatch('resolve_model_name', 'dbt')(input_model_name)) }}
{% endmacro %}

{# The name as text within quotes of Python. #}
{%- macro default__resolve_model_name(input_model_name) -%}
    {{ input_model_name | string | replace('"', '\"') }}
{%- endmacro -%}

{# The names by which a ref is looked up: package and name, and the version. #}
{% macro _python_ref_key(ref) -%}
    {%- set parts = [ref['package']] if ref.get('package') else [] -%}
    {%- do parts.append(ref['name']) -%}
    {%- if ref.get('version') -%}
        {%- do parts.append('v' ~ ref['version']) -%}
    {%- endif -%}
    {{ return(parts | join('.')) }}
{%- endmacro %}

{% macro build_ref_function(model) %}
    {%- set relations = {} -%}
    {%- for each in model.refs -%}
        {%- set names = [each['package'], each['name']] if each.get('package') else [each['name']] -%}
        {%- set found = ref(*names, v=each.get('version')) -%}
        {#- A project's own `ref` may give text; a relation is named without what `--empty` and samples put around it. -#}
        {%- if found.render is defined and found.render is callable -%}
            {%- set found = found.render() -%}
        {%- endif -%}
        {%- do relations.update({_python_ref_key(each): resolve_model_name(found)}) -%}
    {%- endfor -%}

def ref(*args, **kwargs):
    refs = {{ relations | tojson }}
    key = '.'.join(args)
    version = kwargs.get("v") or kwargs.get("version")
    if version:
        key += f".v{version}"
    dbt_load_df_function = kwargs.get("dbt_load_df_function")
    return dbt_load_df_function(refs[key])

{% endmacro %}

{% macro build_source_function(model) %}
    {%- set relations = {} -%}
    {%- for each in model.sources -%}
        {%- do relations.update({each | join('.'): resolve_model_name(source(*each))}) -%}
    {%- endfor -%}

def source(*args, dbt_load_df_function):
    sources = {{ relations | tojson }}
    key = '.'.join(args)
    return dbt_load_df_function(sources[key])

{% endmacro %}

{# The values of the keys that the model asks for, by `dbt.config.get` and by `dbt.config.meta_get`. #}
{% macro build_config_dict(model) %}
    {%- set values, of_meta = {}, {} -%}
    {%- set asked = model.config -%}
    {%- for key, otherwise in zip(asked.config_keys_used, asked.config_keys_defaults) -%}
        {%- do values.update({key: asked.get(key, otherwise)}) -%}
    {%- endfor -%}
    {%- if asked.meta_keys_used -%}
        {%- for key, otherwise in zip(asked.meta_keys_used, asked.meta_keys_defaults) -%}
            {%- set is_given = asked.meta and key in asked.meta -%}
            {%- do of_meta.update({key: asked.meta[key] if is_given else otherwise}) -%}
        {%- endfor -%}
    {%- endif -%}
config_dict = {{ values }}
meta_dict = {{ of_meta }}
{% endmacro %}

{% macro py_script_postfix(model) %}
# This part is user provided model code
# you will need to copy the next section to run the code
# COMMAND ----------
# this part is dbt logic for get ref work, do not modify

{{ build_ref_function(model ) }}
{{ build_source_function(model ) }}
{{ build_config_dict(model) }}

class config:
    def __init__(self, *args, **kwargs):
        pass

    @staticmethod
    def get(key, default=None):
        return config_dict.get(key, default)

    @staticmethod
    def meta_get(key, default=None):
        return meta_dict.get(key, default)

class this:
    """dbt.this() or dbt.this.identifier"""
    database = "{{ this.database }}"
    schema = "{{ this.schema }}"
    identifier = "{{ this.identifier }}"
    {% set shown = resolve_model_name(this) %}
    def __repr__(self):
        return '{{ shown }}'


class dbtObj:
    def __init__(self, load_df_function) -> None:
        self.source = lambda *args: source(*args, dbt_load_df_function=load_df_function)
        self.ref = lambda *args, **kwargs: ref(*args, **kwargs, dbt_load_df_function=load_df_function)
        self.config = config
        self.this = this()
        self.is_incremental = {{ is_incremental() }}

# COMMAND ----------
{{py_script_comment()}}
{% endmacro %}

{# What a database adds at the end. #}
{%macro py_script_comment()%}
{%endmacro%}
