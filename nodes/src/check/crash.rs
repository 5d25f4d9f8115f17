//! What comes of a crash, and of a recovery: as the transition system has it.

use core::time::Duration;

use super::machine::{Local, LocalId, Machine, Outcome, Wrong};
use super::matters::Unusable;
use crate::panics::caught;
use crate::protocol::watch::Script;
use crate::protocol::{AnyEvent, Effect};
use crate::topology::NodeIndex;

impl Machine {
    /// A node crashes, inside a step if there is an event: what that sends over links is under way, and else only what it stored has
    /// happened.  The local state is on the stage.
    pub(super) fn run_last(
        &mut self,
        node: NodeIndex,
        event: Option<AnyEvent>,
        script: &mut Script,
    ) -> Result<Outcome, Unusable> {
        let (mut sends, mut stored) = (Vec::new(), None);
        let ran = event.map_or(Ok(()), |event| {
            caught(|| {
                script.run(|| {
                    let mut effects = Vec::new();
                    stored = self.world.last_step(node, event, Duration::ZERO, &mut effects);
                    effects.retain(|effect| matches!(effect, Effect::Send { .. } | Effect::SendAll { .. }));
                    self.carry_out(node, &mut effects, &mut sends);
                });
            })
        });
        self.world.crash(node);
        let to = self.keep(node, Vec::new(), stored.filter(|_| self.recovers))?;
        Ok(Outcome { sends, wrong: ran.err().map(Wrong::Panic), draws: script.draws(), ..Outcome::to(to) })
    }

    /// A node that has crashed comes back.  The local state is on the stage.
    pub(super) fn run_recovery(&mut self, local: LocalId, script: &mut Script) -> Result<Outcome, Unusable> {
        let Local { node, stored_last, .. } = &self.locals[local as usize];
        let (node, stored) = (*node, stored_last.clone());
        let (mut outcome, mut alarms, mut changed) = (Outcome::to(local), Vec::new(), Ok(()));
        let ran = caught(|| {
            script.run(|| {
                let mut effects = Vec::new();
                self.world.recover(node, stored, Duration::ZERO, &mut effects);
                changed = self.change_alarms(&effects, &mut alarms, &mut outcome.alarms);
                self.carry_out(node, &mut effects, &mut outcome.sends);
            });
        });
        changed?;
        outcome.draws = script.draws();
        match ran {
            Ok(()) => outcome.to = self.keep(node, alarms, None)?,
            Err(said) => outcome.wrong = Some(Wrong::Panic(said)),
        }
        Ok(outcome)
    }
}
