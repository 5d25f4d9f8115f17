#[derive(::nodes::__private::serde::Serialize, ::nodes::__private::serde::Deserialize)]
/// Go on.
#[serde(crate = "::nodes::__private::serde")]
pub struct Hop {
    pub origin: Id,
    #[serde(
        serialize_with = "< Vec < Id > as :: nodes :: __private :: Carried > :: __serialize",
        deserialize_with = "< Vec < Id > as :: nodes :: __private :: Carried > :: __deserialize"
    )]
    pub path: Vec<Id>,
}
#[automatically_derived]
impl ::core::clone::Clone for Hop {
    #[inline]
    fn clone(&self) -> Self {
        match self {
            Self { origin: __0, path: __1 } => {
                Self {
                    origin: <Id as ::nodes::__private::Carried>::__clone(__0),
                    path: <Vec<Id> as ::nodes::__private::Carried>::__clone(__1),
                }
            }
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for Hop {
    fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self { origin: __0, path: __1 } => {
                __f.debug_struct("Hop")
                    .field("origin", <Id as ::nodes::__private::Carried>::__debug(__0))
                    .field(
                        "path",
                        <Vec<Id> as ::nodes::__private::Carried>::__debug(__1),
                    )
                    .finish()
            }
        }
    }
}
#[automatically_derived]
impl ::core::cmp::PartialEq for Hop {
    #[inline]
    fn eq(&self, __other: &Self) -> bool {
        match (self, __other) {
            (Self { origin: __a0, path: __a1 }, Self { origin: __b0, path: __b1 }) => {
                true && <Id as ::nodes::__private::Carried>::__eq(__a0, __b0)
                    && <Vec<Id> as ::nodes::__private::Carried>::__eq(__a1, __b1)
            }
        }
    }
}
#[automatically_derived]
impl ::nodes::protocol::Message for Hop {
    const NAME: &'static str = "Hop";
    const SCHEMA: &'static str = "{origin:Id,path:Vec<Id>}";
    const DOC: &'static str = "Go on.";
}
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::nodes::__private::serde::Serialize,
    ::nodes::__private::serde::Deserialize
)]
#[serde(crate = "::nodes::__private::serde")]
struct Patience;
#[automatically_derived]
impl ::nodes::protocol::Alarm for Patience {
    const NAME: &'static str = "Patience";
    const DOC: &'static str = "";
}
#[derive(::nodes::__private::serde::Serialize, ::nodes::__private::serde::Deserialize)]
#[serde(crate = "::nodes::__private::serde")]
pub enum State {
    Idle,
    Asking { left: u8 },
    Done,
}
#[automatically_derived]
impl ::core::clone::Clone for State {
    #[inline]
    fn clone(&self) -> Self {
        match self {
            Self::Idle {} => Self::Idle {},
            Self::Asking { left: __0 } => {
                Self::Asking {
                    left: <u8 as ::nodes::__private::Carried>::__clone(__0),
                }
            }
            Self::Done {} => Self::Done {},
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for State {
    fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Idle {} => __f.write_str("Idle"),
            Self::Asking { left: __0 } => {
                __f.debug_struct("Asking")
                    .field("left", <u8 as ::nodes::__private::Carried>::__debug(__0))
                    .finish()
            }
            Self::Done {} => __f.write_str("Done"),
        }
    }
}
#[automatically_derived]
impl ::core::cmp::PartialEq for State {
    #[inline]
    fn eq(&self, __other: &Self) -> bool {
        match (self, __other) {
            (Self::Idle {}, Self::Idle {}) => true,
            (Self::Asking { left: __a0 }, Self::Asking { left: __b0 }) => {
                true && <u8 as ::nodes::__private::Carried>::__eq(__a0, __b0)
            }
            (Self::Done {}, Self::Done {}) => true,
            _ => false,
        }
    }
}
#[automatically_derived]
impl ::core::default::Default for State {
    fn default() -> Self {
        Self::Idle {}
    }
}
#[automatically_derived]
impl ::nodes::protocol::States for State {
    const NAMES: &'static [&'static str] = &["Idle", "Asking", "Done"];
    const DOCS: &'static [&'static str] = &["", "", ""];
    const TERMINAL: &'static [bool] = &[false, false, true];
    #[inline(always)]
    fn index(&self) -> usize {
        match self {
            Self::Idle { .. } => 0usize,
            Self::Asking { .. } => 1usize,
            Self::Done { .. } => 2usize,
        }
    }
}
#[derive(::nodes::__private::serde::Serialize, ::nodes::__private::serde::Deserialize)]
#[serde(crate = "::nodes::__private::serde")]
pub struct Walk {
    #[serde(
        serialize_with = "< State as :: nodes :: protocol :: States > :: __serialize",
        deserialize_with = "< State as :: nodes :: protocol :: States > :: __deserialize"
    )]
    state: State,
    hops: u32,
}
#[allow(dead_code, non_camel_case_types, private_interfaces, unreachable_pub)]
pub(crate) type __Walk_lacks_protocol_on_its_struct<__T> = __T;
#[allow(dead_code, non_camel_case_types, private_interfaces, unreachable_pub)]
pub(crate) type __add_the_field_state_to_Walk<__T = State> = __T;
#[automatically_derived]
impl ::core::clone::Clone for Walk {
    #[inline]
    fn clone(&self) -> Self {
        match self {
            Self { state: __0, hops: __1 } => {
                Self {
                    state: <State as ::nodes::protocol::States>::__clone(__0),
                    hops: <u32 as ::nodes::__private::Kept>::__clone(__1),
                }
            }
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for Walk {
    fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self { state: __0, hops: __1 } => {
                __f.debug_struct("Walk")
                    .field("state", <State as ::nodes::protocol::States>::__debug(__0))
                    .field("hops", <u32 as ::nodes::__private::Kept>::__debug(__1))
                    .finish()
            }
        }
    }
}
#[automatically_derived]
impl ::core::default::Default for Walk
where
    for<'__a> u32: ::nodes::__private::Initial<'__a>,
{
    fn default() -> Self {
        Self {
            state: <State as ::nodes::protocol::States>::__default(),
            hops: <u32 as ::nodes::__private::Initial<'_>>::initial(),
        }
    }
}
#[automatically_derived]
impl ::nodes::protocol::Declared for Walk {
    type State = State;
    type Input = ();
    const DECLARATION: ::nodes::protocol::Declaration = ::nodes::protocol::Declaration {
        name: "Walk",
        doc: "",
        schema: "{state:State,hops:u32}",
        topology: ::nodes::protocol::TopologyInfo::of::<
            ::nodes::topology::OrientedRing,
        >(),
        links: ::nodes::protocol::Links::Reliable,
        initiators: ::nodes::protocol::InitiatorRule::Any,
        knows_size: true,
        knows_neighbour_ids: false,
        anonymous: false,
        has_input: false,
        max_message: ::nodes::link::DEFAULT_MAX_MESSAGE,
        problem: "walking",
        cost: "",
        source: "",
    };
    #[inline(always)]
    fn state(&self) -> &Self::State {
        &self.state
    }
}
#[automatically_derived]
impl ::nodes::protocol::RunsOn<::nodes::topology::OrientedRing> for Walk {}
#[automatically_derived]
impl ::nodes::protocol::RunsOn<::nodes::topology::Ring> for Walk {}
#[automatically_derived]
impl ::nodes::protocol::RunsOn<::nodes::topology::DirectedRing> for Walk {}
#[automatically_derived]
impl ::nodes::protocol::Knows<::nodes::protocol::Size> for Walk {}
#[automatically_derived]
impl ::nodes::protocol::Knows<::nodes::protocol::OwnId> for Walk {}
///Every message that `Walk` handles.
#[allow(
    missing_docs,
    non_camel_case_types,
    private_interfaces,
    private_bounds,
    unreachable_pub,
    clippy::all
)]
pub enum WalkMsg {
    Hop(Hop),
}
#[automatically_derived]
#[allow(clippy::all)]
impl ::core::clone::Clone for WalkMsg {
    #[inline]
    fn clone(&self) -> Self {
        match self {
            Self::Hop(__event) => {
                Self::Hop(<Hop as ::nodes::protocol::Message>::__clone(__event))
            }
        }
    }
}
#[automatically_derived]
#[allow(clippy::all)]
impl ::core::fmt::Debug for WalkMsg {
    fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Hop(__event) => {
                <Hop as ::nodes::protocol::Message>::__debug(__event, __f)
            }
        }
    }
}
#[automatically_derived]
#[allow(clippy::all)]
impl ::core::cmp::PartialEq for WalkMsg {
    fn eq(&self, __other: &Self) -> bool {
        match (self, __other) {
            (Self::Hop(__event), Self::Hop(__other)) => {
                <Hop as ::nodes::protocol::Message>::__eq(__event, __other)
            }
        }
    }
}
#[automatically_derived]
#[allow(clippy::all)]
impl ::nodes::protocol::MessageSet for WalkMsg {
    #[inline]
    fn tag(&self) -> u8 {
        match self {
            Self::Hop(_) => 0u8,
        }
    }
    #[inline]
    fn encode(
        &self,
        __buffer: &mut [u8],
    ) -> ::core::result::Result<usize, ::nodes::protocol::codec::EncodeError> {
        let mut __writer = ::nodes::protocol::codec::Writer::new(
            ::nodes::protocol::MessageSet::tag(self),
            __buffer,
        )?;
        let __written = match self {
            Self::Hop(__event) => {
                <Hop as ::nodes::protocol::Message>::__serialize(
                    __event,
                    __writer.fields(),
                )
            }
        };
        __writer.end(__written)
    }
    #[inline]
    fn length(&self) -> ::core::option::Option<usize> {
        let mut __length = ::nodes::protocol::codec::Length::default();
        let __counted = match self {
            Self::Hop(__event) => {
                <Hop as ::nodes::protocol::Message>::__serialize(__event, &mut __length)
            }
        };
        __length.with_tag(__counted)
    }
    #[inline]
    fn decode(
        __bytes: &[u8],
    ) -> ::core::result::Result<Self, ::nodes::protocol::codec::DecodeError> {
        let mut __reader = ::nodes::protocol::codec::Reader::new(__bytes)?;
        let __read = match __reader.tag() {
            0u8 => {
                ::core::result::Result::map(
                    <Hop as ::nodes::protocol::Message>::__deserialize(
                        __reader.fields(),
                    ),
                    Self::Hop,
                )
            }
            _ => return ::core::result::Result::Err(__reader.unknown()),
        };
        __reader.end(__read)
    }
    fn inner(&self) -> &dyn ::core::any::Any {
        match self {
            Self::Hop(__event) => __event,
        }
    }
}
#[automatically_derived]
#[allow(clippy::all)]
impl ::nodes::protocol::Message for WalkMsg {
    const NAME: &'static str = "WalkMsg";
    const SCHEMA: &'static str = "Hop";
}
#[automatically_derived]
#[allow(clippy::all)]
impl ::nodes::__private::serde::Serialize for WalkMsg {
    fn serialize<__S: ::nodes::__private::serde::Serializer>(
        &self,
        __serializer: __S,
    ) -> ::core::result::Result<__S::Ok, __S::Error> {
        ::nodes::__private::serialize_set(self, __serializer)
    }
}
#[automatically_derived]
impl<'de> ::nodes::__private::serde::Deserialize<'de> for WalkMsg {
    fn deserialize<__D: ::nodes::__private::serde::Deserializer<'de>>(
        __deserializer: __D,
    ) -> ::core::result::Result<Self, __D::Error> {
        ::nodes::__private::deserialize_set(__deserializer)
    }
}
#[automatically_derived]
impl ::nodes::protocol::MessageOf<__Walk_lacks_protocol_on_its_struct<Walk>> for Hop {
    const TAG: u8 = 0u8;
    #[inline]
    fn wrap(
        self,
    ) -> <__Walk_lacks_protocol_on_its_struct<
        Walk,
    > as ::nodes::protocol::Protocol>::Msg {
        WalkMsg::Hop(self)
    }
}
///Every alarm that `Walk` handles.
#[allow(
    missing_docs,
    non_camel_case_types,
    private_interfaces,
    private_bounds,
    unreachable_pub,
    clippy::all
)]
pub enum WalkAlarm {
    Patience(Patience),
}
#[automatically_derived]
#[allow(clippy::all)]
impl ::core::clone::Clone for WalkAlarm {
    #[inline]
    fn clone(&self) -> Self {
        match self {
            Self::Patience(__event) => {
                Self::Patience(<Patience as ::nodes::protocol::Alarm>::__clone(__event))
            }
        }
    }
}
#[automatically_derived]
#[allow(clippy::all)]
impl ::core::fmt::Debug for WalkAlarm {
    fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Patience(__event) => {
                <Patience as ::nodes::protocol::Alarm>::__debug(__event, __f)
            }
        }
    }
}
#[automatically_derived]
#[allow(clippy::all)]
impl ::nodes::protocol::AlarmSet for WalkAlarm {
    fn tag(&self) -> u8 {
        match self {
            Self::Patience(_) => 0u8,
        }
    }
}
#[automatically_derived]
#[allow(clippy::all)]
impl ::nodes::__private::serde::Serialize for WalkAlarm {
    fn serialize<__S: ::nodes::__private::serde::Serializer>(
        &self,
        __serializer: __S,
    ) -> ::core::result::Result<__S::Ok, __S::Error> {
        match self {
            Self::Patience(__event) => {
                <Patience as ::nodes::protocol::Alarm>::__serialize(
                    __event,
                    0u8,
                    __serializer,
                )
            }
        }
    }
}
#[automatically_derived]
#[allow(clippy::all)]
impl ::nodes::__private::Alarms for WalkAlarm {
    fn next<'de, __A: ::nodes::__private::serde::de::SeqAccess<'de>>(
        __tag: u8,
        __pair: &mut __A,
    ) -> ::core::result::Result<Self, __A::Error> {
        match __tag {
            0u8 => {
                ::core::result::Result::map(
                    <Patience as ::nodes::protocol::Alarm>::__next(__pair),
                    Self::Patience,
                )
            }
            _ => ::core::result::Result::Err(::nodes::__private::unknown_alarm(__tag)),
        }
    }
}
#[automatically_derived]
impl<'de> ::nodes::__private::serde::Deserialize<'de> for WalkAlarm {
    fn deserialize<__D: ::nodes::__private::serde::Deserializer<'de>>(
        __deserializer: __D,
    ) -> ::core::result::Result<Self, __D::Error> {
        ::nodes::__private::deserialize_alarm(__deserializer)
    }
}
#[automatically_derived]
impl ::nodes::protocol::AlarmOf<__Walk_lacks_protocol_on_its_struct<Walk>> for Patience {
    const TAG: u8 = 0u8;
    #[inline]
    fn wrap(
        self,
    ) -> <__Walk_lacks_protocol_on_its_struct<
        Walk,
    > as ::nodes::protocol::Protocol>::Alarm {
        WalkAlarm::Patience(self)
    }
}
const _: () = {
    type __States = __add_the_field_state_to_Walk;
    const __STATES: ::nodes::__private::Table = ::nodes::__private::Table {
        names: <__States as ::nodes::protocol::States>::NAMES,
        terminal: <__States as ::nodes::protocol::States>::TERMINAL,
    };
    #[automatically_derived]
    #[allow(unused_variables, unreachable_patterns, unreachable_code, clippy::all)]
    impl ::nodes::protocol::Protocol for __Walk_lacks_protocol_on_its_struct<Walk> {
        type Msg = WalkMsg;
        type Alarm = WalkAlarm;
        type Config = ();
        fn description(
            __config: &Self::Config,
        ) -> ::std::sync::Arc<::nodes::protocol::Description> {
            ::nodes::__private::describe(const {
                &::nodes::__private::Outline {
                    flags: <Self as ::nodes::protocol::Protocol>::__FLAGS,
                    messages: &[<Hop as ::nodes::protocol::Message>::__TEXTS],
                    alarms: &[<Patience as ::nodes::protocol::Alarm>::__TEXTS],
                    rules: &[
                        ::nodes::__private::Rule {
                            trigger: ::nodes::protocol::Trigger::Spontaneously,
                            states: ::nodes::__private::In::These(&["Idle"]),
                            guard: ::core::option::Option::None,
                            action: ::nodes::__private::Deed::Handle(
                                "start",
                                &["Asking", "State"],
                            ),
                            doc: "Begins.",
                        },
                        ::nodes::__private::Rule {
                            trigger: ::nodes::protocol::Trigger::Message(0u8),
                            states: ::nodes::__private::In::These(&["Asking"]),
                            guard: ::core::option::Option::Some("origin == net . id ()"),
                            action: ::nodes::__private::Deed::Handle(
                                "home",
                                &["Done", "State"],
                            ),
                            doc: "",
                        },
                        ::nodes::__private::Rule {
                            trigger: ::nodes::protocol::Trigger::Message(0u8),
                            states: ::nodes::__private::In::These(&["Asking", "Done"]),
                            guard: ::core::option::Option::None,
                            action: ::nodes::__private::Deed::Handle("away", &[]),
                            doc: "",
                        },
                        ::nodes::__private::Rule {
                            trigger: ::nodes::protocol::Trigger::Message(0u8),
                            states: ::nodes::__private::In::These(&["Idle"]),
                            guard: ::core::option::Option::None,
                            action: ::nodes::__private::Deed::Never,
                            doc: "",
                        },
                        ::nodes::__private::Rule {
                            trigger: ::nodes::protocol::Trigger::Alarm(0u8),
                            states: ::nodes::__private::In::These(&["Asking"]),
                            guard: ::core::option::Option::None,
                            action: ::nodes::__private::Deed::Handle("impatient", &[]),
                            doc: "",
                        },
                    ],
                    nil: &[],
                    recovery: ::core::option::Option::Some(["back", "u32", "Goes on."]),
                    properties: &[("all_home", ::nodes::protocol::When::Finally, "")],
                    ..<Self as ::nodes::protocol::Declared>::__OUTLINE
                }
            })
        }
        #[inline(never)]
        fn properties() -> &'static [::nodes::protocol::Property<Self>] {
            const {
                &[
                    ::nodes::protocol::Property::new(
                        "all_home",
                        "",
                        ::nodes::protocol::When::Finally,
                        ::nodes::protocol::Check::World(|__seen| ::nodes::protocol::IntoVerdict::into_verdict(
                            <__add_the_field_state_to_Walk<Walk>>::all_home(__seen),
                        )),
                    ),
                ]
            }
        }
        fn init(
            __config: &Self::Config,
            __net: &mut ::nodes::protocol::Net<Self>,
        ) -> Self {
            <Self as ::core::default::Default>::default()
        }
        fn recover(
            __saved: ::core::option::Option<&[u8]>,
            __config: &Self::Config,
            __net: &mut ::nodes::protocol::Net<Self>,
        ) -> Self {
            match __saved {
                ::core::option::Option::Some(__saved) => {
                    <__add_the_field_state_to_Walk<
                        Walk,
                    >>::back(<u32 as ::nodes::protocol::Stored>::__decode(__saved))
                }
                ::core::option::Option::None => {
                    <Self as ::nodes::protocol::Protocol>::init(__config, __net)
                }
            }
        }
        fn on_impulse(
            &mut self,
            __net: &mut ::nodes::protocol::Net<Self>,
        ) -> ::nodes::protocol::Outcome<()> {
            match <Self as ::nodes::protocol::Declared>::state(self) {
                __States::Idle { .. } => {
                    <__add_the_field_state_to_Walk<Walk>>::start(self, __net);
                    ::nodes::protocol::Outcome::Handled
                }
                _ => ::nodes::protocol::Outcome::Ignored,
            }
        }
        fn on_message(
            &mut self,
            __event: Self::Msg,
            __sender: ::nodes::topology::Port,
            __net: &mut ::nodes::protocol::Net<Self>,
        ) -> ::nodes::protocol::Outcome<Self::Msg> {
            match __event {
                WalkMsg::Hop(__event) => {
                    if ::core::matches!(
                        < Self as ::nodes::protocol::Declared > ::state(self),
                        __States::Asking { .. }
                    )
                        && {
                            let mut __holds = false;
                            #[allow(unused_mut)]
                            match __event {
                                Hop {
                                    origin,
                                    ..
                                } if {
                                    let sender = __sender;
                                    let net = &*__net;
                                    if { origin == net.id() } {
                                        __holds = true;
                                    }
                                    false
                                } => ::core::unreachable!(),
                                _ => {}
                            }
                            __holds
                        }
                    {
                        return {
                            <__add_the_field_state_to_Walk<Walk>>::home(self, __event);
                            ::nodes::protocol::Outcome::Handled
                        };
                    }
                    match <Self as ::nodes::protocol::Declared>::state(self) {
                        __States::Asking { .. } | __States::Done { .. } => {
                            <__add_the_field_state_to_Walk<
                                Walk,
                            >>::away(self, __event, __sender, __net);
                            ::nodes::protocol::Outcome::Handled
                        }
                        __States::Idle { .. } => ::nodes::protocol::Outcome::Unexpected,
                        _ => ::nodes::protocol::Outcome::Late,
                    }
                }
            }
        }
        fn on_alarm(
            &mut self,
            __event: Self::Alarm,
            __net: &mut ::nodes::protocol::Net<Self>,
        ) -> ::nodes::protocol::Outcome<()> {
            match __event {
                WalkAlarm::Patience(__event) => {
                    match <Self as ::nodes::protocol::Declared>::state(self) {
                        __States::Asking { .. } => {
                            <__add_the_field_state_to_Walk<Walk>>::impatient(self);
                            ::nodes::protocol::Outcome::Handled
                        }
                        _ => ::nodes::protocol::Outcome::Ignored,
                    }
                }
            }
        }
    }
    #[automatically_derived]
    impl ::nodes::protocol::StoredBy<__Walk_lacks_protocol_on_its_struct<Walk>> for u32 {
        fn encode(
            &self,
        ) -> ::core::result::Result<
            ::std::vec::Vec<u8>,
            ::nodes::protocol::codec::EncodeError,
        > {
            <u32 as ::nodes::protocol::Stored>::__encode(self)
        }
    }
    const _: () = {
        const TEXT: ::nodes::__private::Text = __STATES
            .uncovered(
                "Walk",
                "Hop",
                &["Asking", "Done", "Idle"],
                &["Asking", "Asking", "Done", "Idle"],
                true,
            );
        if !TEXT.is_empty() {
            ::core::panic!("{}", TEXT.as_str())
        }
    };
    const _: () = {
        const TEXT: ::nodes::__private::Text = __STATES
            .leaves_terminal(&["Idle"], "Asking", true);
        if !TEXT.is_empty() {
            ::core::panic!("{}", TEXT.as_str())
        }
    };
    const _: () = {
        const TEXT: ::nodes::__private::Text = __STATES
            .leaves_terminal(&["Asking"], "Done", true);
        if !TEXT.is_empty() {
            ::core::panic!("{}", TEXT.as_str())
        }
    };
};
impl __add_the_field_state_to_Walk<Walk> {
    /// Begins.
    fn start(&mut self, net: &mut Net<Self>) {
        net.send(
            net.right(),
            Hop {
                origin: net.id(),
                path: Vec::new(),
            },
        );
        self.state = State::Asking { left: 1 };
    }
    fn home(&mut self, Hop { origin, .. }: Hop) {
        self.state = State::Done;
    }
    fn away(&mut self, msg: Hop, sender: Port, net: &mut Net<Self>) {
        net.send_other_way(sender, msg);
    }
    fn impatient(&mut self) {}
    /// Goes on.
    fn back(hops: u32) -> Self {
        Walk { state: State::Idle, hops }
    }
    fn all_home(world: &World<Self>) -> bool {
        world.all_terminal()
    }
}
