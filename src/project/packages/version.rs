//! Versions and ranges of packages of the hub, by dbt's rules: they differ from Cargo's and npm's, so they are ours.

use std::cmp::Ordering;
use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

/// How a version is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Matcher {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Exact,
}

/// One condition, such as `>=1.0.0`; without a sign the version itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::project) struct Specifier {
    matcher: Matcher,
    major: u64,
    minor: u64,
    patch: u64,
    prerelease: Option<String>,
    build: Option<String>,
}

/// The versions between two conditions; none is no bound.
#[derive(Debug, Clone)]
pub(super) struct Range {
    start: Option<Specifier>,
    end: Option<Specifier>,
}

/// No version can fulfil all conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Incompatible;

// dbt takes a pre-release without its dash too: `1.0.0rc1`.
static VERSION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let tag = r"(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)";
    let number = r"(0|[1-9]\d*)";
    Regex::new(&format!(
        r"^(>=|>|<=|<|=)?{number}\.{number}\.{number}(?:-?({tag}(?:\.{tag})*))?(?:\+([0-9A-Za-z-]*(?:\.[0-9A-Za-z-]*)*))?$"
    ))
    .ok()
});

impl Specifier {
    /// Reads a condition; none where it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let found = VERSION.as_ref()?.captures(text)?;
        let number = |i: usize| found.get(i)?.as_str().parse().ok();
        let text = |i: usize| Some(found.get(i)?.as_str().to_owned()).filter(|t| !t.is_empty());
        Some(Self {
            matcher: match found.get(1).map(|m| m.as_str()) {
                Some(">") => Matcher::Greater,
                Some(">=") => Matcher::GreaterOrEqual,
                Some("<") => Matcher::Less,
                Some("<=") => Matcher::LessOrEqual,
                _ => Matcher::Exact,
            },
            major: number(2)?,
            minor: number(3)?,
            patch: number(4)?,
            prerelease: text(5),
            build: text(6),
        })
    }

    pub fn is_prerelease(&self) -> bool {
        self.prerelease.is_some()
    }

    fn is_exact(&self) -> bool {
        self.matcher == Matcher::Exact
    }

    fn is_lower_bound(&self) -> bool {
        matches!(self.matcher, Matcher::Greater | Matcher::GreaterOrEqual)
    }

    fn is_upper_bound(&self) -> bool {
        matches!(self.matcher, Matcher::Less | Matcher::LessOrEqual)
    }

    fn to_range(&self) -> Range {
        let this = || Some(self.clone());
        match self.matcher {
            Matcher::Exact => Range {
                start: this(),
                end: this(),
            },
            Matcher::Greater | Matcher::GreaterOrEqual => Range {
                start: this(),
                end: None,
            },
            Matcher::Less | Matcher::LessOrEqual => Range {
                start: None,
                end: this(),
            },
        }
    }

    /// Orders two conditions by their versions, then by which lets less through.
    pub fn compare(&self, other: &Self) -> Ordering {
        let numbers = |v: &Self| (v.major, v.minor, v.patch);
        let by_number = numbers(self).cmp(&numbers(other));
        if by_number.is_ne() {
            return by_number;
        }
        match (&self.prerelease, &other.prerelease) {
            (None, None) => {}
            // An upper bound that is no pre-release keeps pre-releases of its own version out.
            (None, Some(_)) if self.matcher == Matcher::Less => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (Some(_), None) => return Ordering::Less,
            (Some(a), Some(b)) => {
                let by_tag = compare_tags(a, b);
                if by_tag.is_ne() {
                    return by_tag;
                }
            }
        }
        self.compare_matchers(other)
    }

    fn compare_matchers(&self, other: &Self) -> Ordering {
        use Matcher::{Greater, GreaterOrEqual, Less, LessOrEqual};
        match (self.matcher, other.matcher) {
            (GreaterOrEqual, LessOrEqual) | (LessOrEqual, GreaterOrEqual) => Ordering::Equal,
            (Less, LessOrEqual) | (GreaterOrEqual, Greater) => Ordering::Less,
            (LessOrEqual, Less) | (Greater, GreaterOrEqual) => Ordering::Greater,
            _ if self.is_upper_bound() && other.is_lower_bound() => Ordering::Less,
            _ if self.is_lower_bound() && other.is_upper_bound() => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }
}

