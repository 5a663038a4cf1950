"""Redshift's SQL for PostgreSQL: only the words that PostgreSQL reads otherwise, or not at all, are exchanged, token by
token, so that all the rest reaches it as it was sent. Functions that it lacks are in functions.sql.
"""

import sqlglot
from sqlglot.tokens import TokenType

TEXT_TYPES = {"varchar", "text", "character varying", "nvarchar"}
NUMBER_TYPES = {"numeric", "decimal"}
DATE_FUNCTIONS = {"dateadd", "datediff", "date_part", "pgdate_part"}
VALUE_FUNCTIONS = {"first_value", "last_value"}
OTHER_NULL_FUNCTIONS = {"lag", "lead", "nth_value"}


class Unsupported(Exception):
    """What Redshift has, and the stand-in has not."""


class Statements:
    """The tokens of a message of statements, with the pieces that take the place of some of them."""

    def __init__(self, text):
        self.text = text
        self.tokens = sqlglot.tokenize(text, read="redshift")
        self.words = [self.word(token) for token in self.tokens]
        self.instead = {}

    def word(self, token):
        if token.token_type == TokenType.STRING:
            return "'"
        return token.text.lower()

    def at(self, index):
        return self.words[index] if 0 <= index < len(self.words) else ""

    def is_name(self, index):
        return 0 <= index < len(self.tokens) and (
            self.tokens[index].token_type in (TokenType.VAR, TokenType.IDENTIFIER) or self.words[index].isidentifier()
        )

    def closing(self, index):
        """The index of the bracket that closes the one at the index."""
        depth = 0
        for at in range(index, len(self.words)):
            depth += (self.words[at] == "(") - (self.words[at] == ")")
            if depth == 0:
                return at
        raise Unsupported("a bracket is not closed")

    def change(self, index, text):
        self.instead[index] = text

    def drop(self, first, last):
        for index in range(first, last + 1):
            self.instead[index] = ""

    def before(self, index, text):
        self.instead[index] = text + self.instead.get(index, self.source(index))

    def after(self, index, text):
        self.instead[index] = self.instead.get(index, self.source(index)) + text

    def source(self, index):
        token = self.tokens[index]
        return self.text[token.start : token.end + 1]

    def rewritten(self):
        pieces, at = [], 0
        for index, token in enumerate(self.tokens):
            pieces.append(self.text[at : token.start])
            pieces.append(self.instead.get(index, self.source(index)))
            at = token.end + 1
        pieces.append(self.text[at:])
        return "".join(pieces)


def rewrite(text):
    """The statements as PostgreSQL takes them."""
    all_ = Statements(text)
    aliases = set()
    defines = False
    for index, word in enumerate(all_.words):
        if index == 0 or all_.at(index - 1) == ";":
            defines = word in ("create", "alter")
        if word == "as" and all_.is_name(index + 1):
            aliases.add(all_.at(index + 1))
        token = all_.tokens[index]
        if token.token_type == TokenType.IDENTIFIER:
            # Names are in lower case, quoted ones too.
            all_.change(index, all_.source(index).lower())
        types(all_, index, word, defines)
        functions(all_, index, word)
        elements(all_, index, word, aliases)
        if defines:
            layout(all_, index, word)
        if word == "minus" and all_.at(index + 1) in ("select", "(", "all"):
            all_.change(index, "except")
        if word == "query_group" and all_.at(index - 1) in ("set", "reset"):
            # Settings that PostgreSQL does not know need a prefix.
            all_.change(index, "redshift.query_group")
        if word == "sysdate":
            all_.change(index, "localtimestamp")
    return all_.rewritten()


def is_type(all_, index, defines):
    """Whether the word at the index is said as a type."""
    before = all_.at(index - 1)
    if before == "::" or (before == "as" and all_.at(index + 1) in (")", "(")):
        return True
    return defines and all_.is_name(index - 1) and all_.at(index + 1) in (",", ")", "(", "not", "null", "default", "encode", ";", "")


def types(all_, index, word, defines):
    if all_.tokens[index].token_type in (TokenType.STRING, TokenType.IDENTIFIER) or not is_type(all_, index, defines):
        return
    bare = all_.at(index + 1) != "("
    if word in TEXT_TYPES:
        if bare:
            all_.change(index, "varchar(256)")
        elif all_.at(index + 2) == "max":
            all_.change(index + 2, "65535")
    elif word in NUMBER_TYPES and bare:
        all_.change(index, "numeric(18, 0)")


