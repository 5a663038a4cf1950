//! Python's `decimal.Decimal` in its default context: 28 digits, rounded half to even.

use std::any::Any;
use std::cmp::Ordering;

use minijinja::{Error, ErrorKind, State, Value};
use num_bigint::BigInt;

use super::operators::Operator;
use super::{Number, error, float, int_value, number, tuple};
use crate::jinja::args::Args;
use crate::jinja::values::{Opaque, PyObject};

/// The digits that a result keeps.
const PRECISION: usize = 28;
/// A summand that is further below the other than this does not show in the result.
const SHIFT_MAX: i32 = 4_000;
const POWER_MAX: u32 = 10_000;

/// A finite decimal number: `units * 10 ^ exponent`. Its trailing zeros count for printing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal {
    units: i128,
    exponent: i32,
}

impl Decimal {
    pub fn new(units: i128, exponent: i32) -> Self {
        Self { units, exponent }
    }

    pub fn value(self) -> Value {
        PyObject::value(self)
    }

    /// `Decimal(repr(f))`; none where it is not finite.
    pub fn of_float(f: f64) -> Option<Self> {
        f.is_finite().then(|| Self::parse(&float(f))).flatten()
    }

    /// Reads a decimal number as `Decimal(text)` does.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replace('_', "");
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => (&*text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if !digits.bytes().any(|b| b.is_ascii_digit()) || fraction.starts_with(['+', '-']) {
            return None;
        }
        Some(Self {
            units: digits.parse().ok()?,
            exponent: exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?,
        })
    }

    /// Keeps at most 28 digits of a number that has any length.
    fn rounded(units: BigInt, exponent: i32) -> Result<Self, Error> {
        let length = digits(&units);
        let (units, exponent) = if length > PRECISION {
            let cut = length - PRECISION;
            let mut kept = divide_half_even(&units, &ten(cut));
            let mut exponent = exponent.saturating_add(i32::try_from(cut).unwrap_or(i32::MAX));
            if digits(&kept) > PRECISION {
                kept /= 10;
                exponent = exponent.saturating_add(1);
            }
            (kept, exponent)
        } else {
            (units, exponent)
        };
        let units = i128::try_from(units).map_err(|_| error("a decimal number is too large"))?;
        Ok(Self { units, exponent })
    }

    pub fn is_zero(self) -> bool {
        self.units == 0
    }

    pub fn is_negative(self) -> bool {
        self.units < 0
    }

    pub fn abs(self) -> Self {
        Self {
            units: self.units.saturating_abs(),
            ..self
        }
    }

    pub fn negated(self) -> Self {
        Self {
            units: self.units.saturating_neg(),
            ..self
        }
    }

    /// Moves the point to the right.
    pub fn shifted(self, places: i32) -> Self {
        Self {
            exponent: self.exponent.saturating_add(places),
            ..self
        }
    }

    pub fn float(self) -> f64 {
        format!("{}e{}", self.units, self.exponent)
            .parse()
            .unwrap_or(f64::NAN)
    }

    /// `int(d)`: the fraction is cut off.
    pub fn truncated(self) -> Option<i128> {
        if self.exponent >= 0 {
            let power = 10i128.checked_pow(u32::try_from(self.exponent).ok()?)?;
            return self.units.checked_mul(power);
        }
        match 10i128.checked_pow(self.exponent.unsigned_abs()) {
            Some(power) => Some(self.units / power),
            None => Some(0),
        }
    }

    /// Returns the nearest whole number in one direction.
    pub fn whole(self, up: bool) -> Option<i128> {
        let cut = self.truncated()?;
        let left = self.compare(Number::Int(cut));
        Some(match (up, left) {
            (true, Ordering::Greater) => cut + 1,
            (false, Ordering::Less) => cut - 1,
            _ => cut,
        })
    }

    /// `round(d, places)`, half to even.
    pub fn round(self, places: i32) -> Result<Self, Error> {
        self.quantized(-places)
    }

    /// Gives the number this exponent: rounded half to even, or with zeros.
    pub fn quantized(self, exponent: i32) -> Result<Self, Error> {
        let shift = i64::from(self.exponent) - i64::from(exponent);
        let units = if shift >= 0 {
            let shift = usize::try_from(shift).unwrap_or(usize::MAX);
            if self.units != 0 && shift > 60 {
                return Err(error("a decimal number is too long to be rounded so"));
            }
            BigInt::from(self.units) * ten(shift.min(60))
        } else {
            let shift = usize::try_from(-shift)
                .unwrap_or(usize::MAX)
                .min(SHIFT_MAX as usize);
            divide_half_even(&BigInt::from(self.units), &ten(shift))
        };
        let units =
            i128::try_from(units).map_err(|_| error("a decimal number is too long to be rounded so"))?;
        Ok(Self { units, exponent })
    }

