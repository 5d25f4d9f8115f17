//! Every algorithm of the catalogue, by its type.

/// A generic function for each algorithm of the catalogue: `of_each!(check)` is `[check::<AllTheWay>, check::<AsFar>, ..]`.
#[macro_export]
macro_rules! of_each {
    ($function:ident) => {
        $crate::of_each!($function: AllTheWay AsFar Bully ChandyLamport ChangRoberts ChorIsraeliLi ControlledDistance DfStar Dft
            DijkstraScholten DolevKlaweRodeh Echo Flooding HirschbergSinclair HyperElect ItaiRodeh Lamport RicartAgrawala
            RingSize Saturation Shout ShoutPlus Stages SuzukiKasami YoYo)
    };
    ($function:ident: $($protocol:ident)*) => {
        [$($function::<::catalogue::$protocol>),*]
    };
}
