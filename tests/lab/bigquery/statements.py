"""Runs GoogleSQL: every statement is analysed by GoogleSQL against the stored schemas, then its queries are evaluated over
the stored rows and what comes out is stored.

A statement that changes rows is taken apart along its syntax tree: its expressions, as they are written, become queries
over the target with the number of each row beside it.
"""

import re
import uuid

from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.parser import ast_enums_pb2
from zetasql.wasi._pb2.zetasql.public import type_pb2, value_pb2

import values
from googlesql import SqlError
from syntax import get, items, kind, path, span, unwrap, walk
from warehouse import Column, Problem, Table, not_found

# Statements that name their target by a path.
CHANGING = {"InsertStatement", "UpdateStatement", "DeleteStatement", "MergeStatement", "TruncateStatement"}
ROW = "__row_number_of_target"


class Result:
    """What a statement did: its kind, and its rows or how many it changed."""

    def __init__(self, statement_type, columns=(), content=None, affected=None, target=None, operation=None):
        self.statement_type = statement_type
        self.columns = list(columns)
        self.content = content or service.TableContent()
        self.affected = affected
        self.target = target
        self.operation = operation
        self.bytes_processed = 0
        self.dml = {}


class Scope:
    """What a job knows beside the stored tables: where names are looked for, variables, tables of its own."""

    def __init__(self, project, dataset):
        self.project = project
        self.dataset = dataset
        self.variables = {}
        self.temporary = {}
        self.hidden = f"_script{uuid.uuid4().hex}"
        self.saved = None


def unquoted(text):
    return f"`{text.replace('`', '')}`"


class Statement:
    """One statement of a script: its text, its syntax tree, and the tables that it names."""

    def __init__(self, runner, scope, text, node):
        self.runner, self.scope, self.node = runner, scope, node
        self.text = text
        self.tables = {}
        self.replacements = []
        self.dotted = []
        self.nested = runner.engine.catalog()
        self.flat = runner.engine.catalog()
        self.contents = {}
        self.bytes_processed = 0
        self._constants()
        with_names = {get(n, "alias").id_string.lower() for n in walk(node) if kind(n) == "AliasedQuery" and get(n, "alias")}
        for found in walk(node):
            if kind(found) == "TablePathExpression" and get(found, "path_expr") is not None:
                self._mention(get(found, "path_expr"), with_names, get(found, "alias") is not None)
            elif kind(found) in CHANGING and get(found, "target_path") is not None:
                self._write_out(get(found, "target_path"))

    def _write_out(self, node):
        names = path(node)
        if any("." in name for name in names):
            self.dotted.append((*span(node), ".".join(map(unquoted, ".".join(names).split(".")))))

    def _constants(self):
        for name, (its_type, value) in self.scope.variables.items():
            for catalog in (self.nested, self.flat):
                constant = catalog.constant.add(name_path=[name])
                constant.type.CopyFrom(its_type)
                constant.value.CopyFrom(value)

    def _mention(self, node, with_names, has_alias):
        names = path(node)
        if len(names) == 1 and "." not in names[0] and names[0].lower() in with_names:
            return
        table = self.runner.resolve(names, self.scope)
        if table is None:
            return
        self._write_out(node)
        key = self.provide(table, names)
        start, end = span(node)
        alias = "" if has_alias else f" as {unquoted('.'.join(names).split('.')[-1])}"
        self.replacements.append((start, end, f"{unquoted(key)}{alias}"))

    def provide(self, table, names):
        """Puts a table into both catalogs and returns its name in the flat one."""
        key = ".".join(names).lower() + "#" + str(len(names))
        if key in self.tables:
            return key
        self.tables[key] = table
        columns, content = self.runner.rows_of(table, self.scope)
        self.bytes_processed += content.ByteSize()
        self.contents[key] = content
        _add_table(self.flat, [key], columns)
        _add_table(self.nested, ".".join(names).split("."), columns)
        return key

    def target(self, names):
        """The table that a statement changes, known to both catalogs."""
        table = self.runner.resolve(names, self.scope)
        if table is None:
            raise self.runner.missing(names, self.scope)
        if table.kind != "TABLE":
            raise Problem("invalidQuery", f"{table.project}:{table.dataset}.{table.name} is not allowed for this operation because it is currently a {table.kind}.")
        self.provide(table, names)
        return table

    def analyze(self):
        """Lets GoogleSQL check the whole statement; a path within one pair of quotes is written as the path that it means."""
        out, at = [], 0
        for a, b, written in sorted(self.dotted):
            out += [self.text[at:a].decode(), written]
            at = b
        return self.runner.engine.analyze("".join(out) + self.text[at:].decode(), self.nested)

    def slice(self, node):
        """The text of a node, with tables named as the flat catalog does."""
        start, end = span(node)
        out, at = [], start
        for a, b, text in sorted(self.replacements):
            if a >= start and b <= end:
                out += [self.text[at:a].decode(), text]
                at = b
        return "".join(out) + self.text[at:end].decode()

    def written(self, node):
        start, end = span(node)
        return self.text[start:end].decode()

    def evaluate(self, sql, extra=None):
        """Evaluates a query over the flat catalog; `extra` holds further tables of columns and content."""
        if not extra:
            return self.runner.engine.evaluate(sql, self.flat, self.contents)
        catalog = type(self.flat)()
        catalog.CopyFrom(self.flat)
        contents = dict(self.contents)
        for name, (columns, content) in extra.items():
            _add_table(catalog, [name], columns)
            contents[name] = content
        return self.runner.engine.evaluate(sql, catalog, contents)