    /// `d.normalize()`: without trailing zeros.
    pub fn normalized(self) -> Self {
        if self.units == 0 {
            return Self {
                units: 0,
                exponent: 0,
            };
        }
        let Self {
            mut units,
            mut exponent,
        } = self;
        while units % 10 == 0 {
            units /= 10;
            exponent += 1;
        }
        Self { units, exponent }
    }

    /// Returns the power of ten that the last digit counts.
    pub fn exponent(self) -> i32 {
        self.exponent
    }

    /// Returns how many digits stand before the point; negative where zeros follow it.
    pub fn magnitude(self) -> i32 {
        let normal = self.normalized();
        normal.exponent.saturating_add(length_of(normal.units))
    }

    /// Returns how many decimal places the number needs.
    pub fn places(self) -> usize {
        usize::try_from(-self.normalized().exponent).unwrap_or(0)
    }

    pub fn compare(self, other: Number) -> Ordering {
        match other {
            Number::Decimal(other) => self.ordering(other),
            Number::Int(i) => self.ordering(Self::new(i, 0)),
            Number::Float(f) => {
                // Exactly: a float is a whole number of powers of two.
                let near = self.float().partial_cmp(&f).unwrap_or(Ordering::Less);
                if near != Ordering::Equal || !f.is_finite() {
                    return near;
                }
                Self::parse(&format!("{f:.28}")).map_or(near, |exact| self.ordering(exact))
            }
        }
    }

    fn ordering(self, other: Self) -> Ordering {
        let sign = |d: Self| d.units.signum();
        if sign(self) != sign(other) || self.units == 0 {
            return sign(self).cmp(&sign(other));
        }
        // With equal signs, the place of the first digit decides before the digits do.
        let magnitude = |d: Self| d.exponent.saturating_add(length_of(d.units));
        let by_size = magnitude(self).cmp(&magnitude(other));
        if by_size != Ordering::Equal {
            return if self.units < 0 {
                by_size.reverse()
            } else {
                by_size
            };
        }
        let (a, b, _) = aligned(self, other);
        a.cmp(&b)
    }

    /// Writes the digits without an exponent, with at least `places` decimal places kept as they are.
    pub fn plain(self) -> String {
        let digits = self.units.unsigned_abs().to_string();
        let sign = if self.units < 0 { "-" } else { "" };
        if self.exponent >= 0 {
            let zeros = usize::try_from(self.exponent).unwrap_or(0).min(4_000);
            let zeros = if self.units == 0 { 0 } else { zeros };
            return format!("{sign}{digits}{}", "0".repeat(zeros));
        }
        let places = usize::try_from(-self.exponent).unwrap_or(0);
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places);
        format!("{sign}{whole}.{fraction}")
    }
}

/// Returns the digits of a number as `str(Decimal)` does: an exponent where the point is far away.
impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let adjusted = self.exponent.saturating_add(length_of(self.units)) - 1;
        if self.exponent <= 0 && adjusted >= -6 {
            return f.write_str(&self.plain());
        }
        let digits = self.units.unsigned_abs().to_string();
        let sign = if self.units < 0 { "-" } else { "" };
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        write!(f, "{sign}{first}{point}{rest}E{adjusted:+}")
    }
}

fn length_of(units: i128) -> i32 {
    i32::try_from(units.unsigned_abs().to_string().len()).unwrap_or(i32::MAX)
}

fn digits(units: &BigInt) -> usize {
    units.magnitude().to_string().len()
}

fn ten(power: usize) -> BigInt {
    BigInt::from(10).pow(u32::try_from(power).unwrap_or(0))
}

fn divide_half_even(units: &BigInt, by: &BigInt) -> BigInt {
    let (quotient, rest) = (units / by, units % by);
    let twice: BigInt = BigInt::from(rest.magnitude().clone()) * 2;
    let up = match twice.cmp(by) {
        Ordering::Greater => true,
        Ordering::Less => false,
        Ordering::Equal => &quotient % 2 != BigInt::from(0),
    };
    let negative = units.sign() == num_bigint::Sign::Minus;
    match (up, negative) {
        (false, _) => quotient,
        (true, false) => quotient + 1,
        (true, true) => quotient - 1,
    }
}

/// Writes two numbers with one exponent.
fn aligned(a: Decimal, b: Decimal) -> (BigInt, BigInt, i32) {
    let exponent = a.exponent.min(b.exponent);
    let scaled = |d: Decimal| {
        let shift = d.exponent.saturating_sub(exponent).min(SHIFT_MAX);
        BigInt::from(d.units) * ten(usize::try_from(shift).unwrap_or(0))
    };
    (scaled(a), scaled(b), exponent)
}