impl fmt::Display for Specifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.matcher {
            Matcher::Greater => ">",
            Matcher::GreaterOrEqual => ">=",
            Matcher::Less => "<",
            Matcher::LessOrEqual => "<=",
            Matcher::Exact => "",
        };
        write!(f, "{sign}{}.{}.{}", self.major, self.minor, self.patch)?;
        if let Some(prerelease) = &self.prerelease {
            write!(f, "-{prerelease}")?;
        }
        match &self.build {
            Some(build) => write!(f, "+{build}"),
            None => Ok(()),
        }
    }
}

/// Orders pre-release tags: numbers by value and before words, as in SemVer.
fn compare_tags(a: &str, b: &str) -> Ordering {
    let is_number = |t: &str| !t.is_empty() && t.bytes().all(|c| c.is_ascii_digit());
    for (x, y) in a.split('.').zip(b.split('.')) {
        let order = match (is_number(x), is_number(y)) {
            (true, true) => {
                let strip = |t: &str| t.trim_start_matches('0').to_owned();
                let (x, y) = (strip(x), strip(y));
                x.len().cmp(&y.len()).then(x.cmp(&y))
            }
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => x.cmp(y),
        };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

fn with_exact(
    bound: &Specifier,
    exact: &Specifier,
    outside: Ordering,
    closed: Matcher,
) -> Result<Specifier, Incompatible> {
    let order = bound.compare(exact);
    if order == outside.reverse() || (order.is_eq() && bound.matcher == closed) {
        Ok(exact.clone())
    } else {
        Err(Incompatible)
    }
}

/// Joins two lower bounds (`outside` is greater) or two upper bounds (`outside` is less): the narrower one holds.
fn narrower(
    a: Option<&Specifier>,
    b: Option<&Specifier>,
    outside: Ordering,
    closed: Matcher,
) -> Result<Option<Specifier>, Incompatible> {
    let (Some(a), Some(b)) = (a, b) else {
        return Ok(a.or(b).cloned());
    };
    if a.is_exact() {
        with_exact(b, a, outside, closed).map(Some)
    } else if b.is_exact() {
        with_exact(a, b, outside, closed).map(Some)
    } else if a.compare(b) == outside.reverse() {
        Ok(Some(b.clone()))
    } else {
        Ok(Some(a.clone()))
    }
}

impl Range {
    /// Joins conditions into one range.
    ///
    /// # Errors
    /// Where no version can fulfil all of them.
    pub fn of(specifiers: &[&Specifier]) -> Result<Self, Incompatible> {
        let Some((last, rest)) = specifiers.split_last() else {
            return Ok(Self {
                start: None,
                end: None,
            });
        };
        rest.iter()
            .try_fold(last.to_range(), |range, s| range.and(&s.to_range()))
    }

    fn and(&self, other: &Self) -> Result<Self, Incompatible> {
        let exact = |r: &Self| r.start.as_ref().filter(|s| s.is_exact()).cloned();
        let joined = if let (Some(a), Some(b)) = (exact(self), exact(other)) {
            if a.compare(&b).is_ne() {
                return Err(Incompatible);
            }
            Self {
                start: Some(a.clone()),
                end: Some(a),
            }
        } else {
            Self {
                start: narrower(
                    self.start.as_ref(),
                    other.start.as_ref(),
                    Ordering::Greater,
                    Matcher::GreaterOrEqual,
                )?,
                end: narrower(
                    self.end.as_ref(),
                    other.end.as_ref(),
                    Ordering::Less,
                    Matcher::LessOrEqual,
                )?,
            }
        };
        match (&joined.start, &joined.end) {
            (Some(start), Some(end)) if start.compare(end).is_gt() => Err(Incompatible),
            _ => Ok(joined),
        }
    }

    fn contains(&self, version: &Specifier) -> bool {
        let all: Vec<&Specifier> = [Some(version), self.start.as_ref(), self.end.as_ref()]
            .into_iter()
            .flatten()
            .collect();
        Self::of(&all).is_ok()
    }

    /// Returns the greatest of the versions that is in the range.
    pub fn greatest<'a>(&self, versions: &'a [String]) -> Option<&'a str> {
        let mut best: Option<(Specifier, &str)> = None;
        for text in versions {
            let Some(version) = Specifier::parse(text) else {
                continue;
            };
            let is_greater = best.as_ref().is_none_or(|(b, _)| b.compare(&version).is_lt());
            if is_greater && self.contains(&version) {
                best = Some((version, text));
            }
        }
        best.map(|(_, text)| text)
    }
}

