//! What lies between the endpoints: each datagram arrives, a little later; an adversary without the key may add others.

use std::time::Duration;

use super::World;

/// A datagram on its way: when it arrives, a number that settles ties, from where, to whom.
pub(super) type Flight = std::cmp::Reverse<(Duration, u64, usize, usize, Vec<u8>)>;

impl World {
    pub(super) fn carry(&mut self, from: usize, to: usize, bytes: Vec<u8>) {
        if self.tampers && self.random.chance(0.05) {
            self.tamper(from, to, bytes.clone());
        }
        let after = Duration::from_micros(self.random.range(10..60));
        self.fly(after, from, to, bytes);
    }

    fn fly(&mut self, after: Duration, from: usize, to: usize, bytes: Vec<u8>) {
        self.order += 1;
        self.network.push(std::cmp::Reverse((self.now + after, self.order, from, to, bytes)));
    }

    /// What an adversary without the key can do.
    fn tamper(&mut self, from: usize, to: usize, mut bytes: Vec<u8>) {
        self.tampered += 1;
        if self.heard.len() < 64 {
            self.heard.push((from, to, bytes.clone()));
        }
        let after = Duration::from_micros(self.random.range(0..100_000));
        match self.random.range(0..4u32) {
            0 => {
                let bit = self.random.below(bytes.len() as u64 * 8);
                bytes[bit as usize / 8] ^= 1 << (bit % 8);
                self.fly(after, from, to, bytes);
            }
            1 => {
                bytes.truncate(self.random.below(bytes.len() as u64) as usize);
                self.fly(after, from, to, bytes);
            }
            2 => {
                let other = self.random.below(self.processes.len() as u64) as usize;
                self.fly(after, from, other, bytes);
            }
            _ => {
                let old = self.random.below(self.heard.len() as u64) as usize;
                let (from, to, bytes) = self.heard[old].clone();
                self.fly(after, from, to, bytes);
            }
        }
    }
}