def functions(all_, index, word):
    if all_.at(index + 1) != "(" or all_.tokens[index].token_type == TokenType.STRING:
        return
    if word in DATE_FUNCTIONS and all_.tokens[index + 2].token_type != TokenType.STRING:
        all_.change(index + 2, f"'{all_.at(index + 2)}'")
    elif word == "listagg":
        listagg(all_, index)
    elif word in VALUE_FUNCTIONS or word in OTHER_NULL_FUNCTIONS:
        end = all_.closing(index + 1)
        for at in (end - 2, end + 1):
            if all_.at(at) in ("ignore", "respect") and all_.at(at + 1) == "nulls":
                all_.drop(at, at + 1)
                if all_.at(at) == "ignore":
                    if word in OTHER_NULL_FUNCTIONS:
                        raise Unsupported(f"{word} that ignores nulls is not in the stand-in")
                    all_.change(index, f"{word}_ignoring_nulls")


def listagg(all_, index):
    """`listagg([distinct] value[, text]) within group (order by …)` is `string_agg(value, text order by …)`."""
    end = all_.closing(index + 1)
    first = index + 2 + (all_.at(index + 2) == "distinct")
    depth, comma = 0, None
    for at in range(first, end):
        depth += (all_.words[at] == "(") - (all_.words[at] == ")")
        if all_.words[at] == "," and depth == 0:
            comma = at
            break
    all_.change(index, "string_agg")
    all_.before(first, "cast((")
    all_.after((comma or end) - 1, ") as text)")
    if comma is None:
        all_.before(end, ", ''")
    if all_.at(end + 1) == "within" and all_.at(end + 2) == "group":
        group_end = all_.closing(end + 3)
        # The order is moved by moving the bracket.
        all_.change(end, " " if comma is not None else ", '' ")
        all_.drop(end + 1, end + 3)
        all_.change(group_end, ")")


def elements(all_, index, word, aliases):
    """`from t, t.column.name as entry` gives a row for each element of an array."""
    if word != "," or all_.at(index + 2) != "." or all_.at(index + 1) not in aliases:
        return
    names, at = [index + 1], index + 2
    while all_.at(at) == "." and all_.is_name(at + 1):
        names.append(at + 1)
        at += 2
    if len(names) < 2 or all_.at(at) != "as" or not all_.is_name(at + 1) or all_.at(at + 2) == "(":
        return
    # Only where a list of tables is: the word before the element's name is no type's.
    if all_.at(at + 2) not in (")", "where", "", ";", ",", "join", "left", "group", "order"):
        return
    if not in_from(all_, index):
        return
    path = "".join(f", '{all_.at(name)}'" for name in names[2:])
    column = f"{all_.source(names[0])}.{all_.source(names[1])}"
    all_.change(names[0], f"lateral super_elements({column}{path})")
    all_.drop(names[0] + 1, names[-1])
    all_.after(at + 1, f"({all_.source(at + 1)})")


def in_from(all_, index):
    """Whether the comma stands in a list of tables."""
    depth = 0
    for at in range(index - 1, -1, -1):
        depth += (all_.words[at] == ")") - (all_.words[at] == "(")
        if depth < 0:
            return False
        if depth == 0 and all_.words[at] in ("from", "select", "where", "by", "values"):
            return all_.words[at] == "from"
    return False


def layout(all_, index, word):
    """How rows lie on disk is nothing to PostgreSQL."""
    following = all_.at(index + 1)
    if word == "diststyle" and following in ("key", "all", "even", "auto"):
        all_.drop(index, index + 1)
    elif word == "distkey":
        all_.drop(index, all_.closing(index + 1) if following == "(" else index)
    elif word in ("compound", "interleaved") and following == "sortkey":
        all_.drop(index, index)
    elif word == "sortkey":
        if following == "auto":
            all_.drop(index, index + 1)
        else:
            all_.drop(index, all_.closing(index + 1) if following == "(" else index)
    elif word in ("backup", "encode") and all_.is_name(index + 1):
        all_.drop(index, index + 1)
    elif word == "auto" and following == "refresh":
        all_.drop(index, index + 2)
    elif word == "with" and [all_.at(index + n) for n in (1, 2, 3)] == ["no", "schema", "binding"]:
        all_.drop(index, index + 3)
