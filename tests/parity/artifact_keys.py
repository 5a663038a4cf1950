"""Compares the form of two artifacts: the keys of every mapping, and the kind of every value, at every level.

Values are no matter here; compare.py compares those that can be equal.
"""

# What a project's own text names, and what the call or the machine does: values of a mapping, not its form.
OPEN = {"env", "vars", "meta", "unrendered_config"}
KINDS = {bool: "truth", int: "number", float: "number", str: "text", list: "list", dict: "mapping", type(None): "nothing"}


def named(items):
    """Returns the members of a list by their names where each has one, else by their places."""
    for key in ("unique_id", "name"):
        names = [item.get(key) if isinstance(item, dict) else None for item in items]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return dict(zip(names, items))
    return dict(enumerate(items))


def differences(theirs, ours, path=""):
    """Yields (path, form of dbt, form of nexus) for every pair of values, equal ones too."""
    left, right = KINDS[type(theirs)], KINDS[type(ours)]
    if left != right:
        yield path, left, right
    elif left == "mapping":
        if path.rsplit(".", 1)[-1] not in OPEN:
            yield path, sorted(theirs), sorted(ours)
        for key in theirs.keys() & ours.keys():
            yield from differences(theirs[key], ours[key], f"{path}.{key}")
    elif left == "list":
        theirs, ours = named(theirs), named(ours)
        for key in theirs.keys() & ours.keys():
            yield from differences(theirs[key], ours[key], f"{path}[{key}]")
    else:
        yield path, left, right


def of_manifest(theirs, ours, is_built_in):
    """Compares two manifests; macros and docs that each tool brings are compared where both have them."""
    yield "manifest", sorted(theirs), sorted(ours)
    for part in sorted(theirs.keys() & ours.keys()):
        left, right = theirs[part], ours[part]
        if part in ("macros", "docs", "child_map", "parent_map"):
            both = [key for key in left if key in right]
            left, right = ({key: side[key] for key in both} for side in (left, right))
            left, right = ({key: value for key, value in side.items() if not is_built_in(value)} for side in (left, right))
        yield from differences(left, right, f"manifest.{part}")
