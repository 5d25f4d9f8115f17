//! Where it is known what is meant, it is taken for written: what follows from a mistake is no error of its own.

use super::{contains, errors, expand, tokens};

fn hear(head: &str, body: &str) -> proc_macro2::TokenStream {
    expand(&format!(
        "impl P {{
            #[on(Spontaneously in Asleep)]
            fn start(&mut self) {{}}
            #[on(Forth in Asleep)]
            fn hear{head} {{ {body} }}
        }}"
    ))
}

#[test]
fn a_parameter_that_the_body_uses_is_there() {
    for (head, body, lacking) in [
        ("(&mut self)", "net.send(Port::new(0), Forth);", "`net`"),
        ("(&mut self, msg: Forth)", "if self.net { self.pass_on(msg, net); }", "`net`"),
        ("(&mut self, net: &mut Net<Self>)", "net.send(sender, msg);", "`msg`, `sender`"),
        (
            "(&mut self, Forth { limit }: Forth)",
            "self.limit = limit + msg.limit; net.log(sender.index())",
            "`msg`, `sender`, `net`",
        ),
    ] {
        let errors = errors(&hear(head, body));
        let expected = format!("`hear` uses what it does not take: {lacking}; expected ");
        // The pattern that takes `msg` apart is a parameter, so the message is not asked for again.
        assert!(errors.len() == 1 && (errors[0].starts_with(&expected) || head.contains("limit")), "{body}: {errors:?}");
    }
    let expansion = hear("(&mut self)", "net.send(Port::new(0), Forth);");
    assert!(contains(&expansion, "fn hear(&mut self, net: &mut ::nodes::protocol::Net<Self>)"), "{expansion}");
}

#[test]
fn a_variable_that_the_body_makes_is_no_parameter() {
    for body in [
        "let net = self.net; net.send();",
        "while let Some(msg) = self.queue.pop() { self.handle(msg); }",
        "for (sender, msg) in self.waiting.drain(..) { self.answer(sender, msg); }",
        "self.waiting.retain(|sender| sender.index() > 0);",
        "self.waiting.iter().fold(0, |all, msg, last| all + msg.hops);",
        "match self.parent { Some(sender) => self.up(sender), None => {} }",
        "self.net.send(self.sender, self.msg);",
        "let a = 0..sender.len();",
    ] {
        let found = errors(&hear("(&mut self)", body));
        let used = body.starts_with("let a");
        assert_eq!(found.len(), usize::from(used), "{body}: {found:?}");
    }
}

#[test]
fn net_without_its_protocol_is_that_of_this_one() {
    let expansion = hear("(&mut self, net: &mut Net)", "net.send_to_all(Forth);");
    assert_eq!(errors(&expansion), ["write `Net<Self>`: the `Net` of this protocol"]);
    assert!(contains(&expansion, "fn hear(&mut self, net: &mut Net<Self>)"));
    let expansion = hear("(&mut self, sender: usize, net: &mut Net)", "net.send(sender, Forth);");
    assert_eq!(errors(&expansion).len(), 1, "one error for the whole head");
    assert!(contains(&expansion, "sender: ::nodes::topology::Port"));
    let expansion = hear("(&mut self) -> bool", "self.limit = 1;");
    assert_eq!(errors(&expansion).len(), 1);
    assert!(contains(&expansion, "fn hear(&mut self) { self.limit = 1; }"));
}

#[test]
fn a_state_that_is_compared_only_is_told() {
    let errors = |body: &str| errors(&hear("(&mut self)", body));
    let text = "`==` compares and changes nothing; write `self.state = Candidate;`";
    assert_eq!(errors("self.state == Candidate;"), [text]);
    assert_eq!(errors("if x { y(); self.state == Candidate; }"), [text]);
    for body in ["if self.state == Candidate { y(); }", "let a = self.state == Candidate;", "x && self.state == Candidate"] {
        assert_eq!(errors(body), [""; 0], "{body}");
    }
}

#[test]
fn a_clause_is_explained_in_its_own_words() {
    let clause = |clause: &str| {
        errors(&expand(&format!(
            "impl P {{ #[on(Spontaneously)] fn start(&mut self) {{}} #[on({clause})] fn a(&mut self) {{}} }}"
        )))
    };
    assert_eq!(clause("Token, Idle"), ["expected `in` and states, or `if` and a condition: `Token in Idle`"]);
    assert_eq!(clause("Token: Idle | Busy"), ["expected `in` and states, or `if` and a condition: `Token in Idle | Busy`"]);
    assert_eq!(clause("Token in Idle, Busy"), ["states are joined by `|`: `Token in Idle | Busy`"]);
    assert_eq!(clause("Token when idle"), ["expected `in` and states, or `if` and a condition: `Token in ..`"]);
}

#[test]
fn what_is_told_twice_is_known() {
    let declared = crate::declare::declare(tokens("knows(Size), knows(NeighbourIds)"), tokens("struct P { state: State }"));
    assert_eq!(errors(&declared), ["`knows` is declared twice; write `knows(Size, NeighbourIds)`"]);
    assert!(contains(&declared, "knows_size: true, knows_neighbour_ids: true"));
}

#[test]
fn a_half_typed_struct_keeps_its_name_and_its_other_fields() {
    for fields in [
        "state: State hops: u32, last: bool",
        "state: State, hops: u32, wrong:, last: bool",
        "state: State, wrong, hops: u32 last: bool,",
    ] {
        let declared = crate::declare::declare(tokens(""), tokens(&format!("pub struct P {{ {fields} }}")));
        assert_eq!(errors(&declared), [""; 0], "{fields}: rustc has its own words");
        assert!(contains(&declared, "schema: \"{state:State,hops:u32,last:bool}\""), "{fields}: {declared}");
        assert!(contains(&declared, "impl ::nodes::protocol::Declared for P"), "{fields}");
    }
    let message = crate::message::message(tokens(""), tokens("enum M { A { a: u8 b: u8 } B(u8 u8) C }"));
    assert!(contains(&message, "\"A{a:u8,b:u8}|B(u8,u8)|C\""), "{message}");
    assert!(contains(&message, "impl ::nodes::protocol::Message for M"));
    let message = crate::message::message(tokens(""), tokens("fn no_struct() {}"));
    assert_eq!(errors(&message), ["`#[message]` stands on a struct or an enum"]);
}

#[test]
fn a_word_of_the_language_is_no_message() {
    for word in ["State", "Net", "Port", "Ports", "Id", "World", "Node", "Spontaneously"] {
        let message = crate::message::message(tokens(""), tokens(&format!("struct {word} {{ hops: u32 }}")));
        let text = format!("`{word}` is a word of the language; call the message otherwise: `{word}Message`");
        assert_eq!(errors(&message), [text]);
    }
    let expansion = expand(
        "impl P {
            #[on(Spontaneously in Asleep)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(State { hops: 1 }); }
            #[on(State in Asleep)] fn hear(&mut self, msg: State) {}
            #[on(Back in Asleep)] fn back(&mut self, msg: Back) {}
        }",
    );
    assert_eq!(errors(&expansion), [""; 0], "it is `#[message]` that says it");
    assert!(!contains(&expansion, "fn start") && !contains(&expansion, "fn hear") && contains(&expansion, "fn back"));
}
