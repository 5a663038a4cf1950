//! One walk over the tokens of a template: checks its syntax, notes what it calls, and writes the edits that turn
//! Python's meaning into calls of the engine.

use super::facts::{Arg, Call, Facts, Param, Signature};
use super::patch::Patches;
use super::tokens::{Fault, Kind, Token};

const DEPTH_MAX: usize = 120;

/// The name under which every macro's template defines its macro.
pub(crate) const MACRO_NAME: &str = "nx_m";

/// Walks over a whole template.
pub(crate) fn walk<'a>(source: &'a str, tokens: &'a [Token]) -> Result<(Facts, Patches), Fault> {
    let mut walker = Walker {
        source,
        tokens,
        at: 0,
        depth: 0,
        conditional: 0,
        looped: 0,
        defining: 0,
        blocks: Vec::new(),
        facts: Facts::default(),
        patches: Patches::new(tokens.len()),
    };
    walker.template()?;
    Ok((walker.facts, walker.patches))
}

/// A block that waits for its closing tag.
struct Open {
    keyword: usize,
    name: String,
    conditional: usize,
    looped: usize,
    defining: usize,
}

/// What an operand is, as far as edits depend on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Number,
    Call,
    Other,
}

struct Operand {
    first: usize,
    shape: Shape,
}

struct Walker<'a> {
    source: &'a str,
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    conditional: usize,
    looped: usize,
    defining: usize,
    blocks: Vec<Open>,
    facts: Facts,
    patches: Patches,
}

type Step<T = ()> = Result<T, Fault>;

