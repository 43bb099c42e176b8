//! Diagnostics as a terminal shows them, a few as a whole.

use earnest::diag::{Code, Color, Diagnostic, Label, Severity, render};
use earnest::source::{Source, Span};
use earnest::syntax;

fn shown(text: &str) -> String {
    let source = Source::new("shop.earn", text);
    render(&source, &syntax::parse(&source).diagnostics, Color::Never)
}

#[test]
fn several_problems_come_in_the_order_of_the_file() {
    insta::assert_snapshot!(shown(
        "unit bean, beans {\n  expries never\n}\n\nrule \"Base\" {\n  give 5% of spend as beans\n\nparam day = 2026-02-30\n"
    ));
}

#[test]
fn a_bracket_that_is_not_closed_is_shown_too() {
    insta::assert_snapshot!(shown("list goods = [\n  \"a\",\n  \"b\",\n  \"c\"\n\nunit bean {}\n"));
}

#[test]
fn carets_stand_under_wide_signs_and_after_tabs() {
    insta::assert_snapshot!(shown(
        "unit балл {\n\texpries never\n}\n\nrule \"茶茶\" { giv 1 балл }\n\nrule \"🍰\" { giv 1 балл }\n"
    ));
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let before = "1 + ".repeat(60);
    insta::assert_snapshot!(shown(&format!("param long = {before}* {}2\n", "3 + ".repeat(60))));
}

#[test]
fn warnings_and_colour() {
    let source = Source::new("shop.earn", "unit bean {\n  worth 1 RUB\n}\n");
    let diagnostic = Diagnostic {
        code: Code::Syntax,
        severity: Severity::Warning,
        message: "said twice".to_owned(),
        span: Span::new(14, 19),
        labels: vec![Label { span: Span::new(5, 9), text: "of this unit".to_owned() }],
        help: None,
        shown: None,
    };
    insta::assert_snapshot!(render(&source, &[diagnostic], Color::Always).replace('\u{1b}', "^"));
}