def _add_table(catalog, names, columns):
    for name in names[:-1]:
        found = next((c for c in catalog.catalog if c.name.lower() == name.lower()), None)
        catalog = found or catalog.catalog.add(name=name)
    table = catalog.table.add(name=names[-1])
    for column in columns:
        table.column.add(name=column.name).type.CopyFrom(column.type)


class Runner:
    """Executes scripts over a warehouse."""

    def __init__(self, engine, warehouse):
        self.engine, self.warehouse = engine, warehouse
        self.view_cache = {}

    # Names.

    def resolve(self, names, scope):
        """The table of a path; none where there is none."""
        parts = ".".join(names).split(".")
        upper = [part.upper() for part in parts]
        if "INFORMATION_SCHEMA" in upper:
            at = upper.index("INFORMATION_SCHEMA")
            before = parts[:at]
            if before and before[-1].lower().startswith("region-"):
                before, dataset = before[:-1], None
            else:
                dataset = before.pop() if before else None
            project = before[0] if before else scope.project
            return self.warehouse.information(project, dataset, parts[-1])
        if len(parts) == 1:
            if parts[0].lower() in scope.temporary:
                return scope.temporary[parts[0].lower()]
            if scope.dataset is None:
                return None
            parts = [scope.dataset, *parts]
        if parts[0] == "_SESSION":
            return scope.temporary.get(parts[1].lower())
        if len(parts) == 2:
            parts = [scope.project, *parts]
        if len(parts) != 3:
            return None
        if parts[2] == "__TABLES__":
            return self.warehouse.information(parts[0], parts[1], "__TABLES__")
        return self.warehouse.find(*parts)

    def missing(self, names, scope):
        parts = ".".join(names).split(".")
        if len(parts) == 1:
            return Problem("invalidQuery", f"Table \"{names[0]}\" must be qualified with a dataset (e.g. dataset.table).")
        parts = [scope.project, *parts][-3:]
        self.warehouse.dataset(parts[0], parts[1])
        return not_found("Table", f"{parts[0]}:{parts[1]}.{parts[2]}")

    def rows_of(self, table, scope):
        """Columns and rows of a table, or of the query of a view."""
        if table.kind not in ("VIEW", "MATERIALIZED_VIEW"):
            return table.columns, table.content
        stamp = (table.version, self._stamp(table, scope, set()))
        cached = self.view_cache.get(table.key)
        if cached is None or cached[0] != stamp or "current_" in table.query.lower():
            inner = Scope(table.project, None)
            statement = self.statement(table.query.encode(), inner)
            columns, content = statement.evaluate(statement.slice(statement.node))
            content.table_data.SetInParent()
            cached = (stamp, content, [Column(c.name, c.type) for c in columns])
            self.view_cache[table.key] = cached
        return cached[2], cached[1]

    def _stamp(self, table, scope, seen):
        """The versions of all that a view reads."""
        if table.key in seen:
            raise Problem("invalidQuery", f"View {table.key} reads itself")
        out = []
        for node in walk(self.engine.parse_script(table.query)):
            if kind(node) == "TablePathExpression" and get(node, "path_expr") is not None:
                names = path(get(node, "path_expr"))
                inner = self.resolve(names, Scope(table.project, None)) if len(".".join(names).split(".")) > 1 else None
                if inner is not None:
                    out.append((inner.key, inner.version))
                    if inner.query is not None:
                        out.extend(self._stamp(inner, scope, seen | {table.key}))
        return tuple(out)

    # Statements.

    def statement(self, text, scope):
        """A text of one statement."""
        script = self.engine.parse_script(text.decode())
        found = items(get(script, "statement_list_node"), "statement_list")
        return Statement(self, scope, text, found[0])

    def script(self, sql, scope, check=None):
        """Runs all statements of a text, and answers for the last; the number of statements beside it."""
        text = sql.encode()
        found = items(get(self.engine.parse_script(sql), "statement_list_node"), "statement_list")
        if not found:
            raise Problem("invalidQuery", "Syntax error: Unexpected end of statement at [1:1]")
        return self.block(found, text, scope), len(found), kind(found[0])

    def block(self, nodes, text, scope):
        result = None
        for node in nodes:
            done = self.run(node, text, scope)
            if done is not None and (result is None or done.columns or not result.columns):
                result = done
        return result

    def run(self, node, text, scope):
        """Runs one statement of a script."""
        name = kind(node)
        if name == "BeginEndBlock":
            inner = items(get(node, "statement_list_node"), "statement_list")
            return self.block(inner, text, scope)
        if name == "IfStatement":
            return self._if(node, text, scope)
        if name == "VariableDeclaration":
            return self._declare(node, text, scope)
        if name == "AssignmentFromStruct":
            names = items(get(node, "variables"), "identifier_list")
            its_type, value = self._expression(get(node, "struct_expression"), text, scope)
            for variable, part, field in zip(names, its_type.struct_type.field, value.struct_value.field):
                scope.variables[variable.id_string] = (part.field_type, field)
            return None
        if name == "SingleAssignment":
            value = self._expression(get(node, "expression"), text, scope)
            scope.variables[get(node, "variable").id_string] = value
            return None
        start, end = span(node)
        # Offsets of the tree count from the script's start; blanks keep lines and columns.
        lead = b"".join(b"\n" if byte == 10 else b" " for byte in text[:start])
        return self.execute(Statement(self, scope, lead + text[start:end], node))

    def _if(self, node, text, scope):
        branches = [(get(node, "condition"), get(node, "then_list"))]
        clauses = get(node, "elseif_clauses")
        branches += [(get(c, "condition"), get(c, "body")) for c in (items(clauses, "elseif_clauses") if clauses else [])]
        for condition, body in branches:
            if self._expression(condition, text, scope)[1].bool_value:
                return self.block(items(body, "statement_list"), text, scope)
        otherwise = get(node, "else_list")
        return self.block(items(otherwise, "statement_list"), text, scope) if otherwise else None

    def _expression(self, node, text, scope, its_type=None):
        statement = Statement(self, scope, text, node)
        sql = f"({statement.slice(node)})"
        columns, content = statement.evaluate(f"select {f'cast({sql} as {its_type})' if its_type else sql}")
        return columns[0].type, content.table_data.row[0].cell[0]

    def _declare(self, node, text, scope):
        start, end = span(get(node, "type")) if get(node, "type") is not None else (0, 0)
        its_type = text[start:end].decode() or None
        default = get(node, "default_value")
        for name in items(get(node, "variable_list"), "identifier_list"):
            if default is not None:
                scope.variables[name.id_string] = self._expression(default, text, scope, its_type)
            else:
                columns, content = self.engine.evaluate(f"select cast(null as {its_type})", self.engine.catalog(), {})
                scope.variables[name.id_string] = (columns[0].type, content.table_data.row[0].cell[0])

    def execute(self, statement):
        """Checks and executes a statement."""
        name = kind(statement.node)
        maker = getattr(self, f"_run_{re.sub(r'(?<!^)(?=[A-Z])', '_', name).lower()}", None)
        if maker is None:
            raise Problem("invalidQuery", f"Statement not supported: {name}")
        result = maker(statement)
        result.bytes_processed = statement.bytes_processed
        return result

    def _run_query_statement(self, statement):
        try:
            statement.analyze()
            columns, content = statement.evaluate(statement.slice(get(statement.node, "query")))
        except SqlError as error:
            raise self._explained(error, statement) from None
        columns = [Column(c.name or f"f{i}_", c.type) for i, c in enumerate(columns)]
        return Result("SELECT", columns, content)

    def _explained(self, error, statement):
        """The error as BigQuery says it: a missing table by its whole name."""
        found = re.match(r"Table not found: (.*?)(?:; Did you mean.*?)?(?: \[at|$)", error.message)
        if not found:
            return error
        for node in walk(statement.node):
            if kind(node) == "TablePathExpression" and get(node, "path_expr") is not None:
                names = path(get(node, "path_expr"))
                if self.resolve(names, statement.scope) is None and ".".join(names).lower() == found.group(1).replace("`", "").lower():
                    return self.missing(names, statement.scope)
        return error

    def check(self, statement):
        try:
            return statement.analyze()
        except SqlError as error:
            raise self._explained(error, statement) from None

    # Definitions.

    def _name(self, node, scope):
        parts = ".".join(path(node)).split(".")
        if len(parts) == 1 and scope.dataset:
            parts = [scope.dataset, *parts]
        parts = [scope.project, *parts][-3:]
        if len(parts) < 3:
            raise Problem("invalidQuery", f"Table \"{parts[-1]}\" must be qualified with a dataset (e.g. dataset.table).")
        return parts

    def _options(self, statement, node):
        """The options of an OPTIONS list, their values evaluated."""
        out = {}
        for entry in items(node, "options_entries") if node is not None else []:
            value = get(entry, "value")
            columns, content = statement.evaluate(f"select {statement.slice(value)}")
            shown = values.plain(content.table_data.row[0].cell[0], columns[0].type)
            out[get(entry, "name").id_string.lower()] = shown
        return out

    def _run_create_table_statement(self, statement):
        node, scope = statement.node, statement.scope
        temporary = get(node, "scope") == ast_enums_pb2.ASTCreateStatementEnums.TEMPORARY
        replace, missing_only = get(node, "is_or_replace"), get(node, "is_if_not_exists")
        if temporary:
            name = path(get(node, "name"))[-1]
            project, dataset = scope.project, scope.hidden
        else:
            project, dataset, name = self._name(get(node, "name"), scope)
            self.warehouse.dataset(project, dataset)
        source = get(node, "clone_data_source") or get(node, "copy_data_source")
        if source is not None:
            names = path(get(source, "path_expr"))
            original = self.resolve(names, scope)
            if original is None:
                raise self.missing(names, scope)
            table = Table(project, dataset, name, columns=list(original.columns), content=original.content)
            table.partition_by, table.cluster_by = original.partition_by, list(original.cluster_by)
        else:
            self.check(statement)
            table = Table(project, dataset, name)
            self._define(statement, table)
        options = self._options(statement, get(node, "options_list"))
        table.options = options
        if temporary:
            scope.temporary[name.lower()] = table
        else:
            self.warehouse.put(table, replace, missing_only)
        kind_of = "CREATE_TABLE_AS_SELECT" if get(node, "query") is not None else "CREATE_TABLE"
        return Result(kind_of, target=table, operation="REPLACE" if replace else "CREATE", affected=None)

    def _define(self, statement, table):
        """Columns, rows, partitions and clusters of a new table."""
        node = statement.node
        elements = get(node, "table_element_list")
        declared = [e for e in items(elements, "elements") if kind(e) == "ColumnDefinition"] if elements is not None else []
        for element in declared:
            schema = get(element, "schema")
            table.columns.append(self._declared(statement, get(element, "name").id_string, schema))
        like = get(node, "like_table_name")
        if like is not None:
            original = self.resolve(path(like), statement.scope)
            table.columns = list(original.columns)
        query = get(node, "query")
        if query is not None:
            columns, content = statement.evaluate(statement.slice(query))
            if declared:
                content = self._cast(statement, columns, content, table.columns)
                self._check_required(table.columns, content)
            else:
                names = [c.name.lower() for c in columns]
                if "" in names:
                    raise Problem("invalidQuery", f"CREATE TABLE columns must be named, but column {names.index('') + 1} has no name")
                table.columns = [Column(c.name, c.type) for c in columns]
            table.content = content
        table.content.table_data.SetInParent()
        partition, cluster = get(node, "partition_by"), get(node, "cluster_by")
        if partition is not None:
            start, end = span(items(partition, "partitioning_expressions")[0])
            table.partition_by = statement.text[start:end].decode()
        if cluster is not None:
            table.cluster_by = [statement.written(e).strip("`") for e in items(cluster, "clustering_expressions")]

    def _declared(self, statement, name, schema):
        """A column that is declared: `name type [not null] [options (...)]`."""
        text = re.sub(r"\s+(not\s+null|options\s*\(|default\s|primary\s+key|references\s).*", "", statement.written(schema), flags=re.I | re.S)
        columns, _ = self.engine.evaluate(f"select cast(null as {text})", self.engine.catalog(), {})
        attributes = get(schema, "attributes")
        required = attributes is not None and any(kind(a) == "NotNullColumnAttribute" for a in items(attributes, "values"))
        options = self._options(statement, get(schema, "options_list"))
        return Column(name, columns[0].type, required, options.get("description"))

    def _cast(self, statement, columns, content, wanted):
        """The rows with the types that their table wants."""
        if all(a.type == b.type for a, b in zip(columns, wanted)):
            return content
        temporary = [Column(f"c{i}", c.type) for i, c in enumerate(columns)]
        selected = ", ".join(f"cast(c{i} as {values.type_sql(c.type)})" for i, c in enumerate(wanted))
        content.table_data.SetInParent()
        return statement.evaluate(f"select {selected} from __cast", {"__cast": (temporary, content)})[1]

    @staticmethod
    def _check_required(columns, content):
        for index, column in enumerate(columns):
            if column.required and any(values.is_null(row.cell[index]) for row in content.table_data.row):
                raise Problem("invalidQuery", f"Required field {column.name} cannot be null")

    def _run_create_view_statement(self, statement):
        return self._create_view(statement, "VIEW")

    def _run_create_materialized_view_statement(self, statement):
        return self._create_view(statement, "MATERIALIZED_VIEW")

    def _create_view(self, statement, sort):
        node = statement.node
        project, dataset, name = self._name(get(node, "name"), statement.scope)
        self.warehouse.dataset(project, dataset)
        self.check(statement)
        query = get(node, "query")
        columns, _ = self.engine.evaluate(f"select * from ({statement.slice(query)}\n) limit 0", statement.flat, statement.contents)
        table = Table(project, dataset, name, sort, [Column(c.name, c.type) for c in columns], query=statement.written(query))
        listed = get(node, "column_with_options_list")
        for column, entry in zip(table.columns, items(listed, "column_with_options") if listed is not None else []):
            column.name = get(entry, "name").id_string
            column.description = self._options(statement, get(entry, "options_list")).get("description")
        table.options = self._options(statement, get(node, "options_list"))
        if sort == "MATERIALIZED_VIEW":
            partition, cluster = get(node, "partition_by"), get(node, "cluster_by")
            table.partition_by = partition and statement.written(items(partition, "partitioning_expressions")[0])
            table.cluster_by = [statement.written(e).strip("`") for e in items(cluster, "clustering_expressions")] if cluster else []
        self.warehouse.put(table, get(node, "is_or_replace"), get(node, "is_if_not_exists"))
        return Result(f"CREATE_{sort}", target=table, operation="REPLACE" if get(node, "is_or_replace") else "CREATE")

    def _run_create_schema_statement(self, statement):
        node = statement.node
        parts = ".".join(path(get(node, "name"))).split(".")
        project, name = [statement.scope.project, *parts][-2:]
        options = self._options(statement, get(node, "options_list"))
        self.warehouse.create_dataset(project, name, exists_ok=get(node, "is_if_not_exists"), options=options, location=options.get("location", "US"))
        return Result("CREATE_SCHEMA", operation="CREATE")

    def _run_drop_statement(self, statement):
        """`drop schema|table|view`."""
        node = statement.node
        words = statement.written(node).split()
        sort = words[1].upper()
        missing_ok = get(node, "is_if_exists")
        parts = ".".join(path(get(node, "name"))).split(".")
        if sort == "SCHEMA":
            project, name = [statement.scope.project, *parts][-2:]
            self.warehouse.drop_dataset(project, name, words[-1].upper() == "CASCADE", missing_ok)
        elif len(parts) == 1 and parts[0].lower() in statement.scope.temporary:
            del statement.scope.temporary[parts[0].lower()]
        else:
            self._drop(statement, sort, parts, missing_ok)
        return Result(f"DROP_{sort}", operation="DROP")

    def _run_drop_materialized_view_statement(self, statement):
        node = statement.node
        self._drop(statement, "MATERIALIZED_VIEW", ".".join(path(get(node, "name"))).split("."), get(node, "is_if_exists"))
        return Result("DROP_MATERIALIZED_VIEW", operation="DROP")

    def _drop(self, statement, sort, parts, missing_ok):
        parts = [statement.scope.project, *parts][-3:]
        table = self.warehouse.find(*parts)
        if table is None:
            if missing_ok and (parts[0], parts[1]) in self.warehouse.datasets:
                return
            raise not_found("Table", f"{parts[0]}:{parts[1]}.{parts[2]}")
        if table.kind != sort:
            raise Problem("invalidQuery", f"Cannot drop {parts[0]}:{parts[1]}.{parts[2]} of type {table.kind}: it is not a {sort}")
        del self.warehouse.dataset(parts[0], parts[1]).tables[parts[2]]

    def _run_alter_table_statement(self, statement):
        return self._alter(statement, "TABLE")

    def _run_alter_view_statement(self, statement):
        return self._alter(statement, "VIEW")

    def _run_alter_materialized_view_statement(self, statement):
        return self._alter(statement, "MATERIALIZED_VIEW")

    def _run_alter_schema_statement(self, statement):
        return Result("ALTER_SCHEMA", operation="ALTER")

    def _alter(self, statement, sort):
        node = statement.node
        names = path(get(node, "path"))
        table = self.resolve(names, statement.scope)
        if table is None:
            if get(node, "is_if_exists"):
                return Result(f"ALTER_{sort}", operation="SKIP")
            raise self.missing(names, statement.scope)
        for action in items(get(node, "action_list"), "actions"):
            self._alteration(statement, table, action)
        table.changed()
        return Result(f"ALTER_{sort}", target=table, operation="ALTER")

    def _alteration(self, statement, table, action):
        name = kind(action)
        if name == "SetOptionsAction":
            table.options |= self._options(statement, get(action, "options_list"))
        elif name == "AddColumnAction":
            definition = get(action, "column_definition")
            column = self._declared(statement, get(definition, "name").id_string, get(definition, "schema"))
            if table.column(column.name) is not None:
                if not get(action, "is_if_not_exists"):
                    raise Problem("invalidQuery", f"Column already exists: {column.name}")
                return
            rows = [type(r)(cell=[*r.cell, value_pb2.ValueProto()]) for r in table.rows()]
            table.columns = [*table.columns, column]
            table.replace_rows(rows)
            table.content.table_data.SetInParent()
        elif name == "RenameToClause":
            target = path(get(action, "new_name"))[-1]
            dataset = self.warehouse.dataset(table.project, table.dataset)
            if target in dataset.tables:
                raise Problem("duplicate", f"Already Exists: Table {table.project}:{table.dataset}.{target}", 409)
            del dataset.tables[table.name]
            table.name = target
            dataset.tables[target] = table
        else:
            column = table.column(get(action, "column_name").id_string)
            if column is None:
                raise Problem("invalidQuery", f"Column not found: {get(action, 'column_name').id_string}")
            self._column_alteration(statement, table, action, column)

    def _column_alteration(self, statement, table, action, column):
        name, index = kind(action), table.columns.index(column)
        columns = list(table.columns)
        if name == "DropColumnAction":
            rows = [type(r)(cell=[*r.cell[:index], *r.cell[index + 1 :]]) for r in table.rows()]
            table.columns = columns[:index] + columns[index + 1 :]
            table.replace_rows(rows)
            table.content.table_data.SetInParent()
            return
        changed = Column(column.name, column.type, column.required, column.description)
        if name == "AlterColumnOptionsAction":
            changed.description = self._options(statement, get(action, "options_list")).get("description")
        elif name == "AlterColumnDropNotNullAction":
            changed.required = False
        elif name == "RenameColumnAction":
            changed.name = get(action, "new_column_name").id_string
        elif name == "AlterColumnTypeAction":
            wanted = self._declared(statement, column.name, get(action, "schema"))
            changed.type = wanted.type
            columns[index] = changed
            table.content = self._cast(statement, table.columns, table.content, columns)
            table.content.table_data.SetInParent()
        columns[index] = changed
        table.columns = columns

    # Grants.

    def _run_grant_statement(self, statement):
        return self._grants(statement, True)

    def _run_revoke_statement(self, statement):
        return self._grants(statement, False)

    def _grants(self, statement, give):
        node = statement.node
        names = path(get(node, "target_path"))
        table = self.resolve(names, statement.scope)
        if table is None:
            raise self.missing(names, statement.scope)
        privileges = [path(get(p, "privilege_action"))[0] for p in items(get(node, "privileges"), "privileges")]
        for grantee in items(get(node, "grantee_list"), "grantee_list"):
            who = statement.written(grantee).strip("'\"")
            for pair in ((privilege, who) for privilege in privileges):
                if give and pair not in table.grants:
                    table.grants.append(pair)
                elif not give and pair in table.grants:
                    table.grants.remove(pair)
        return Result("GRANT" if give else "REVOKE")

    # Transactions.

    def _run_begin_statement(self, statement):
        statement.scope.saved = self.warehouse.snapshot()
        return Result("BEGIN_TRANSACTION")

    def _run_commit_statement(self, statement):
        statement.scope.saved = None
        return Result("COMMIT_TRANSACTION")

    def _run_rollback_statement(self, statement):
        if statement.scope.saved is not None:
            self.warehouse.restore(statement.scope.saved)
            statement.scope.saved = None
        return Result("ROLLBACK_TRANSACTION")

    # Changes of rows.

    def _numbered(self, statement, table):
        """The target's columns and rows with the number of each row beside them."""
        columns = [*table.columns, Column(ROW, type_pb2.TypeProto(type_kind=type_pb2.TYPE_INT64))]
        content = service.TableContent()
        content.table_data.SetInParent()
        for number, row in enumerate(table.rows()):
            out = content.table_data.row.add()
            out.cell.extend(row.cell)
            out.cell.add(int64_value=number)
        return {"__target": (columns, content)}

    def _target_alias(self, node, names):
        alias = get(node, "alias")
        return unquoted(get(alias, "identifier").id_string if alias is not None else ".".join(names).split(".")[-1])

    def _run_insert_statement(self, statement):
        node = statement.node
        table = statement.target(path(get(node, "target_path")))
        self.check(statement)
        listed = get(node, "column_list")
        names = [i.id_string for i in items(listed, "identifiers")] if listed is not None else [c.name for c in table.columns]
        wanted = [table.column(name) for name in names]
        query = get(node, "query")
        if query is not None:
            columns, content = statement.evaluate(statement.slice(query))
        else:
            fields = ", ".join(f"`{c.name}` {values.type_sql(c.type)}" for c in wanted)
            rows = []
            for row in items(get(node, "rows"), "rows"):
                cells = ["null" if kind(v) == "DefaultLiteral" else statement.slice(v) for v in items(row, "values")]
                rows.append(f"struct<{fields}>({', '.join(cells)})")
            columns, content = statement.evaluate(f"select * from unnest([{', '.join(rows)}])")
        content = self._cast(statement, columns, content, wanted)
        added = self._placed(table, names, content)
        table.replace_rows([*table.rows(), *added])
        self._check_required(table.columns, table.content)
        return self._changed("INSERT", table, inserted=len(added))

    @staticmethod
    def _placed(table, names, content):
        """Rows of some columns as rows of all."""
        order = {name.lower(): index for index, name in enumerate(names)}
        places = [order.get(c.name.lower()) for c in table.columns]
        kind_of_row = type(service.TableContent().table_data.row.add())
        null = value_pb2.ValueProto()
        return [kind_of_row(cell=[null if p is None else row.cell[p] for p in places]) for row in content.table_data.row]

    @staticmethod
    def _changed(word, table, inserted=0, updated=0, deleted=0):
        table.content.table_data.SetInParent()
        result = Result(word, affected=inserted + updated + deleted, target=table)
        result.dml = {"insertedRowCount": str(inserted), "updatedRowCount": str(updated), "deletedRowCount": str(deleted)}
        return result

    def _run_delete_statement(self, statement):
        node = statement.node
        names = path(get(node, "target_path"))
        table = statement.target(names)
        self.check(statement)
        alias = self._target_alias(node, names)
        where = statement.slice(get(node, "where"))
        _, content = statement.evaluate(f"select {ROW} from __target as {alias} where {where}", self._numbered(statement, table))
        gone = {row.cell[0].int64_value for row in content.table_data.row}
        table.replace_rows([row for number, row in enumerate(table.rows()) if number not in gone])
        return self._changed("DELETE", table, deleted=len(gone))

    def _run_truncate_statement(self, statement):
        table = statement.target(path(get(statement.node, "target_path")))
        gone = len(table.rows())
        table.replace_rows([])
        return self._changed("TRUNCATE_TABLE", table, deleted=gone)

    def _updates(self, statement, update_list):
        """Columns that an update sets, and the texts of their values."""
        names, texts = [], []
        for item in items(update_list, "update_items"):
            value = get(item, "set_value")
            names.append(path(get(value, "path"))[-1])
            new = get(value, "value")
            texts.append("null" if kind(new) == "DefaultLiteral" else statement.slice(new))
        return names, texts

    def _run_update_statement(self, statement):
        node = statement.node
        names = path(get(node, "target_path"))
        table = statement.target(names)
        self.check(statement)
        alias = self._target_alias(node, names)
        columns, texts = self._updates(statement, get(node, "update_item_list"))
        source = get(node, "from_clause")
        joined = f", {statement.slice(get(source, 'table_expression'))}" if source is not None else ""
        selected = self._values(table, columns, texts)
        sql = f"select {ROW}, {selected} from __target as {alias}{joined} where {statement.slice(get(node, 'where'))}"
        _, content = statement.evaluate(sql, self._numbered(statement, table))
        rows = list(table.rows())
        updated = self._apply_updates(table, rows, columns, content)
        table.replace_rows(rows)
        self._check_required(table.columns, table.content)
        return self._changed("UPDATE", table, updated=updated)

    @staticmethod
    def _values(table, columns, texts):
        return ", ".join(f"cast(({text}) as {values.type_sql(table.column(c).type)})" for c, text in zip(columns, texts))

    @staticmethod
    def _apply_updates(table, rows, columns, content):
        """Changes rows in place; no row may be changed twice."""
        places = [table.columns.index(table.column(name)) for name in columns]
        seen = set()
        for found in content.table_data.row:
            number = found.cell[0].int64_value
            if number in seen:
                raise Problem("invalidQuery", "UPDATE/MERGE must match at most one source row for each target row")
            seen.add(number)
            row = type(rows[number])()
            row.CopyFrom(rows[number])
            for place, value in zip(places, found.cell[1:]):
                row.cell[place].CopyFrom(value)
            rows[number] = row
        return len(seen)

    def _run_merge_statement(self, statement):
        node = statement.node
        names = path(get(node, "target_path"))
        table = statement.target(names)
        self.check(statement)
        alias = self._target_alias(node, names)
        source = get(node, "table_expression")
        using = statement.slice(source)
        condition = statement.slice(get(node, "merge_condition"))
        numbered = self._numbered(statement, table)
        match, word_of = ast_enums_pb2.ASTMergeWhenClauseEnums, ast_enums_pb2.ASTMergeActionEnums
        froms = {
            match.MATCHED: f"__target as {alias} join {using} on {condition} where",
            match.NOT_MATCHED_BY_TARGET: f"{using} where not exists (select 1 from __target as {alias} where {condition}) and",
            match.NOT_MATCHED_BY_SOURCE: f"__target as {alias} where not exists (select 1 from {using} where {condition}) and",
        }
        rows = list(table.rows())
        added, gone, updated, touched = [], set(), 0, set()
        earlier = {sort: [] for sort in froms}
        for clause in items(get(node, "when_clauses"), "clause_list"):
            sort = get(clause, "match_type")
            search = get(clause, "search_condition")
            conditions = [f"not coalesce(({text}), false)" for text in earlier[sort]]
            own = statement.slice(search) if search is not None else "true"
            earlier[sort].append(own)
            where = " and ".join([f"({own})", *conditions])
            tail = f"{froms[sort]} {where}"
            action = get(clause, "action")
            word = get(action, "action_type")
            if word == word_of.INSERT:
                added += self._merge_insert(statement, table, action, source, tail, numbered)
                continue
            if word == word_of.UPDATE:
                columns, texts = self._updates(statement, get(action, "update_item_list"))
                _, content = statement.evaluate(f"select {ROW}, {self._values(table, columns, texts)} from {tail}", numbered)
                updated += self._apply_updates(table, rows, columns, content)
            else:
                _, content = statement.evaluate(f"select {ROW} from {tail}", numbered)
                gone |= {row.cell[0].int64_value for row in content.table_data.row}
            numbers = [row.cell[0].int64_value for row in content.table_data.row]
            if touched & set(numbers) or (len(numbers) != len(set(numbers))):
                raise Problem("invalidQuery", "UPDATE/MERGE must match at most one source row for each target row")
            touched |= set(numbers)
        kept = [row for number, row in enumerate(rows) if number not in gone]
        table.replace_rows([*kept, *added])
        self._check_required(table.columns, table.content)
        return self._changed("MERGE", table, len(added), updated, len(gone))

    def _merge_insert(self, statement, table, action, source, tail, numbered):
        listed, row = get(action, "insert_column_list"), get(action, "insert_row")
        names = [i.id_string for i in items(listed, "identifiers")] if listed is not None else [c.name for c in table.columns]
        cells = items(row, "values") if row is not None else []
        if cells:
            texts = ["null" if kind(v) == "DefaultLiteral" else statement.slice(v) for v in cells]
        else:
            # `insert row`: the source's columns of the same names.
            alias = get(source, "alias")
            prefix = f"{unquoted(get(alias, 'identifier').id_string)}." if alias is not None else ""
            texts = [f"{prefix}`{name}`" for name in names]
        _, content = statement.evaluate(f"select {self._values(table, names, texts)} from {tail}", numbered)
        return self._placed(table, names, content)