impl<'a> Walker<'a> {
    fn template(&mut self) -> Step {
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            match token.kind {
                Kind::VariableStart => {
                    let first = self.at;
                    self.expression()?;
                    if self.peek_is(",") {
                        while self.skip(",") {
                            if self.peek_kind() == Some(Kind::VariableEnd) {
                                break;
                            }
                            self.expression()?;
                        }
                        self.patches.wrap(first, self.at - 1, "(", ")");
                    }
                    self.expect_kind(Kind::VariableEnd, "`}}`")?;
                }
                _ => self.statement()?,
            }
        }
        if let Some(open) = self.blocks.pop() {
            let token = self.tokens[open.keyword];
            return Err(Fault::new(
                format!("the block `{}` is never closed", open.name),
                token.start,
                token.end,
            )
            .hint(format!("Close it with `{{% end{} %}}`.", open.name)));
        }
        Ok(())
    }

    fn statement(&mut self) -> Step {
        let keyword = self.at;
        let name = self.expect_name("a statement")?;
        match name {
            "if" => {
                self.open(keyword, name);
                self.expression()?;
                self.conditional += 1;
            }
            "elif" => {
                self.inside(keyword, name, &["if"])?;
                self.expression()?;
            }
            "else" => {
                self.inside(keyword, name, &["if", "for"])?;
                self.conditional += 1;
            }
            "for" => self.for_loop(keyword)?,
            "set" => self.set(keyword)?,
            "do" => {
                let operand = self.expression()?;
                if operand.shape != Shape::Call {
                    self.patches.wrap(operand.first, self.at - 1, "__nx_do(", ")");
                }
            }
            "macro" | "test" | "data_test" => self.macro_head(keyword, name)?,
            "materialization" => self.materialization_head(keyword)?,
            "call" => {
                self.open(keyword, name);
                if self.peek_is("(") {
                    self.signature()?;
                }
                self.expression()?;
                self.facts.has_call_block = true;
                self.conditional += 1;
                self.defining += 1;
            }
            "filter" => {
                self.open(keyword, name);
                self.filter_name()?;
                self.filters()?;
            }
            "with" => {
                self.open(keyword, name);
                while self.peek_kind() != Some(Kind::BlockEnd) {
                    self.targets()?;
                    self.expect("=")?;
                    self.expression()?;
                    if !self.skip(",") {
                        break;
                    }
                }
            }
            "autoescape" => {
                self.open(keyword, name);
                self.expression()?;
            }
            "snapshot" | "docs" => {
                self.open(keyword, name);
                self.expect_name("a name")?;
                self.facts.has_custom_block = true;
            }
            "break" | "continue" => {
                if !self.blocks.iter().any(|b| b.name == "for") {
                    return Err(self.fault_at(keyword, format!("`{name}` stands outside of a loop")));
                }
            }
            _ if name.starts_with("end") => self.close(keyword, name)?,
            _ => return Err(self.unknown_statement(keyword, name)),
        }
        // Jinja2 takes a colon at the end of a tag that opens a block, as Python does.
        if self.peek_is(":") {
            self.patches.erase(self.at);
            self.at += 1;
        }
        self.expect_kind(Kind::BlockEnd, "`%}`")
    }

    fn unknown_statement(&self, keyword: usize, name: &str) -> Fault {
        const KNOWN: &[&str] = &[
            "if",
            "elif",
            "else",
            "for",
            "set",
            "do",
            "macro",
            "test",
            "materialization",
            "snapshot",
            "docs",
            "call",
            "filter",
            "with",
            "raw",
            "break",
            "continue",
        ];
        if matches!(name, "include" | "import" | "from" | "extends" | "block") {
            return self
                .fault_at(keyword, format!("`{name}` is not part of the dbt language"))
                .hint("Macros of all packages are there without an import.");
        }
        let fault = self.fault_at(keyword, format!("unknown statement `{name}`"));
        match crate::diagnostic::closest(name, KNOWN.iter().copied()) {
            Some(found) => fault.hint(format!("Did you mean `{found}`?")),
            None => fault,
        }
    }

    fn open(&mut self, keyword: usize, name: &str) {
        self.blocks.push(Open {
            keyword,
            name: name.to_owned(),
            conditional: self.conditional,
            looped: self.looped,
            defining: self.defining,
        });
    }

    /// Checks that a middle tag such as `else` stands in one of these blocks.
    fn inside(&self, keyword: usize, name: &str, blocks: &[&str]) -> Step {
        match self.blocks.last() {
            Some(open) if blocks.contains(&&*open.name) => Ok(()),
            _ => Err(self.fault_at(keyword, format!("`{name}` has no `{}` before it", blocks[0]))),
        }
    }

    fn close(&mut self, keyword: usize, name: &str) -> Step {
        let wanted = &name[3..];
        let Some(open) = self.blocks.pop() else {
            return Err(self.fault_at(keyword, format!("`{name}` closes a block that was never opened")));
        };
        if open.name != wanted {
            let token = self.tokens[open.keyword];
            let line =
                1 + memchr::memchr_iter(b'\n', &self.source.as_bytes()[..token.start as usize]).count();
            return Err(self
                .fault_at(
                    keyword,
                    format!("unexpected `{name}`: the block `{}` is still open", open.name),
                )
                .hint(format!(
                    "Close `{}` of line {line} of this template with `{{% end{} %}}` first.",
                    open.name, open.name
                )));
        }
        self.conditional = open.conditional;
        self.looped = open.looped;
        self.defining = open.defining;
        if matches!(wanted, "test" | "data_test" | "materialization") {
            self.patches.replace(keyword, "endmacro");
        }
        Ok(())
    }

    fn for_loop(&mut self, keyword: usize) -> Step {
        self.open(keyword, "for");
        self.targets()?;
        if self.peek_name() != Some("in") {
            return Err(self.unexpected("`in`"));
        }
        self.at += 1;
        let first = self.at;
        self.or()?;
        let mut certain = self.is_literal_list(first, self.at);
        if self.peek_is(",") {
            while self.skip(",") {
                self.or()?;
            }
            self.patches.wrap(first, self.at - 1, "(", ")");
            certain = true;
        }
        self.looped += 1;
        if self.peek_name() == Some("if") {
            self.at += 1;
            certain = false;
            self.conditional += 1;
            self.expression()?;
            self.conditional -= 1;
        }
        if self.peek_name() == Some("recursive") {
            self.at += 1;
        }
        if !certain {
            self.conditional += 1;
        }
        Ok(())
    }

    /// Says whether these tokens are a list or tuple literal with at least one item.
    fn is_literal_list(&self, first: usize, end: usize) -> bool {
        let (Some(open), Some(close)) = (self.tokens.get(first), self.tokens.get(end - 1)) else {
            return false;
        };
        end > first + 2
            && ((open.is("[") && close.is("]")) || (open.is("(") && close.is(")")))
            && self.matching(first) == Some(end - 1)
    }

    fn matching(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        for (i, token) in self.tokens.iter().enumerate().skip(open) {
            if token.is("(") || token.is("[") || token.is("{") {
                depth += 1;
            } else if token.is(")") || token.is("]") || token.is("}") {
                depth -= 1;
                if depth == 0 {
                    return Some(i);
                }
            }
        }
        None
    }

    fn set(&mut self, keyword: usize) -> Step {
        self.targets()?;
        if self.skip("=") {
            let first = self.at;
            self.expression()?;
            if self.peek_is(",") {
                while self.skip(",") {
                    if self.peek_kind() == Some(Kind::BlockEnd) {
                        break;
                    }
                    self.expression()?;
                }
                self.patches.wrap(first, self.at - 1, "(", ")");
            }
            return Ok(());
        }
        self.open(keyword, "set");
        if self.skip("|") {
            self.filter_name()?;
            self.filters()?;
        }
        Ok(())
    }

    /// Reads assignment targets: names, attributes of namespaces, tuples of them.
    fn targets(&mut self) -> Step {
        loop {
            if self.skip("(") {
                self.targets()?;
                self.expect(")")?;
            } else {
                let at = self.at;
                let name = self.expect_name("a name")?;
                if matches!(
                    name,
                    "true" | "True" | "false" | "False" | "none" | "None" | "loop" | "self"
                ) {
                    return Err(self.fault_at(at, format!("`{name}` cannot be assigned to")));
                }
                if self.peek_is(".") {
                    while self.skip(".") {
                        self.expect_name("a name")?;
                    }
                } else {
                    self.facts.assigned.push(at);
                }
            }
            if !self.skip(",") || self.peek_name() == Some("in") || self.peek_is(")") || self.peek_is("=") {
                return Ok(());
            }
        }
    }

    fn macro_head(&mut self, keyword: usize, name: &str) -> Step {
        self.open(keyword, name);
        self.patches.replace(keyword, "macro");
        let at = self.at;
        self.expect_name("the macro's name")?;
        self.patches.replace(at, MACRO_NAME);
        self.facts.macro_names.push(at);
        let signature = self.signature()?;
        if self.blocks.len() == 1 && self.facts.signature.is_none() {
            self.facts.signature = Some(signature);
        } else {
            self.facts.has_inner_macro = true;
        }
        self.conditional += 1;
        self.defining += 1;
        Ok(())
    }

    /// Reads `materialization name, adapter='x', supported_languages=[…]`.
    fn materialization_head(&mut self, keyword: usize) -> Step {
        self.open(keyword, "materialization");
        self.expect_name("the materialization's name")?;
        while self.skip(",") {
            let at = self.at;
            let name = self.expect_name("`default`, `adapter` or `supported_languages`")?;
            match name {
                "default" => {}
                "adapter" | "supported_languages" => {
                    self.expect("=")?;
                    self.expression()?;
                }
                _ => {
                    return Err(self
                        .fault_at(at, format!("a materialization has no argument `{name}`"))
                        .hint("Use `default`, `adapter='…'` or `supported_languages=[…]`."));
                }
            }
        }
        self.patches.replace(keyword, &format!("macro {MACRO_NAME}()"));
        for i in keyword + 1..self.at {
            self.patches.erase(i);
        }
        self.facts.signature = Some(Signature::default());
        self.conditional += 1;
        self.defining += 1;
        Ok(())
    }

    fn signature(&mut self) -> Step<Signature> {
        self.expect("(")?;
        let mut signature = Signature::default();
        while !self.peek_is(")") {
            if !signature.params.is_empty() {
                self.expect(",")?;
                if self.peek_is(")") {
                    break;
                }
            }
            let name = self.at;
            self.expect_name("a parameter")?;
            self.facts.assigned.push(name);
            if self.peek_is(":") {
                let from = self.at;
                self.at += 1;
                self.type_name()?;
                for i in from..self.at {
                    self.patches.erase(i);
                }
            }
            let mut default = None;
            if self.peek_is("=") {
                let from = self.at;
                self.at += 1;
                self.expression()?;
                default = Some((from, self.at));
            } else if signature.params.iter().any(|p: &Param| p.default.is_some()) {
                return Err(self.fault_at(name, "a parameter without a default follows one with a default"));
            }
            signature.params.push(Param { name, default });
        }
        signature.close = self.at;
        self.expect(")")?;
        Ok(signature)
    }

    fn type_name(&mut self) -> Step {
        self.guard(|walker| {
            walker.expect_name("a type")?;
            if walker.skip("[") {
                walker.type_name()?;
                while walker.skip(",") {
                    walker.type_name()?;
                }
                walker.expect("]")?;
            }
            Ok(())
        })
    }

    // Expressions, from the loosest binding to the tightest, as in Jinja2.

    fn expression(&mut self) -> Step<Operand> {
        self.guard(|walker| {
            let calls = walker.facts.calls.len();
            let mut operand = walker.or()?;
            while walker.peek_name() == Some("if") {
                for call in &mut walker.facts.calls[calls..] {
                    call.conditional = true;
                }
                walker.at += 1;
                walker.or()?;
                if walker.peek_name() == Some("else") {
                    walker.at += 1;
                    walker.conditional += 1;
                    walker.expression()?;
                    walker.conditional -= 1;
                }
                operand.shape = Shape::Other;
            }
            Ok(operand)
        })
    }

    fn or(&mut self) -> Step<Operand> {
        self.logical("or", |walker| walker.logical("and", Self::not))
    }

    fn logical(&mut self, word: &str, next: impl Fn(&mut Self) -> Step<Operand>) -> Step<Operand> {
        let mut operand = next(self)?;
        while self.peek_name() == Some(word) {
            self.at += 1;
            self.conditional += 1;
            next(self)?;
            self.conditional -= 1;
            operand.shape = Shape::Other;
        }
        Ok(operand)
    }

    fn not(&mut self) -> Step<Operand> {
        if self.peek_name() == Some("not") {
            let first = self.at;
            self.at += 1;
            self.guard(Self::not)?;
            return Ok(Operand {
                first,
                shape: Shape::Other,
            });
        }
        self.compare()
    }

    fn compare(&mut self) -> Step<Operand> {
        let mut operand = self.sum()?;
        while let Some(token) = self.tokens.get(self.at) {
            let sign = ["==", "!=", "<", "<=", ">", ">="].iter().any(|op| token.is(op));
            if sign || self.peek_name() == Some("in") {
                self.at += 1;
            } else if self.peek_name() == Some("not") && self.name_at(self.at + 1) == Some("in") {
                self.at += 2;
            } else {
                break;
            }
            self.sum()?;
            operand.shape = Shape::Other;
        }
        Ok(operand)
    }

    fn sum(&mut self) -> Step<Operand> {
        self.binary(&[("+", "__nx_add("), ("-", "__nx_sub(")], Self::concat)
    }

    fn concat(&mut self) -> Step<Operand> {
        self.binary(&[("~", "__nx_cat(")], Self::product)
    }

    fn product(&mut self) -> Step<Operand> {
        let ops = [
            ("*", "__nx_mul("),
            ("/", "__nx_div("),
            ("//", "__nx_floordiv("),
            ("%", "__nx_mod("),
        ];
        self.binary(&ops, |walker| walker.binary(&[("**", "__nx_pow(")], Self::unary))
    }

    /// Reads a chain of binary operators of one level, which bind to the left, and makes them calls.
    fn binary(&mut self, ops: &[(&str, &str)], next: impl Fn(&mut Self) -> Step<Operand>) -> Step<Operand> {
        let mut left = next(self)?;
        let mut open: Option<&str> = None;
        while let Some((op, function)) = ops.iter().find(|(op, _)| self.peek_is(op)) {
            let operator = self.at;
            self.at += 1;
            let right = next(self)?;
            let plain =
                left.shape == Shape::Number && right.shape == Shape::Number && matches!(*op, "+" | "-" | "*");
            if plain && open.is_none() {
                continue;
            }
            self.patches.replace(operator, ",");
            // A chain of one operator is one call: `a ~ b ~ c` is `cat(a, b, c)`.
            if open == Some(*op) {
                self.patches.move_suffix(operator - 1, self.at - 1);
            } else {
                self.patches.wrap(left.first, self.at - 1, function, ")");
            }
            open = Some(*op);
            left.shape = Shape::Call;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Step<Operand> {
        let operand = self.signed()?;
        self.filters_after(operand)
    }

    fn signed(&mut self) -> Step<Operand> {
        let first = self.at;
        if self.skip("-") {
            let operand = self.guard(Self::signed)?;
            if operand.shape == Shape::Number {
                return Ok(Operand {
                    first,
                    shape: Shape::Number,
                });
            }
            self.patches.replace(first, "__nx_neg(");
            self.patches.suffix(self.at - 1, ")");
            return Ok(Operand {
                first,
                shape: Shape::Call,
            });
        }
        if self.skip("+") {
            self.patches.erase(first);
            let operand = self.guard(Self::signed)?;
            return Ok(Operand {
                first,
                shape: operand.shape,
            });
        }
        self.primary()
    }

    fn primary(&mut self) -> Step<Operand> {
        let first = self.at;
        let Some(token) = self.tokens.get(first).copied() else {
            return Err(self.unexpected("an expression"));
        };
        self.at += 1;
        let mut shape = Shape::Other;
        let mut path: Option<Vec<usize>> = None;
        match token.kind {
            Kind::Name => {
                let name = token.text(self.source);
                if matches!(name, "and" | "or" | "if" | "else" | "in" | "is" | "elif" | "not") {
                    self.at = first;
                    return Err(self.unexpected("an expression"));
                }
                if !is_constant(name) {
                    path = Some(vec![first]);
                }
            }
            Kind::Text => {
                self.text_token(first);
                while self.peek_kind() == Some(Kind::Text) {
                    self.text_token(self.at);
                    self.at += 1;
                }
            }
            Kind::Int => {
                shape = Shape::Number;
                self.int_token(first);
            }
            Kind::Float => shape = Shape::Number,
            _ if token.is("(") => self.parenthesised()?,
            _ if token.is("[") => {
                self.items("]")?;
                self.patches.wrap(first, self.at - 1, "__nx_l(", ")");
            }
            _ if token.is("{") => {
                self.pairs()?;
                self.patches.wrap(first, self.at - 1, "__nx_d(", ")");
            }
            _ => {
                self.at = first;
                return Err(self.unexpected("an expression"));
            }
        }
        self.postfix(first, shape, path)
    }

    fn parenthesised(&mut self) -> Step {
        if self.skip(")") {
            return Ok(());
        }
        self.expression()?;
        while self.skip(",") {
            if self.peek_is(")") {
                break;
            }
            self.expression()?;
        }
        self.expect(")")
    }

    fn items(&mut self, close: &str) -> Step {
        while !self.peek_is(close) {
            self.expression()?;
            if !self.skip(",") {
                break;
            }
        }
        self.expect(close)
    }

    fn pairs(&mut self) -> Step {
        while !self.peek_is("}") {
            self.expression()?;
            self.expect(":")?;
            self.expression()?;
            if !self.skip(",") {
                break;
            }
        }
        self.expect("}")
    }

    fn postfix(&mut self, first: usize, mut shape: Shape, mut path: Option<Vec<usize>>) -> Step<Operand> {
        loop {
            if self.skip(".") {
                match self.peek_kind() {
                    Some(Kind::Name) => {
                        if let Some(path) = &mut path {
                            path.push(self.at);
                        }
                    }
                    Some(Kind::Int) => self.note_name(path.take()),
                    _ => return Err(self.unexpected("an attribute")),
                }
                self.at += 1;
                shape = Shape::Other;
            } else if self.peek_is("[") {
                self.note_name(path.take());
                self.subscript(first)?;
                shape = Shape::Other;
            } else if self.peek_is("(") {
                let args = self.arguments()?;
                self.facts.calls.push(Call {
                    first,
                    last: self.at - 1,
                    path: path.take().unwrap_or_default(),
                    args,
                    conditional: self.conditional > 0,
                    looped: self.looped > 0,
                    defining: self.defining > 0,
                });
                shape = Shape::Call;
            } else {
                break;
            }
        }
        self.note_name(path);
        Ok(Operand { first, shape })
    }

    /// Notes a name that is used without being called.
    fn note_name(&mut self, path: Option<Vec<usize>>) {
        if let Some(path) = path {
            self.facts.names.push(path);
        }
    }

    fn subscript(&mut self, first: usize) -> Step {
        let open = self.at;
        self.at += 1;
        let mut parts: [bool; 3] = [false; 3];
        let mut colons = Vec::new();
        if !self.peek_is(":") {
            self.expression()?;
            parts[0] = true;
            if self.peek_is(",") {
                return Err(self.unexpected("`]`"));
            }
        }
        while self.peek_is(":") && colons.len() < 2 {
            colons.push(self.at);
            self.at += 1;
            if !self.peek_is(":") && !self.peek_is("]") {
                self.expression()?;
                parts[colons.len()] = true;
            }
        }
        let close = self.at;
        self.expect("]")?;
        if colons.is_empty() {
            return Ok(());
        }
        self.patches.prefix(first, "__nx_slice(");
        self.patches.replace(open, if parts[0] { "," } else { ",none" });
        for (i, colon) in colons.iter().enumerate() {
            self.patches
                .replace(*colon, if parts[i + 1] { "," } else { ",none" });
        }
        self.patches.replace(close, ")");
        Ok(())
    }

    fn arguments(&mut self) -> Step<Vec<Arg>> {
        self.expect("(")?;
        let mut args = Vec::new();
        while !self.peek_is(")") {
            let mut arg = Arg::default();
            if self.skip("*") || self.skip("**") {
                arg.splat = true;
            } else if self.peek_kind() == Some(Kind::Name)
                && self.tokens.get(self.at + 1).is_some_and(|t| t.is("="))
            {
                arg.name = Some(self.at);
                self.at += 2;
            } else if args.iter().any(|a: &Arg| a.name.is_some()) {
                return Err(self.unexpected("a keyword argument"));
            }
            arg.first = self.at;
            self.expression()?;
            arg.end = self.at;
            args.push(arg);
            if !self.skip(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok(args)
    }

    fn filters_after(&mut self, operand: Operand) -> Step<Operand> {
        let before = self.at;
        self.filters()?;
        let shape = if self.at == before {
            operand.shape
        } else {
            Shape::Other
        };
        Ok(Operand {
            first: operand.first,
            shape,
        })
    }

    /// Reads filters and tests that follow a value.
    fn filters(&mut self) -> Step {
        loop {
            if self.skip("|") {
                self.filter_name()?;
            } else if self.peek_name() == Some("is") {
                self.at += 1;
                if self.peek_name() == Some("not") {
                    self.at += 1;
                }
                self.dotted("a test")?;
                if self.peek_is("(") {
                    self.arguments()?;
                } else if self.starts_operand() {
                    self.signed()?;
                }
            } else {
                return Ok(());
            }
        }
    }

    fn filter_name(&mut self) -> Step {
        self.dotted("a filter")?;
        if self.peek_is("(") {
            self.arguments()?;
        }
        Ok(())
    }

    fn dotted(&mut self, what: &str) -> Step {
        self.expect_name(what)?;
        while self.skip(".") {
            self.expect_name(what)?;
        }
        Ok(())
    }

    /// Says whether the next token begins a test's argument written without parentheses.
    fn starts_operand(&self) -> bool {
        match self.peek_kind() {
            Some(Kind::Name) => !matches!(
                self.peek_name(),
                Some("and" | "or" | "else" | "is" | "if" | "in" | "not")
            ),
            Some(Kind::Text | Kind::Int | Kind::Float) => true,
            _ => self.peek_is("[") || self.peek_is("{"),
        }
    }

    /// Writes a string with escapes as Python reads it.
    fn text_token(&mut self, at: usize) {
        let text = self.tokens[at].text(self.source);
        if text.contains('\\') {
            let value = super::escape::unescape(&text[1..text.len() - 1]);
            self.patches.replace(at, &super::escape::quote(&value));
        }
    }

    /// Writes an integer that is too large as a call.
    fn int_token(&mut self, at: usize) {
        let text = self.tokens[at].text(self.source);
        if text.len() > 37 && text.bytes().all(|b| b.is_ascii_digit()) {
            let call = format!("__nx_int('{text}')");
            self.patches.replace(at, &call);
        }
    }

    fn guard<T>(&mut self, next: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.fault_at(
                self.at.min(self.tokens.len() - 1),
                "an expression is nested too deeply",
            ));
        }
        let result = next(self);
        self.depth -= 1;
        result
    }

    fn peek_kind(&self) -> Option<Kind> {
        self.tokens.get(self.at).map(|t| t.kind)
    }

    fn name_at(&self, at: usize) -> Option<&'a str> {
        let token = self.tokens.get(at)?;
        (token.kind == Kind::Name).then(|| token.text(self.source))
    }

    fn peek_name(&self) -> Option<&'a str> {
        self.name_at(self.at)
    }

    fn peek_is(&self, op: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|t| t.is(op))
    }

    fn skip(&mut self, op: &str) -> bool {
        let found = self.peek_is(op);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, op: &str) -> Step {
        if self.skip(op) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{op}`")))
    }

    fn expect_kind(&mut self, kind: Kind, what: &str) -> Step {
        if self.peek_kind() == Some(kind) {
            self.at += 1;
            return Ok(());
        }
        Err(self.unexpected(what))
    }

    fn expect_name(&mut self, what: &str) -> Step<&'a str> {
        match self.peek_name() {
            Some(name) => {
                self.at += 1;
                Ok(name)
            }
            None => Err(self.unexpected(what)),
        }
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        match self.tokens.get(self.at) {
            Some(token) => Fault::new(
                format!("unexpected `{}`, expected {wanted}", token.text(self.source)),
                token.start,
                token.end,
            ),
            None => {
                let end = super::tokens::offset(self.source.len());
                Fault::new(
                    format!("unexpected end of the template, expected {wanted}"),
                    end,
                    end,
                )
            }
        }
    }

    fn fault_at(&self, at: usize, message: impl Into<String>) -> Fault {
        let token = self.tokens[at];
        Fault::new(message, token.start, token.end)
    }
}

pub(crate) fn is_constant(name: &str) -> bool {
    matches!(name, "true" | "True" | "false" | "False" | "none" | "None")
}
