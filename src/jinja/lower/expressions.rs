//! Expressions, from the loosest binding to the tightest, as in Jinja2: their syntax, and the edits that give them
//! Python's meaning.

use super::facts::{Arg, Call};
use super::tokens::Kind;
use super::walk::{Operand, Shape, Step, Walker};
use crate::jinja::values::may_be_method;

impl Walker<'_> {
    pub fn expression(&mut self) -> Step<Operand> {
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

    pub fn or(&mut self) -> Step<Operand> {
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
        let mut single: Option<(usize, &str)> = None;
        let mut count = 0;
        while let Some((function, words)) = self.comparison() {
            single = Some((self.at, function));
            count += 1;
            self.at += words;
            self.sum()?;
            operand.shape = Shape::Other;
        }
        // A chain of comparisons stays as it is, and so does what compares a text: both mean the same as in Python.
        if let Some((operator, function)) = single
            && count == 1
        {
            let negated = usize::from(function == "__nx_notin(");
            let is_text =
                |first: usize, end: usize| end == first + 1 && self.tokens[first].kind == Kind::Text;
            let plain = is_text(operand.first, operator) || is_text(operator + 1 + negated, self.at);
            if !plain {
                self.patches.replace(operator, ",");
                if negated == 1 {
                    self.patches.erase(operator + 1);
                }
                self.patches.wrap(operand.first, self.at - 1, function, ")");
                operand.shape = Shape::Call;
            }
        }
        Ok(operand)
    }

    /// Returns the function that the comparison at this place becomes, and the number of its tokens.
    fn comparison(&self) -> Option<(&'static str, usize)> {
        const SIGNS: [(&str, &str); 6] = [
            ("==", "__nx_eq("),
            ("!=", "__nx_ne("),
            ("<", "__nx_lt("),
            ("<=", "__nx_le("),
            (">", "__nx_gt("),
            (">=", "__nx_ge("),
        ];
        let token = self.tokens.get(self.at)?;
        if let Some((_, function)) = SIGNS.iter().find(|(sign, _)| token.is(sign)) {
            return Some((function, 1));
        }
        match (self.peek_name(), self.name_at(self.at + 1)) {
            (Some("in"), _) => Some(("__nx_in(", 1)),
            (Some("not"), Some("in")) => Some(("__nx_notin(", 2)),
            _ => None,
        }
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
                self.attribute(first);
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

    /// Asks for an attribute that may be a method, where it is not called: `record.items`.
    fn attribute(&mut self, first: usize) {
        let at = self.at - 1;
        let name = match self.name_at(at) {
            Some(name) if !self.peek_is("(") && may_be_method(name) => name,
            _ => return,
        };
        self.patches.prefix(first, "__nx_attr(");
        self.patches.replace(at - 1, ",");
        self.patches.replace(at, &format!("'{name}')"));
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
            let first = self.at;
            self.expression()?;
            parts[0] = true;
            if self.peek_is(",") {
                while self.skip(",") && !self.peek_is("]") {
                    self.expression()?;
                }
                self.patches.wrap(first, self.at - 1, "(", ")");
                return self.expect("]");
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
    pub fn filters(&mut self) -> Step {
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

    pub fn filter_name(&mut self) -> Step {
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
}

fn is_constant(name: &str) -> bool {
    matches!(name, "true" | "True" | "false" | "False" | "none" | "None")
}
