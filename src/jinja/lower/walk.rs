//! One walk over the tokens of a template: checks its syntax, notes what it calls, and writes the edits that turn
//! Python's meaning into calls of the engine.

use super::facts::{Facts, Param, Signature};
use super::loops::Loop;
use super::patch::Patches;
use super::tokens::{Fault, Kind, Token};

const DEPTH_MAX: usize = 120;
/// Blocks may nest so deep, as in dbt.
const BLOCKS_MAX: usize = 98;
/// Loops may nest so deep, as in dbt: Python has a limit.
const LOOPS_MAX: usize = 20;

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
        sets: 0,
        blocks: Vec::new(),
        facts: Facts::default(),
        patches: Patches::new(tokens.len()),
    };
    walker.template()?;
    Ok((walker.facts, walker.patches))
}

/// A block that waits for its closing tag.
pub(super) struct Open {
    pub keyword: usize,
    name: String,
    /// The end of its tag, where the block's inside must be a scope of its own.
    scope: Option<usize>,
    /// Assignments before it.
    sets: usize,
    /// The tags that its end closes besides its own.
    pub extra: &'static str,
    /// A loop's parts.
    pub of_loop: Loop,
    conditional: usize,
    looped: usize,
    defining: usize,
}

/// What an operand is, as far as edits depend on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Number,
    Call,
    Other,
}

pub(super) struct Operand {
    pub first: usize,
    pub shape: Shape,
}

pub(super) struct Walker<'a> {
    pub source: &'a str,
    pub tokens: &'a [Token],
    pub at: usize,
    pub depth: usize,
    pub conditional: usize,
    pub looped: usize,
    pub defining: usize,
    /// Assignments so far.
    sets: usize,
    pub blocks: Vec<Open>,
    pub facts: Facts,
    pub patches: Patches,
}

pub(super) type Step<T = ()> = Result<T, Fault>;

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
                if let Some(open) = self.blocks.last_mut() {
                    open.of_loop.otherwise = Some(keyword);
                }
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
                self.scope();
            }
            "with" => self.with(keyword)?,
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
        if self.blocks.len() > BLOCKS_MAX {
            let message = format!("blocks are nested more than {BLOCKS_MAX} deep");
            return Err(self
                .fault_at(keyword, message)
                .hint("Move the inner ones to a macro."));
        }
        let loops = self.blocks.iter().filter(|open| open.name == "for").count();
        if loops > LOOPS_MAX {
            let message = format!("loops are nested more than {LOOPS_MAX} deep");
            return Err(self
                .fault_at(keyword, message)
                .hint("Move the inner ones to a macro."));
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
            scope: None,
            sets: self.sets,
            extra: "",
            of_loop: Loop::default(),
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
        if wanted == "for" {
            self.close_loop(keyword, &open);
        }
        if let Some(end) = open.scope.filter(|_| self.sets > open.sets) {
            self.patches.prefix(end, "%}{%with ");
            self.patches.replace(keyword, &format!("endwith%}}{{%{name}"));
        }
        if !open.extra.is_empty() {
            self.patches.replace(keyword, &format!("{}{name}", open.extra));
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
        let mut parts = Loop {
            items: (first, self.at - 1),
            ..Loop::default()
        };
        if self.peek_name() == Some("if") {
            parts.filter = Some(self.at);
            self.at += 1;
            certain = false;
            self.conditional += 1;
            self.expression()?;
            self.conditional -= 1;
        }
        if self.peek_name() == Some("recursive") {
            self.at += 1;
            parts.recursive = true;
        }
        parts.body = self.at;
        if let Some(open) = self.blocks.last_mut() {
            open.of_loop = parts;
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
        self.sets += 1;
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
        self.scope();
        Ok(())
    }

    /// Notes that the block which was opened last makes a scope, at the end of its tag.
    fn scope(&mut self) {
        let end = self.at;
        if let Some(open) = self.blocks.last_mut() {
            open.scope = Some(end);
        }
    }

    /// Reads `with a = …, b = …`: the values do not see the names that are given with them.
    fn with(&mut self, keyword: usize) -> Step {
        self.open(keyword, "with");
        let mut names = Vec::new();
        let mut plain = true;
        while self.peek_kind() != Some(Kind::BlockEnd) {
            names.push(self.at);
            self.targets()?;
            plain = plain && names.last().is_some_and(|first| first + 1 == self.at);
            self.expect("=")?;
            self.expression()?;
            if !self.skip(",") {
                break;
            }
        }
        if plain && names.len() > 1 && self.peek_kind() == Some(Kind::BlockEnd) {
            let mut second = String::from("%}{%with ");
            for (i, token) in names.iter().enumerate() {
                let name = self.tokens[*token].text(self.source);
                second.push_str(&format!("{name} = nx_with_{i}, "));
                self.patches.replace(*token, &format!("nx_with_{i}"));
            }
            self.patches.prefix(self.at, second.trim_end_matches(", "));
            if let Some(open) = self.blocks.last_mut() {
                open.extra = "endwith%}{%";
            }
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

    pub fn guard<T>(&mut self, next: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
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

    pub fn peek_kind(&self) -> Option<Kind> {
        self.tokens.get(self.at).map(|t| t.kind)
    }

    pub fn name_at(&self, at: usize) -> Option<&'a str> {
        let token = self.tokens.get(at)?;
        (token.kind == Kind::Name).then(|| token.text(self.source))
    }

    pub fn peek_name(&self) -> Option<&'a str> {
        self.name_at(self.at)
    }

    pub fn peek_is(&self, op: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|t| t.is(op))
    }

    pub fn skip(&mut self, op: &str) -> bool {
        let found = self.peek_is(op);
        self.at += usize::from(found);
        found
    }

    pub fn expect(&mut self, op: &str) -> Step {
        if self.skip(op) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{op}`")))
    }

    pub fn expect_kind(&mut self, kind: Kind, what: &str) -> Step {
        if self.peek_kind() == Some(kind) {
            self.at += 1;
            return Ok(());
        }
        Err(self.unexpected(what))
    }

    pub fn expect_name(&mut self, what: &str) -> Step<&'a str> {
        match self.peek_name() {
            Some(name) => {
                self.at += 1;
                Ok(name)
            }
            None => Err(self.unexpected(what)),
        }
    }

    pub fn unexpected(&self, wanted: &str) -> Fault {
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

    pub fn fault_at(&self, at: usize, message: impl Into<String>) -> Fault {
        let token = self.tokens[at];
        Fault::new(message, token.start, token.end)
    }
}
