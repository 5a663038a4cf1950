"""Writes the expected texts of the fixtures here, with dbt's own Jinja.

Run with a Python that has dbt-core 1.11: python tests/render/jinja/make.py
Each case of *.txt is `=== name`, a template, `---`, the expected text; this replaces the last part.
"""
import glob
import os

from dbt.flags import set_from_args
from argparse import Namespace

set_from_args(Namespace(WARN_ERROR=False, PRINT=True), None)

from dbt.context.base import BaseContext
from dbt_common.clients.jinja import get_environment
from dbt_common.context import set_invocation_context

set_invocation_context({"HOME_TOWN": "Aachen"})


class Obj:
    pass


def render(template):
    context = BaseContext({}).to_dict()
    context["from_json"] = {"a": [1, 2.5, None, True, "x"], "b": {}}
    context["execute"] = True
    try:
        return get_environment(None).from_string(template, globals=context).render(context)
    except Exception as error:
        return "ERROR " + str(error).split("\n")[0]


for path in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "*.txt"))):
    text = open(path).read()
    head, *parts = ("\n" + text).split("\n=== ")
    out = [head.lstrip("\n")]
    for part in parts:
        name, rest = part.split("\n", 1)
        template = rest.rsplit("\n---\n", 1)[0].rstrip("\n") if "\n---\n" in rest else rest.rstrip("\n")
        out.append(f"=== {name}\n{template}\n---\n{render(template)}")
    open(path, "w").write("\n".join(out).lstrip("\n") + "\n")
