"""Reads GoogleSQL's syntax trees: a node keeps some of its fields and its place in the text in its `parent`s."""


def unwrap(node):
    """The node itself, where a field may hold nodes of several classes."""
    while node.DESCRIPTOR.name.startswith("Any"):
        which = node.WhichOneof("node")
        if which is None:
            return None
        node = getattr(node, which)
    return node


def kind(node):
    """The class of a node, without the decoration: `CreateTableStatement`."""
    name = node.DESCRIPTOR.name
    return name.removeprefix("AST").removesuffix("Proto")


def get(node, name):
    """A field of a node or of the classes above it; none where it is unset."""
    while True:
        fields = node.DESCRIPTOR.fields_by_name
        if name in fields:
            field = fields[name]
            value = getattr(node, name)
            if field.message_type is None or isinstance(value, list) or not hasattr(value, "DESCRIPTOR"):
                return value
            return unwrap(value) if node.HasField(name) else None
        if "parent" not in fields:
            return None
        node = node.parent


def items(node, name):
    """A repeated field."""
    return [unwrap(item) for item in (get(node, name) or [])]


def span(node):
    """Where a node stands: offsets of its first byte and of the byte after its last."""
    node = unwrap(node)
    while "parse_location_range" not in node.DESCRIPTOR.fields_by_name:
        node = node.parent
    return node.parse_location_range.start, node.parse_location_range.end


def path(node):
    """The names of a path."""
    if kind(node) == "Identifier":
        return [node.id_string]
    return [name.id_string for name in items(node, "names")]


def walk(node):
    """All nodes below and including this one."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        for field, value in node.ListFields():
            if field.message_type is None or field.name == "parse_location_range":
                continue
            if field.name == "parent" and not value.ListFields():
                continue
            pending.extend([value] if hasattr(value, "DESCRIPTOR") else value)
