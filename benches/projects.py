"""Writes dbt projects for timing: layered ones of any size, one with a package of many macros, one of plain tables.

All are the same in every run. `layered` has the mix of large public projects: sources, four layers, one to three refs a
model, a `config()`, macro calls, a loop, and for each model an entry with descriptions and three data tests.
"""
import random
import shutil
from pathlib import Path

# Raise this where what is written changes: kept projects of other versions are not used.
VERSION = 1

LAYERS = [("base", 30), ("joined", 35), ("facts", 25), ("shown", 10)]

HELPERS = """{% macro money(column, digits=2) -%}
round(cast({{ column }} as decimal(18, 4)) / 100, {{ digits }})
{%- endmacro %}

{% macro listed(names, of='') -%}
{%- set all = [] -%}
{%- for name in names %}{% do all.append((of ~ '.' if of else '') ~ name) %}{% endfor -%}
{{ return(all | join(', ')) }}
{%- endmacro %}

{% macro key_of(names) -%}
md5({% for name in names %}coalesce(cast({{ name }} as varchar), ''){{ " || '/' || " if not loop.last }}{% endfor %})
{%- endmacro %}
"""


def kept(folder, write):
    """Writes a project unless it is there already, whole."""
    done = folder / f".written-{VERSION}"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write(folder)
        done.touch()
    return folder


def frame(folder, name, more=""):
    (folder / "dbt_project.yml").write_text(
        f"name: {name}\nversion: '1.0'\nconfig-version: 2\nprofile: {name}\n{more}"
    )
    (folder / "profiles.yml").write_text(
        f"{name}:\n  target: dev\n  outputs:\n"
        f"    dev: {{type: duckdb, path: \"{{{{ env_var('BENCH_DB', 'bench.duckdb') }}}}\", threads: 2}}\n"
    )


def layered(count):
    """Returns a writer of a project of so many models with three tests each."""

    def write(folder):
        config = "vars: {since: '2020-01-01'}\nmodels:\n  layered:\n"
        config += "".join(
            f"    {layer}: {{+materialized: {'table' if layer == 'facts' else 'view'}, +tags: [{layer}]}}\n"
            for layer, _ in LAYERS
        )
        frame(folder, "layered", config)
        (folder / "macros").mkdir()
        (folder / "macros" / "helpers.sql").write_text(HELPERS)
        chance = random.Random(11)
        below, number = [], 0
        for layer, share in LAYERS:
            place = folder / "models" / layer
            place.mkdir(parents=True)
            names = [f"{layer}_{number + i}" for i in range(max(1, count * share // 100))]
            number += len(names)
            for i, name in enumerate(names):
                parents = chance.sample(below, min(len(below), chance.randint(1, 3)))
                (place / f"{name}.sql").write_text(upper(name, parents) if parents else lowest(name, i))
            for start in range(0, len(names), 50):
                entries = "".join(map(entry, names[start : start + 50]))
                (place / f"{layer}_{start // 50}.yml").write_text(f"models:\n{entries}")
            below = (below + names)[-300:]
        tables = "".join(f"      - name: t{i}\n        description: Delivered as it is.\n" for i in range(50))
        (folder / "models" / "sources.yml").write_text(
            f"sources:\n  - name: raw\n    schema: main\n    tables:\n{tables}"
        )

    return write


def lowest(name, i):
    return f"""{{{{ config(tags=['group_{i % 10}']) }}}}
with delivered as (select * from {{{{ source('raw', 't{i % 50}') }}}}),

cleaned as (
    select id, {{{{ money('amount') }}}} as amount, status, created_at
    from delivered
    where created_at >= '{{{{ var("since") }}}}'
)

select {{{{ key_of(['id', 'status']) }}}} as {name}_key, {{{{ listed(['id', 'amount', 'status', 'created_at']) }}}}
from cleaned
"""


def upper(name, parents):
    joins = "".join(
        f"    left join {{{{ ref('{parent}') }}}} as p{i} on p0.id = p{i}.id\n"
        for i, parent in enumerate(parents)
        if i
    )
    return f"""{{{{ config(meta={{'team': 'team_{len(name) % 5}'}}) }}}}
{{%- set kinds = ['open', 'paid', 'void'] %}}
with wide as (
    select {{{{ listed(['id', 'amount', 'status', 'created_at'], 'p0') }}}}
    from {{{{ ref('{parents[0]}') }}}} as p0
{joins}),

summed as (
    select
        id,
        max(status) as status,
        max(created_at) as created_at,
        {{%- for kind in kinds %}}
        sum(case when status = '{{{{ kind }}}}' then amount end) as {{{{ kind }}}}_amount,
        {{%- endfor %}}
        sum(amount) as amount
    from wide
    group by id
)

select {{{{ key_of(['id']) }}}} as {name}_key, summed.* from summed
{{%- if target.name == 'ci' %}} limit 10{{% endif %}}
"""


def entry(name):
    return f"""  - name: {name}
    description: What {name} holds, written for timing.
    columns:
      - name: {name}_key
        description: The key of a row.
        data_tests: [unique, not_null]
      - name: status
        description: The newest status.
        data_tests:
          - accepted_values:
              arguments: {{values: [open, paid, void]}}
"""


def macro_heavy(folder):
    """A package of 700 macros that dispatch and call each other, and 50 models that use them."""
    frame(folder, "heavy")
    (folder / "packages.yml").write_text("packages:\n  - local: tools\n")
    tools = folder / "tools"
    (tools / "macros").mkdir(parents=True)
    (tools / "dbt_project.yml").write_text("name: tools\nversion: '1.0'\nconfig-version: 2\n")
    for part in range(70):
        text = ""
        for i in range(part * 5, part * 5 + 5):
            inner = f"{{{{ tools.tool_{i - 7}(column, depth - 1) }}}}" if i >= 7 else "{{ column }}"
            text += f"""{{% macro tool_{i}(column, depth=2) -%}}
{{{{ return(adapter.dispatch('tool_{i}', 'tools')(column, depth)) }}}}
{{%- endmacro %}}

{{% macro default__tool_{i}(column, depth) -%}}
{{%- set parts = [] -%}}
{{%- for n in range(3) %}}{{% do parts.append('coalesce(' ~ column ~ ', ' ~ n ~ ')') %}}{{% endfor -%}}
{{%- if depth > 0 -%}}
greatest({inner}, {{{{ parts | join(', ') }}}})
{{%- else -%}}
{{{{ column }}}}
{{%- endif -%}}
{{%- endmacro %}}

"""
        (tools / "macros" / f"part_{part}.sql").write_text(text)
    (folder / "models").mkdir()
    for i in range(50):
        columns = ",\n".join(
            f"    {{{{ tools.tool_{(i * 7 + n) % 350}('value', {n % 4 + 1}) }}}} as c{n}" for n in range(20)
        )
        source = "(select 1 as value) as one" if i < 5 else f"{{{{ ref('use_{i - 5}') }}}}"
        (folder / "models" / f"use_{i}.sql").write_text(f"select 1 as value,\n{columns}\nfrom {source}\n")


def tables(count, rows):
    """Returns a writer of a project of so many tables, each made from so many rows."""

    def write(folder):
        frame(folder, "tables", "models: {+materialized: table}\n")
        (folder / "models").mkdir()
        for i in range(count):
            (folder / "models" / f"t_{i}.sql").write_text(
                f"select n % 1000 as id, count(*) as times, sum(hash(n + {i}) % 100) as total, max(md5(n::varchar)) as last\n"
                f"from range({rows}) as numbers(n)\ngroup by id\n"
            )

    return write
