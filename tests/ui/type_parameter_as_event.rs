use nodes::prelude::*;
use nodes::protocol::Message;

#[protocol]
struct Echo<T: Message> {
    value: Option<T>,
}

#[protocol]
impl<T: Message> Echo<T> {
    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[on(T)]
    fn a(&mut self, msg: T) {
        self.value = Some(msg);
    }
}

fn main() {}
