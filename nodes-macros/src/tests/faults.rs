//! One cause, one error; and beside an error, everything else of the expansion.

use proc_macro2::TokenStream;

use super::{contains, errors, expand, has_attribute, is_checked, tokens};

/// Beside `mistake`, a rule that is right.
fn with(mistake: &str) -> TokenStream {
    expand(&format!(
        "impl P {{
            #[on(Spontaneously in Asleep)]
            fn start(&mut self) {{}}
            #[on(Forth in Asleep)]
            fn right(&mut self) {{}}
            {mistake}
        }}"
    ))
}

#[test]
fn a_faulty_rule_is_one_error_and_the_rest_is_there() {
    let mistakes = [
        "#[on(Back in Asleep)] fn wrong(&mut self, msg: Forth) {}",
        "#[on(Back in Asleep)] fn wrong(&mut self, sender: Port, other: Port) {}",
        "#[on(Back in Asleep)] fn wrong(&mut self, limit: u32) {}",
        "#[on(Back in Asleep)] fn wrong(&mut self, net: &mut Other) {}",
        "#[on(Back in Asleep)] fn wrong() {}",
        "#[on(Back in Asleep)] fn wrong(mut self) {}",
        "#[on(Back in Asleep)] fn wrong(&mut self) -> u32 { 1 }",
        "#[on(Back in Asleep)] async fn wrong(&mut self) {}",
        "#[on(Back in Asleep)] unsafe fn wrong(&mut self) {}",
        "#[on(Back in Asleep)] extern \"C\" fn wrong(&mut self) {}",
        "#[on(Back in Asleep)] fn wrong<T>(&mut self) {}",
        "#[when(Leave in Asleep)] fn wrong(&mut self, sender: Port) {}",
        "#[always] fn wrong(world: &mut World<Self>) -> bool { true }",
        "#[finally] fn wrong(world: &World<Self>) {}",
        "#[init] fn wrong(net: &mut Net<Self>) -> u32 { 1 }",
        "#[finish] fn wrong(&mut self, msg: Forth) {}",
        "#[never(Back in Asleep)] fn wrong(&mut self) {}",
    ];
    for mistake in mistakes {
        let expansion = with(mistake);
        assert_eq!(errors(&expansion).len(), 1, "{mistake}: {:?}", errors(&expansion));
        assert!(contains(&expansion, "::right(self, );"), "{mistake}");
        assert!(!contains(&expansion, "::wrong"), "{mistake}");
        assert!(contains(&expansion, "impl ::nodes::protocol::Protocol for __P_lacks_protocol_on_its_struct<P>"), "{mistake}");
        assert!(is_checked(&expansion, "Forth"), "{mistake}");
        assert!(!is_checked(&expansion, "Back"), "{mistake}");
        for ours in ["on", "when", "always", "finally", "init", "finish", "never"] {
            assert!(!has_attribute(&expansion, ours), "{mistake}: #[{ours}] is left");
        }
    }
}

#[test]
fn every_mistake_of_a_signature_is_told_at_once() {
    let expansion = with("#[on(Back in Asleep)] async fn wrong(self, a: Forth, b: u8) -> bool { true }");
    assert_eq!(errors(&expansion).len(), 5, "{:?}", errors(&expansion));
}

#[test]
fn a_second_rule_names_the_first() {
    let expansion = with("#[on(Forth in Candidate | Asleep)] fn second(&mut self) {}");
    assert_eq!(
        errors(&expansion),
        ["`Forth` is handled twice in state `Asleep`, by `right` already; leave it to one of them, or give one an `if`"]
    );
    let expansion = with("#[on(Back in Candidate | Candidate)] fn second(&mut self) {}");
    assert_eq!(errors(&expansion), ["`Back` is handled twice in state `Candidate`, both times by `second`; once is enough"]);
    let expansion = with("#[on(Forth in Asleep if true)] #[on(Forth)] fn second(&mut self) {}");
    assert_eq!(errors(&expansion), [""; 0], "neither a condition nor a rule for the rest is a second rule");
}

#[test]
fn an_argument_of_the_declaration_that_cannot_be_read_allows_everything() {
    let declare = |args: &str| crate::declare::declare(tokens(args), tokens("struct P { state: State }"));
    let expansion = declare("topology = \"ring\", links = Lossy");
    assert_eq!(errors(&expansion), ["expected `topology = Ring`"]);
    assert!(contains(&expansion, "impl<__Anything> ::nodes::protocol::RunsOn<__Anything> for P"));
    assert!(contains(&expansion, "links: ::nodes::protocol::Links::Lossy"));
    let expansion = declare("knows(Everything), input = Vec<(u8, u8)>, cost = \"n\"");
    assert_eq!(errors(&expansion).len(), 1);
    assert!(contains(&expansion, "impl<__Anything> ::nodes::protocol::Knows<__Anything> for P"));
    assert!(contains(&expansion, "type Input = Vec<(u8, u8)>;"), "a comma within brackets ends no argument");
    assert!(contains(&expansion, "cost: \"n\""));
}

#[test]
fn starting_by_an_alarm_of_init_is_starting() {
    let block = |init: &str| expand(&format!("impl P {{ {init} #[when(Leave)] fn leave(&mut self) {{}} }}"));
    assert_eq!(errors(&block("#[init] fn new(net: &mut Net<Self>) -> Self { P }")), [""; 0]);
    assert_eq!(errors(&block("#[init] fn new() -> Self { P }")).len(), 1);
    assert!(errors(&block(""))[0].starts_with("`P` can never start"));
}