/// Returns the versions that may be installed, the least first: pre-releases only where they are asked for.
pub(super) fn installable(versions: &[String], with_prereleases: bool) -> Vec<String> {
    let mut found: Vec<(Specifier, &String)> = versions
        .iter()
        .filter_map(|text| Some((Specifier::parse(text)?, text)))
        .filter(|(version, _)| with_prereleases || !version.is_prerelease())
        .collect();
    found.sort_by(|(a, _), (b, _)| a.compare(b));
    found.into_iter().map(|(_, text)| text.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(conditions: &[&str]) -> Option<String> {
        let parsed: Vec<Specifier> = conditions.iter().map(|c| Specifier::parse(c).unwrap()).collect();
        let all: Vec<&Specifier> = parsed.iter().collect();
        let versions: Vec<String> = [
            "0.8.0",
            "1.0.0-rc1",
            "1.0.0",
            "1.1.0",
            "1.10.0",
            "1.9.0",
            "2.0.0-b1",
            "2.0.0",
        ]
        .map(str::to_owned)
        .to_vec();
        let with_prereleases = parsed.iter().any(Specifier::is_prerelease);
        let range = Range::of(&all).ok()?;
        range
            .greatest(&installable(&versions, with_prereleases))
            .map(str::to_owned)
    }

    // What dbt's `resolve_to_specific_version` gives for the same versions.
    #[test]
    fn versions_are_chosen_as_by_dbt() {
        let cases: [(&[&str], Option<&str>); 14] = [
            (&["1.1.0"], Some("1.1.0")),
            (&["=1.1.0"], Some("1.1.0")),
            (&[">=1.0.0", "<2.0.0"], Some("1.10.0")),
            (&[">1.9.0", "<=2.0.0"], Some("2.0.0")),
            (&["<1.0.0"], Some("0.8.0")),
            (&[">=1.0.0-rc1", "<1.0.0"], None),
            (&["1.0.0rc1"], Some("1.0.0-rc1")),
            (&[">=3.0.0"], None),
            (&["1.1.0", "1.9.0"], None),
            (&[">=1.0.0", "1.1.0"], Some("1.1.0")),
            (&[">1.1.0", "1.1.0"], None),
            (&["<=1.1.0", "1.1.0"], Some("1.1.0")),
            (&[">2.0.0", "<1.0.0"], None),
            (&[">=1.9.0", "<=1.9.0"], Some("1.9.0")),
        ];
        for (conditions, expected) in cases {
            assert_eq!(choose(conditions).as_deref(), expected, "{conditions:?}");
        }
        assert!(Specifier::parse("1.1").is_none());
        assert!(Specifier::parse(">=1.0.0,<2.0.0").is_none());
    }
}

/// What conditions come to for a version.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::project) enum Asked {
    /// The version fulfils them.
    This,
    /// Another version could.
    Another,
    /// No version can.
    Never,
    /// One of them is not a condition.
    Unreadable(String),
}

/// Says whether a version fulfils all conditions.
pub(in crate::project) fn asks_for(conditions: &[&str], version: &str) -> Asked {
    let mut all = Vec::new();
    for condition in conditions {
        match Specifier::parse(condition) {
            Some(specifier) => all.push(specifier),
            None => return Asked::Unreadable((*condition).to_owned()),
        }
    }
    if Range::of(&all.iter().collect::<Vec<_>>()).is_err() {
        return Asked::Never;
    }
    all.extend(Specifier::parse(version));
    if Range::of(&all.iter().collect::<Vec<_>>()).is_ok() {
        Asked::This
    } else {
        Asked::Another
    }
}
