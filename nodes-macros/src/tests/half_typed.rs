//! While one types, a body is no Rust; its method and all the others must stay in the expansion, or completion is gone.

use super::{contains, errors, expand, is_checked};

const BODIES: [&str; 7] = [
    "net.",
    "let x =",
    "if self.state ==",
    "match msg { Forth { ori } }",
    "net.send(sender, Forth { origin: msg., limit: })",
    "self.state = ; for port in",
    "fn",
];

#[test]
fn a_half_typed_body_keeps_every_handler() {
    for body in BODIES {
        let expansion = expand(&format!(
            "impl P {{
                #[on(Spontaneously in Asleep)]
                fn start(&mut self, net: &mut Net<Self>) {{ net.send_to_all(Forth); }}
                #[on(Forth in Asleep | Candidate if msg.limit > 1)]
                #[on(Forth in Asleep | Candidate)]
                fn typing(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {{ {body} }}
                #[on(Back)]
                fn other(&mut self) {{}}
            }}"
        ));
        assert_eq!(errors(&expansion), [""; 0], "{body}");
        let wanted = [
            format!("fn typing(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {{ {body} }}"),
            "::start(self, __net);".to_owned(),
            "::typing(self, __event, __sender, __net);".to_owned(),
            "::other(self, );".to_owned(),
        ];
        for part in wanted {
            assert!(contains(&expansion, &part), "`{body}`: no `{part}` in {expansion}");
        }
    }
}

/// Here rustc has its own words for what is wrong; the others must stay, and nothing be said of what this one would cover.
#[test]
fn a_half_typed_head_keeps_the_other_handlers() {
    for head in ["fn typing(&mut self, msg", "fn typing(&mut self, msg: , net: &mut Net<Self>)", "fn typing(&mut)", "fn"] {
        let head = if head.ends_with(')') || head == "fn" { head.to_owned() } else { format!("{head})") };
        let expansion = expand(&format!(
            "impl P {{
                #[on(Spontaneously in Asleep)]
                fn start(&mut self) {{}}
                #[on(Forth in Asleep)]
                {head} {{}}
                #[on(Back in Asleep)]
                fn other(&mut self) {{}}
            }}"
        ));
        assert_eq!(errors(&expansion), [""; 0], "{head}");
        assert!(contains(&expansion, &format!("{head} {{}}")), "{head}: not in {expansion}");
        assert!(contains(&expansion, "::other(self, );"), "{head}");
        assert!(contains(&expansion, "Forth(Forth)"), "{head}: the message is known all the same");
        assert!(!is_checked(&expansion, "Forth"), "{head}");
        assert!(is_checked(&expansion, "Back"), "{head}");
    }
}

#[test]
fn a_half_typed_rule_keeps_its_method_and_its_event() {
    for rule in
        ["Forth in", "Forth in Asleep |", "Forth in Asleep if", "Forth i", "Forth in Asleep, Candidate", "Forth in State::"]
    {
        let expansion = expand(&format!(
            "impl P {{
                #[on(Spontaneously in Asleep)]
                fn start(&mut self) {{}}
                #[on({rule})]
                fn typing(&mut self, msg: Forth) {{ msg. }}
            }}"
        ));
        assert_eq!(errors(&expansion).len(), 1, "{rule}: {:?}", errors(&expansion));
        assert!(contains(&expansion, "fn typing(&mut self, msg: Forth) { msg. }"), "{rule}");
        assert!(contains(&expansion, "Forth(Forth)"), "{rule}");
        assert!(!is_checked(&expansion, "Forth"), "{rule}: nothing is said of what is missing");
    }
}