/// Returns the decimal of an operand; none for a float, which Python does not mix with decimals.
fn operand(n: Number) -> Option<Decimal> {
    match n {
        Number::Decimal(d) => Some(d),
        Number::Int(i) => Some(Decimal::new(i, 0)),
        Number::Float(_) => None,
    }
}

/// Applies an operator of which at least one operand is a decimal; none where the other is a float.
pub(crate) fn arithmetic(operator: Operator, a: Number, b: Number) -> Option<Result<Value, Error>> {
    let (a, b) = (operand(a)?, operand(b)?);
    Some(apply(operator, a, b).map(Decimal::value))
}

fn apply(operator: Operator, a: Decimal, b: Decimal) -> Result<Decimal, Error> {
    match operator {
        Operator::Add | Operator::Sub => {
            let b = if operator == Operator::Sub { b.negated() } else { b };
            let (x, y, exponent) = aligned(a, b);
            Decimal::rounded(x + y, exponent)
        }
        Operator::Mul => Decimal::rounded(
            BigInt::from(a.units) * BigInt::from(b.units),
            a.exponent.saturating_add(b.exponent),
        ),
        Operator::Div => divide(a, b),
        Operator::FloorDiv | Operator::Mod => {
            if b.is_zero() {
                return Err(error("division by zero"));
            }
            // Unlike with Python's integers, the quotient is cut towards zero.
            let (x, y, exponent) = aligned(a, b);
            if operator == Operator::FloorDiv {
                Decimal::rounded(x / y, 0)
            } else {
                Decimal::rounded(x % y, exponent)
            }
        }
        Operator::Pow => power(a, b),
    }
}

fn divide(a: Decimal, b: Decimal) -> Result<Decimal, Error> {
    if b.is_zero() {
        return Err(error("division by zero"));
    }
    let ideal = a.exponent.saturating_sub(b.exponent);
    if a.is_zero() {
        return Ok(Decimal::new(0, ideal));
    }
    // One digit more than is kept, and one that says whether anything is left.
    let spare = PRECISION + 1 + usize::try_from(length_of(b.units)).unwrap_or(0);
    let shift = spare.saturating_sub(usize::try_from(length_of(a.units)).unwrap_or(0)) + 1;
    let scaled = BigInt::from(a.units) * ten(shift);
    let divisor = BigInt::from(b.units);
    let (mut quotient, rest) = (&scaled / &divisor, &scaled % &divisor);
    let mut exponent = ideal.saturating_sub(i32::try_from(shift).unwrap_or(i32::MAX));
    let zero = BigInt::from(0);
    if rest == zero {
        while exponent < ideal && &quotient % 10 == zero {
            quotient /= 10;
            exponent += 1;
        }
        return Decimal::rounded(quotient, exponent);
    }
    let negative = (a.units < 0) != (b.units < 0);
    quotient = quotient * 10 + if negative { -1 } else { 1 };
    Decimal::rounded(quotient, exponent.saturating_sub(1))
}

fn power(a: Decimal, b: Decimal) -> Result<Decimal, Error> {
    let whole = b.normalized();
    let exponent = whole.truncated().filter(|_| whole.exponent >= 0);
    let size = exponent.and_then(|e| u32::try_from(e.unsigned_abs()).ok());
    if let (Some(exponent), Some(size)) = (exponent, size.filter(|s| *s <= POWER_MAX)) {
        let units = BigInt::from(a.units).pow(size);
        let scale = i32::try_from(size)
            .ok()
            .and_then(|s| a.exponent.checked_mul(s))
            .ok_or_else(|| error("a decimal number is too large"))?;
        if exponent >= 0 {
            return Decimal::rounded(units, scale);
        }
        return divide(Decimal::new(1, 0), Decimal::rounded(units, scale)?);
    }
    Decimal::of_float(a.float().powf(b.float())).ok_or_else(|| error("a decimal number is too large"))
}

impl Opaque for Decimal {
    fn text(&self) -> String {
        self.to_string()
    }

    fn repr(&self) -> String {
        format!("Decimal('{self}')")
    }

