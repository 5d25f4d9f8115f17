use nodes::prelude::*;

#[protocol]
struct A;

#[protocol]
impl A {
    #[recover]
    fn back(&mut self, saved: u64) {}

    #[on(Spontaneously)]
    fn start(&mut self) {}
}

#[protocol]
struct B;

#[protocol]
impl B {
    #[recover(now)]
    async fn back(saved: u64, sender: Port, net: &mut Net<Self>) -> Self {
        B
    }

    #[on(Spontaneously)]
    fn start(&mut self) {}
}

#[protocol]
struct C;

#[protocol]
impl C {
    #[recover]
    fn back(net: &mut Net<Self>) -> Self {
        C
    }

    #[on(Spontaneously)]
    fn start(&mut self) {}
}

#[protocol]
struct D<T: Payload> {
    last: Option<T>,
}

#[protocol]
impl<T: Payload> D<T> {
    #[recover]
    fn back(saved: T) -> Self {
        D { last: Some(saved) }
    }

    #[on(Spontaneously)]
    fn start(&mut self) {}
}

fn main() {}
