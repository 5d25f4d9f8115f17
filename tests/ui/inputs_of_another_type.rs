use nodes::prelude::*;
use nodes::run::Run;

#[message]
struct Candidate(u64);

#[protocol(topology = Ring, input = u64)]
struct Election {
    greatest: u64,
}

#[protocol]
impl Election {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        let own = *net.input();
        net.send_to_all(Candidate(own));
    }

    #[on(Candidate)]
    fn hear(&mut self, msg: Candidate) {
        self.greatest = self.greatest.max(msg.0);
    }
}

fn main() {
    let _ = Run::<Election>::on("ring:3").inputs([1, 2, 3]);
    let _ = Run::<Election>::on("ring:3").inputs(["1", "2", "3"]);
    let _ = Run::<Election>::on("ring:3").inputs("1,2,3");
}