    fn class(&self) -> &'static str {
        "decimal.Decimal"
    }

    fn member(&self, name: &str) -> Option<Value> {
        match name {
            "real" => Some(self.value()),
            "imag" => Some(Self::new(0, 0).value()),
            _ => None,
        }
    }

    fn method(&self, _state: &mut State, name: &str, args: &[Value]) -> Result<Value, Error> {
        let args = Args::new(args)?;
        let other = |value: &Value| {
            number(value)
                .and_then(operand)
                .ok_or_else(|| error(format!("Decimal.{name}() needs a decimal number")))
        };
        Ok(match name {
            "normalize" => self.normalized().value(),
            "copy_abs" => self.abs().value(),
            "copy_negate" => self.negated().value(),
            "is_nan" | "is_infinite" | "is_snan" | "is_qnan" => Value::from(false),
            "is_finite" => Value::from(true),
            "is_zero" => Value::from(self.is_zero()),
            "is_signed" => Value::from(self.is_negative()),
            "adjusted" => Value::from(self.exponent.saturating_add(length_of(self.units)) - 1),
            "to_integral_value" | "to_integral" if self.exponent < 0 => self.quantized(0)?.value(),
            "to_integral_value" | "to_integral" | "conjugate" | "canonical" => self.value(),
            "quantize" => {
                let [exp, ..] = args.required(name, ["exp", "rounding"], 1)?;
                self.quantized(other(&exp.unwrap_or_default())?.exponent)?.value()
            }
            "compare" => {
                let [with] = args.exactly(name, ["other"])?;
                let order = self.ordering(other(&with)?);
                Self::new(order as i128, 0).value()
            }
            "max" | "min" => {
                let [with] = args.exactly(name, ["other"])?;
                let with = other(&with)?;
                let larger = self.ordering(with).is_ge();
                (if larger == (name == "max") { *self } else { with }).value()
            }
            "as_tuple" => {
                let shown = self.units.unsigned_abs().to_string();
                let digits = shown.bytes().map(|b| Value::from(i64::from(b - b'0')));
                tuple(vec![
                    Value::from(i64::from(self.is_negative())),
                    tuple(digits.collect()),
                    Value::from(self.exponent),
                ])
            }
            "as_integer_ratio" => {
                let plain = self.normalized();
                if plain.exponent < 0 {
                    return Err(Error::from(ErrorKind::UnknownMethod));
                }
                tuple(vec![int_value(plain.truncated().unwrap_or(0)), Value::from(1)])
            }
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        })
    }

    fn order(&self, other: &dyn Opaque) -> Option<Ordering> {
        other
            .as_any()
            .downcast_ref::<Self>()
            .map(|other| self.ordering(*other))
    }

    fn truth(&self) -> bool {
        !self.is_zero()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(operator: Operator, a: &str, b: &str) -> String {
        apply(operator, Decimal::parse(a).unwrap(), Decimal::parse(b).unwrap())
            .unwrap()
            .to_string()
    }

    #[test]
    fn results_are_those_of_python() {
        let cases = [
            (Operator::Add, "1.10", "2", "3.10"),
            (Operator::Sub, "1.1", "1.10", "0.00"),
            (Operator::Mul, "1.20", "3.0", "3.600"),
            (Operator::Div, "1", "3", "0.3333333333333333333333333333"),
            (Operator::Div, "2", "3", "0.6666666666666666666666666667"),
            (Operator::Div, "10", "4", "2.5"),
            (Operator::Div, "1.00", "1", "1.00"),
            (Operator::Div, "-7", "2", "-3.5"),
            (Operator::FloorDiv, "-7", "2", "-3"),
            (Operator::Mod, "-7", "2", "-1"),
            (Operator::Pow, "1.1", "3", "1.331"),
            (Operator::Pow, "2", "-1", "0.5"),
            (Operator::Add, "1e20", "1e-20", "100000000000000000000.0000000"),
        ];
        for (operator, a, b, wanted) in cases {
            assert_eq!(run(operator, a, b), wanted, "{a} {operator:?} {b}");
        }
    }

    #[test]
    fn text_has_an_exponent_where_python_writes_one() {
        let cases = ["1E+20", "0.000001", "1E-7", "12.50", "-0.5", "1.5E+3"];
        for text in cases {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Decimal::of_float(1e20).unwrap().to_string(), "1E+20");
        assert_eq!(Decimal::of_float(0.1).unwrap().to_string(), "0.1");
    }

    #[test]
    fn comparison_is_exact() {
        let d = |t: &str| Decimal::parse(t).unwrap();
        assert_eq!(d("0.1").compare(Number::Float(0.1)), Ordering::Less);
        assert_eq!(d("0.5").compare(Number::Float(0.5)), Ordering::Equal);
        assert_eq!(d("1.0").compare(Number::Int(1)), Ordering::Equal);
        assert_eq!(d("-2").compare(Number::Decimal(d("-1.99"))), Ordering::Less);
        assert_eq!(
            d("1e300").compare(Number::Decimal(d("1e-300"))),
            Ordering::Greater
        );
    }
}
