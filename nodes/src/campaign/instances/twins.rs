//! Instances that are the same but for the names of their nodes and ports: one of them is searched, and what was found is found of all.
//!
//! Those that look the same ([`shape`](super::shape)) are known before any is searched.  The thread that has searched the first group
//! of them runs its handlers on the others, and looks at properties there ([`Story`]): so it is proved of each one, and one that turns out to be
//! different is searched itself.  What is found does not depend on that, nor on how many threads there are: it is that of each instance,
//! searched or not.  Only where states are left out, their number is that of the one that was searched.

use core::ops::Range;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::Plan;
use super::shape::Shape;
use super::tally::Found;
use crate::check::Story;
use crate::execution::Prepared;
use crate::network::Duplicates;
use crate::topology::NodeIndex;

/// How many groups, one after the other, are looked through together for those that look the same.
const WINDOW: u64 = 1 << 16;

/// Where none of the first few is the same, as many as this, the others will not be.
const IN_VAIN: usize = 4;

/// How often a thread that waits looks whether the check is over.
const LOOK: Duration = Duration::from_millis(20);

/// All of them, as far as they are known.
pub(super) struct Twins<'a> {
    plan: &'a Plan,
    /// By the first group, those that are looked through together.
    windows: Mutex<BTreeMap<u64, Arc<Window>>>,
}

/// Groups with as many nodes and links.
struct Window {
    /// By group: that it is one of several.
    one_of: BTreeMap<u64, Arc<Alike>>,
}

/// Groups that look the same.
pub(super) struct Alike {
    /// The first, its nodes, and the others with theirs.
    pub(super) first: u64,
    order: Vec<NodeIndex>,
    others: Vec<(u64, Vec<NodeIndex>)>,
    known: Mutex<Known>,
    is_known: Condvar,
}

/// What is known of groups that look the same.
enum Known {
    Nothing,
    /// A thread is about to find it out.
    Soon,
    All(Arc<Proved>),
}

/// What was found on a group, and for which others the same is proved.
#[derive(Default)]
pub(super) struct Proved {
    /// By the nodes that begin.
    found: BTreeMap<Vec<NodeIndex>, Found>,
    /// By group: for each node, the one in whose place it stands.
    same: BTreeMap<u64, Vec<NodeIndex>>,
}

impl<'a> Twins<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Twins { plan, windows: Mutex::new(BTreeMap::new()) }
    }

    /// The groups that look like that one, if there are others.
    pub(super) fn of(&self, group: u64, is_over: &dyn Fn() -> bool) -> Option<Arc<Alike>> {
        let range = self.plan.groups_like(group);
        let begin = group - (group - range.start) % WINDOW;
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows
            .entry(begin)
            .or_insert_with(|| Arc::new(Window::of(self.plan, begin..range.end.min(begin + WINDOW), is_over)));
        let one_of = window.one_of.get(&group).cloned();
        // Groups are begun in their order, so that none of an earlier one is left to begin.
        while windows.len() > 2 {
            windows.pop_first();
        }
        one_of
    }
}

impl Window {
    fn of(plan: &Plan, groups: Range<u64>, is_over: &dyn Fn() -> bool) -> Self {
        let mut by_code = BTreeMap::<_, Vec<_>>::new();
        for group in groups.take_while(|_| !is_over()) {
            let prepared = plan.run(plan.group(group).start).prepare().ok();
            let prepared = prepared.filter(|prepared| prepared.faults.budget.duplicates != Some(Duplicates::Any));
            if let Some(Shape { code, order }) = prepared.and_then(|prepared| Shape::of(&prepared, plan.every())) {
                by_code.entry((plan.part_of(group), code)).or_default().push((group, order));
            }
        }
        let mut one_of = BTreeMap::new();
        for mut alike in by_code.into_values().filter(|alike| alike.len() > 1) {
            let others = alike.split_off(1);
            let Some((first, order)) = alike.pop() else { continue };
            let groups = others.iter().map(|(group, _)| *group).chain([first]).collect::<Vec<_>>();
            let (known, is_known) = (Mutex::new(Known::Nothing), Condvar::new());
            let alike = Arc::new(Alike { first, order, others, known, is_known });
            one_of.extend(groups.into_iter().map(|group| (group, Arc::clone(&alike))));
        }
        Window { one_of }
    }
}

impl Alike {
    /// What is known of them: another thread may be about to find it out, else `find` does.
    pub(super) fn proved(&self, is_over: &dyn Fn() -> bool, find: impl FnOnce() -> Proved) -> Arc<Proved> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*known {
                Known::All(proved) => return Arc::clone(proved),
                Known::Soon if is_over() => return Arc::default(),
                Known::Soon => {
                    known = self.is_known.wait_timeout(known, LOOK).unwrap_or_else(PoisonError::into_inner).0;
                }
                Known::Nothing => break,
            }
        }
        *known = Known::Soon;
        drop(known);
        let proved = Arc::new(find());
        self.tell(&proved);
        proved
    }

    /// All is known.
    fn tell(&self, proved: &Arc<Proved>) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Known::All(Arc::clone(proved));
        self.is_known.notify_all();
    }

    /// For which of the others the same is proved, where that was found on the first, by the nodes that begin.
    pub(super) fn prove(
        &self,
        plan: &Plan,
        story: &Story,
        found: BTreeMap<Vec<NodeIndex>, Found>,
        is_over: &dyn Fn() -> bool,
    ) -> Proved {
        let (mut same, mut in_vain) = (BTreeMap::new(), 0);
        for (group, order) in &self.others {
            if is_over() || (same.is_empty() && in_vain == IN_VAIN) {
                break;
            }
            let (mut names, mut back) = (order.clone(), order.clone());
            for (here, there) in self.order.iter().zip(order) {
                (names[here.index()], back[there.index()]) = (*there, *here);
            }
            let other = plan.run(plan.group(*group).start).prepare();
            if other.is_ok_and(|other| story.is_of(&other, &names)) {
                same.insert(*group, back);
            } else {
                in_vain += 1;
            }
        }
        Proved { found, same }
    }
}

impl Proved {
    /// The nodes that begin the instance which is the same as that of a group which those nodes begin; `None` if that has to be searched.
    pub(super) fn twin(&self, group: u64, beginning: &[NodeIndex]) -> Option<Vec<NodeIndex>> {
        let back = self.same.get(&group)?;
        let mut beginning = beginning.iter().map(|node| back[node.index()]).collect::<Vec<_>>();
        crate::sorting::sort(&mut beginning);
        self.found(&beginning).map(|_| beginning)
    }

    /// What was found on the instance which those nodes begin.
    pub(super) fn found(&self, beginning: &[NodeIndex]) -> Option<&Found> {
        self.found.get(beginning)
    }
}

/// The nodes that begin, in their order.
pub(super) fn beginning(prepared: &Prepared) -> Vec<NodeIndex> {
    let mut nodes = prepared.initiators.iter().map(|(node, _)| *node).collect::<Vec<_>>();
    crate::sorting::sort(&mut nodes);
    nodes
}
