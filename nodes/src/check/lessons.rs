//! What a check has learned that the next one may use, on an instance that differs only in who begins.
//!
//! What a handler does, whether two events of a node commute, and what a property says, do not depend on that.  What may still happen
//! does; but if more of it is known than can happen here, less is left out, and what is found stays right.

use super::judge::Judge;
use super::machine::{LocalId, Machine, PacketId};
use super::matters::{Matters, Unusable};
use super::reduce::Trial;
use super::search::Search;
use super::story::Story;
use super::stubborn::Reducer;
use crate::execution::Prepared;

/// What a search knows of the protocol.
pub(super) struct Tables {
    pub(super) machine: Machine,
    pub(super) judge: Judge,
    /// What nodes are before anything happens, and what they have sent by then.
    pub(super) locals: Vec<LocalId>,
    pub(super) sends: Vec<PacketId>,
    /// If it leaves out steps that need not be made.
    pub(super) reducer: Option<Box<Reducer>>,
}

impl Tables {
    fn new(prepared: &Prepared, matters: Matters) -> Result<Self, Unusable> {
        let (machine, locals, sends) = Machine::new(prepared, matters)?;
        let judge = Judge::new(&machine);
        Ok(Tables { machine, judge, locals, sends, reducer: None })
    }
}

/// What is known from instances that differ only in who begins.
pub(crate) struct Lessons {
    /// Of searches that look at all states, and of those that leave some out.
    full: Option<Tables>,
    reduced: Option<Tables>,
    /// Whether it pays to leave states out.
    pub(super) trial: Trial,
    /// Whether there are several instances at all.
    are_used: bool,
    /// How many tables were begun.
    begun: u64,
    /// What was seen, if other instances are to be compared with it.
    story: Option<Story>,
}

impl Lessons {
    /// Nothing yet.
    pub(crate) fn new(of_several: bool) -> Self {
        Lessons { full: None, reduced: None, trial: Trial::new(of_several), are_used: of_several, begun: 0, story: None }
    }

    /// The same, which notes what is seen.
    pub(crate) fn with_a_story(of_several: bool) -> Self {
        Lessons { story: Some(Story::default()), ..Lessons::new(of_several) }
    }

    /// What was seen, if that was asked for.
    pub(crate) fn into_story(self) -> Option<Story> {
        self.story
    }

    /// A search that will look at all states.
    pub(super) fn full(&mut self, prepared: &Prepared, matters: Matters) -> Result<Search, Unusable> {
        self.begin(|lessons| &mut lessons.full, prepared, matters)
    }

    /// A search that leaves states out, or is about to learn to.
    pub(super) fn reduced(&mut self, prepared: &Prepared, matters: Matters) -> Result<Search, Unusable> {
        self.begin(|lessons| &mut lessons.reduced, prepared, matters)
    }

    fn begin(
        &mut self,
        known: fn(&mut Self) -> &mut Option<Tables>,
        prepared: &Prepared,
        matters: Matters,
    ) -> Result<Search, Unusable> {
        let known = known(self).take().filter(|tables| tables.machine.matters == matters);
        let tables = match known {
            Some(known) => known,
            None => {
                let mut new = Tables::new(prepared, matters)?;
                self.begun += 1;
                (new.machine.lineage, new.judge.keeps_scenes) = (self.begun, self.story.is_some());
                new
            }
        };
        Ok(Search::on(tables, prepared))
    }

    /// Keeps what a search has learned.
    pub(super) fn keep(&mut self, search: Search) {
        if !self.are_used && self.story.is_none() {
            return;
        }
        let tables = search.into_tables();
        if let Some(story) = &mut self.story {
            story.add(&tables);
        }
        // That a handler has read the clock, or was cut short, is said of this instance only.
        if self.are_used && !tables.machine.reads_clock && tables.machine.cut.is_empty() {
            let kept = if tables.reducer.is_some() { &mut self.reduced } else { &mut self.full };
            *kept = Some(tables);
        }
    }
}
