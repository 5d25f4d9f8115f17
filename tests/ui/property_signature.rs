use nodes::prelude::*;

#[protocol]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[always]
    fn method(&self) -> bool {
        true
    }

    #[always]
    fn nothing(world: &World<Self>) {}

    #[finally]
    fn two(world: &World<Self>, node: &Node<Self>) -> bool {
        true
    }

    #[finally]
    async fn number(node: &Node<Self>) -> usize {
        1
    }
}

fn main() {}
