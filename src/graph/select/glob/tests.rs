use super::Glob;

/// Each line was checked with Python 3.11's `fnmatch.fnmatchcase`.
#[test]
fn patterns_fit_as_in_python() {
    let cases = [
        ("stg_*", "stg_orders", true),
        ("stg_*", "xstg_orders", false),
        ("*", "", true),
        ("?", "", false),
        ("a?c", "abc", true),
        ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXbYbZ", false),
        ("[co]x", "ox", true),
        ("[!co]x", "ox", false),
        ("[!co]x", "ax", true),
        ("[a-c]1", "b1", true),
        ("[c-a]1", "b1", false),
        ("[]x]", "]", true),
        ("[]x]", "x", true),
        ("[!]x]", "]", false),
        ("[ab", "[ab", true),
        ("[", "[", true),
        ("a]", "a]", true),
        ("[a-]", "-", true),
        ("[*]", "*", true),
        ("[*]", "x", false),
        ("ä?", "äö", true),
        ("A", "a", false),
        ("**x", "yyx", true),
        ("ab*ba", "aba", false),
        ("ab*ba", "abba", true),
        ("*ab*ab*", "xabxabx", true),
        ("*ab*ab*", "xabx", false),
        ("*ab*b", "ab", false),
    ];
    for (pattern, text, expected) in cases {
        assert_eq!(
            Glob::new(pattern).fits(text),
            expected,
            "{pattern} against {text}"
        );
    }
}
