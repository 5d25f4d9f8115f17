//! What is said of the ends of runs, and of what runs cost.

use super::cost::{Components, Cost, Extreme};
use super::examine::Examined;
use super::guard::{Guard, Halt, Limits};
use super::lasso::{self, Ending as Found, Lasso};
use super::machine::Cause;
use super::matters::Unusable;
use super::path::Path;
use super::search::Made;
use super::space::Move;
use super::{Checked, Ending, Loop, Verdict};
use crate::network::Schedule;

impl Examined<'_> {
    /// What runs cost, and whether they end, in a search that has seen everything.  Whether it is doubtful that one may go on for ever.
    pub(super) fn ends(&mut self, limits: &mut Limits<'_>, checked: &mut Checked) -> Result<bool, Unusable> {
        self.search.close();
        self.search.make_room(limits, self.search.states.len() * Cost::BYTES);
        let progress = self.search.progress(self.search.states.len() as u32);
        match self.ends_within(&mut Guard::new(limits, progress), checked) {
            Ok(is_doubtful) => Ok(is_doubtful),
            Err(Halt::Unusable(unusable)) => Err(unusable),
            Err(Halt::Limit(limit)) => {
                (checked.outcome, checked.limit) = (Verdict::Bounded, Some(limit));
                checked.unchecked.push(format!("whether every run ends, and what runs cost: {}", limit.reached()));
                Ok(false)
            }
        }
    }

    fn ends_within(&mut self, guard: &mut Guard<'_, '_>, checked: &mut Checked) -> Result<bool, Halt> {
        let components = Components::of(&self.search, guard)?;
        let cost = Cost::of(&mut self.search, &components, guard)?;
        let has_loop = components.loops(&self.search).next().is_some();
        if self.search.space.repeats {
            return self.ends_of_repeated(&components, &cost, guard, checked);
        }
        let (ending, lasso) = match if has_loop { Some(lasso::ending(&mut self.search, &components, guard)?) } else { None } {
            None => (Ending::Bounded, None),
            Some(Found::Fair) => (Ending::Always, None),
            Some(Found::Chance(lasso)) => (Ending::AlmostSurely, Some(lasso)),
            Some(Found::Never(lasso)) => (Ending::Never, Some(lasso)),
        };
        checked.runs_end = Some(ending);
        checked.schedules = cost.schedules;
        let mut is_doubtful = false;
        if let Some(lasso) = lasso {
            let draws = ending == Ending::AlmostSurely;
            checked.outcome = if draws { Verdict::Almost } else { Verdict::Endless };
            if !draws && self.search.space.ticks.is_none() && lasso.way.iter().chain(&lasso.turn).any(rings) {
                (checked.outcome, checked.runs_end, is_doubtful) = (Verdict::Suspected, None, true);
            }
            if !self.search.is_real(&lasso.way, &lasso.turn)? {
                return self.ends_unknown(checked);
            }
            let sends = lasso.turn.iter().any(|made| self.search.messages(*made) > 0);
            let shown = self.shown(&lasso, true, draws);
            checked.messages.unbounded = sends.then(|| shown.clone());
            checked.endless = Some(shown);
        }
        if let (Some(step), None) = (cost.unbounded, &checked.messages.unbounded) {
            let lasso = lasso::around(&mut self.search, &components, step, guard)?;
            if !self.search.is_real(&lasso.way, &lasso.turn)? {
                return self.ends_unknown(checked);
            }
            checked.messages.unbounded = Some(self.shown(&lasso, false, false));
        }
        (checked.messages.least, checked.messages.least_replay) = self.extreme(&cost, Extreme::Least, guard)?;
        if ending != Ending::Never {
            (checked.messages.greatest, checked.messages.greatest_replay) = self.extreme(&cost, Extreme::Greatest, guard)?;
            (checked.longest, checked.longest_replay) = self.extreme(&cost, Extreme::Longest, guard)?;
        }
        Ok(is_doubtful)
    }

    /// The same where each message arrives any number of times.  If it changes nothing any more, that is no loop; whether another is a run
    /// that does not end, depends on how often messages are sent and duplicated in it.
    fn ends_of_repeated(
        &mut self,
        components: &Components,
        cost: &Cost,
        guard: &mut Guard<'_, '_>,
        checked: &mut Checked,
    ) -> Result<bool, Halt> {
        let mut steps = Vec::new();
        for state in components.iter().filter(|states| states.len() == 1).map(|states| states[0]).collect::<Vec<_>>() {
            guard.look(|| 0)?;
            self.search.followed(state, &mut steps)?;
            steps.retain(|(made, to)| *to == state && !(self.search.is_again(*made) && self.search.messages(*made) == 0));
            if !steps.is_empty() {
                break;
            }
        }
        if steps.is_empty() && components.iter().all(|states| states.len() == 1) {
            checked.runs_end = Some(Ending::Always);
            (checked.messages.least, checked.messages.least_replay) = self.extreme(cost, Extreme::Least, guard)?;
            (checked.messages.greatest, checked.messages.greatest_replay) = self.extreme(cost, Extreme::Greatest, guard)?;
        } else {
            checked.outcome = Verdict::Unchecked;
            let why = "there is a loop that a run may stay in if messages are duplicated without end";
            checked.unchecked.push(format!("whether every run ends: {why}"));
        }
        Ok(false)
    }

    /// A loop was found that is none: two of its states have the same fingerprint.
    fn ends_unknown(&mut self, checked: &mut Checked) -> Result<bool, Halt> {
        (checked.outcome, checked.runs_end) = (Verdict::Unchecked, None);
        checked.unchecked.push("whether every run ends: two states have the same fingerprint; leave out --compact".to_owned());
        Ok(false)
    }

    /// The cost of a run, and the run.
    fn extreme(
        &mut self,
        cost: &Cost,
        extreme: Extreme,
        guard: &mut Guard<'_, '_>,
    ) -> Result<(Option<u64>, Option<Schedule>), Halt> {
        let Some(value) = cost.value(&self.search, extreme) else { return Ok((None, None)) };
        if !self.replayed {
            return Ok((Some(value), None));
        }
        let way = cost.way(&mut self.search, extreme, guard)?;
        if !self.search.is_real(&way, &[])? {
            return Ok((Some(value), None));
        }
        Ok((Some(value), self.schedule(&Path::of(&self.search, &way, true))))
    }

    fn shown(&self, lasso: &Lasso, fair: bool, draws: bool) -> Loop {
        let Lasso { way, turn } = lasso;
        let schedule = self.schedule(&Path::of(&self.search, &[&way[..], turn].concat(), false));
        let events = |steps: &[Made]| steps.iter().filter(|made| made.is_event()).count();
        Loop { prefix: events(way), events: events(turn), fair, draws, schedule }
    }
}

/// Whether an alarm rings in a step.
fn rings(made: &Made) -> bool {
    matches!(made.what, Move::React { cause: Cause::Alarm(_), .. } | Move::Crash { inside: Some((Cause::Alarm(_), _)), .. })
}
