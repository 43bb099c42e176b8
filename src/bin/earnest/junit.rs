//! Results of tests as the XML of `JUnit`, which integration machines show.

use std::fmt::Write as _;

/// The examples of a file.
pub(crate) struct Suite<'a> {
    /// The file.
    pub(crate) name: &'a str,
    /// Each example with what did not hold.
    pub(crate) cases: Vec<(String, Vec<String>)>,
}

/// All files in one report.
pub(crate) fn report(suites: &[Suite<'_>]) -> String {
    let failed = |suite: &Suite<'_>| suite.cases.iter().filter(|(_, failures)| !failures.is_empty()).count();
    let (tests, failures): (usize, usize) =
        suites.iter().fold((0, 0), |(tests, all), suite| (tests + suite.cases.len(), all + failed(suite)));
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(text, "<testsuites name=\"earnest\" tests=\"{tests}\" failures=\"{failures}\">");
    for suite in suites {
        let (name, tests, failures) = (escaped(suite.name), suite.cases.len(), failed(suite));
        let _ = writeln!(text, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">");
        for (case, failures) in &suite.cases {
            let case = escaped(case);
            if failures.is_empty() {
                let _ = writeln!(text, "    <testcase classname=\"{name}\" name=\"{case}\"/>");
                continue;
            }
            let _ = writeln!(text, "    <testcase classname=\"{name}\" name=\"{case}\">");
            for failure in failures {
                let message = escaped(failure.lines().next().unwrap_or_default());
                let _ = writeln!(text, "      <failure message=\"{message}\">{}</failure>", escaped(failure));
            }
            text.push_str("    </testcase>\n");
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

/// A text where marks of XML and signs that it does not allow stand as their names, or not at all.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(sign),
            sign if sign.is_control() => {}
            sign => out.push(sign),
        }
    }
    out
}
