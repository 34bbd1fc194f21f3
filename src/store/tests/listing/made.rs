//! People and queries that were made to meet each other: few names, few values, all of the kinds there are.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value as Json, json};

use super::super::{at, uuid_at};
use crate::domain::id::{AppId, UserId};
use crate::domain::name::{Email, Username};
use crate::domain::query::Query;
use crate::domain::user::{AppUser, Person, WithPassword};

/// Texts that a careless pattern, comparison or sort would get wrong.
const TEXTS: [&str; 18] = [
    "Ann",
    "ann",
    "ANN Smith",
    "anna",
    "Änne",
    "o'neil",
    "50%",
    "50 percent",
    "a_b",
    "axb",
    "a!b",
    "john smith",
    "John  Smithson",
    "zoë",
    "ｚｏë",
    "😀 smile",
    "~",
    "",
];
const OPERANDS: [&str; 28] = [
    "user", "*s*r", "Ann", "ann", "ann*", "*n*", "a*n", "*smith", "50%", "50*", "a_b", "a_*", "a*b", "*!*", "o\\'*",
    "zoë", "Z*", "*", "**", "j*n*s*h", "~", "", "ä*", "😀*", "annually", "b", "oslo", "user1*",
];
const WORDS: [&str; 12] =
    ["example", "7-zoë", "ann", "smith", "smi*", "john smith", "SMITH john", "percent", "b", "o neil", "*", "user"];
const FIELDS: [&str; 23] = [
    "type",
    "name",
    "Name",
    "city",
    "address.city",
    "ADDRESS.City",
    "tags",
    "tags.deep",
    "age",
    "mixed",
    "vip",
    "username",
    "email",
    "uuid",
    "created",
    "modified",
    "activated",
    "confirmed",
    "disabled",
    "nothing",
    "address",
    "location",
    "location.latitude",
];

fn text() -> impl Strategy<Value = Json> {
    prop::sample::select(&TEXTS[..]).prop_map(Json::from)
}

fn number() -> impl Strategy<Value = Json> {
    prop_oneof![(-3..4i64).prop_map(Json::from), prop::sample::select(vec![0.5, -2.25, 1e300]).prop_map(Json::from)]
}

fn scalar() -> impl Strategy<Value = Json> {
    prop_oneof![text(), number(), any::<bool>().prop_map(Json::from), Just(Json::Null)]
}

fn place() -> impl Strategy<Value = Json> {
    (-90.0..=90.0f64, -180.0..=180.0f64)
        .prop_map(|(latitude, longitude)| json!({ "latitude": latitude, "longitude": longitude }))
}

fn properties() -> impl Strategy<Value = Map<String, Json>> {
    let deep = (scalar(), scalar()).prop_map(|(one, other)| json!([one, { "deep": other }]));
    let tags = prop_oneof![prop::collection::vec(scalar(), 0..4).prop_map(Json::from), deep, scalar()];
    let places = prop_oneof![place(), prop::collection::vec(place(), 1..3).prop_map(Json::from), scalar()];
    let option = prop::option::of::<BoxedStrategy<Json>>;
    let all = (
        option(text().boxed()),
        option(text().prop_map(|city| json!({ "City": city })).boxed()),
        option(tags.boxed()),
        option(number().boxed()),
        option(scalar().boxed()),
        option(any::<bool>().prop_map(Json::from).boxed()),
        option(places.boxed()),
    );
    all.prop_map(|(city, address, tags, age, mixed, vip, location)| {
        let members = [
            ("city", city),
            ("address", address),
            ("tags", tags),
            ("age", age),
            ("mixed", mixed),
            ("vip", vip),
            ("location", location),
        ];
        members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    })
}

fn person() -> impl Strategy<Value = Person> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let name = prop::option::of(prop::sample::select(&TEXTS[..]));
    (properties(), flags, name, any::<bool>(), 0..6i64, 0..4i64).prop_map(
        |(properties, (activated, confirmed, disabled), name, has_email, created, modified)| Person {
            properties,
            activated,
            confirmed,
            disabled,
            name: name.map(str::to_owned),
            // Told from has_email below, because it is unique.
            email: has_email.then(|| Email::parse("later@example.test").expect("an address")),
            username: Username::parse("later").expect("a name"),
            deactivated: None,
            password_changed: None,
            created: at(created),
            modified: at(modified),
        },
    )
}

/// Eighty people, the same at every call.
pub fn some_users() -> Vec<Person> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[3; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let people = prop::collection::vec(person(), 80).new_tree(&mut runner).expect("people").current();
    let name = |number: usize| match number % 4 {
        0 => format!("User{number}"),
        1 => format!("ann.smith+{number}"),
        2 => format!("{number}-Zoë"),
        _ => format!("user_{number}"),
    };
    let named = people.into_iter().enumerate().map(|(number, person)| Person {
        username: Username::parse(&name(number)).expect("a name"),
        email: person.email.is_some().then(|| Email::parse(&format!("{number}.ann@Example.test")).expect("an address")),
        ..person
    });
    named.collect()
}

/// The user of this number, whose id does not tell the number and is the same in every application.
pub fn user(app: AppId, number: usize, person: Person) -> WithPassword<AppUser> {
    let shuffled = (number + 1) * 7919 % 100_003;
    let id = uuid_at(i64::try_from(shuffled).expect("a small number"));
    WithPassword { who: AppUser { id: UserId::new(id), app, person }, hash: None }
}

fn leaf() -> impl Strategy<Value = String> {
    let field = || prop::sample::select(&FIELDS[..]);
    let sign = || prop::sample::select(vec!["=", "=", "=", "<", "<=", ">", ">="]);
    let moment = at(0).millis();
    let value = prop_oneof![
        4 => prop::sample::select(&OPERANDS[..]).prop_map(|text| format!("'{text}'")),
        2 => prop::sample::select(vec!["-1", "0", "1", "2", "0.5", "1e300"]).prop_map(str::to_owned),
        1 => any::<bool>().prop_map(|flag| flag.to_string()),
        1 => (0..4i64, 0..3i64).prop_map(move |(second, half)| format!("{}.{}", moment + second * 1000, half * 5)),
        1 => (1..100_000i64).prop_map(|millis| uuid_at(millis).to_string()),
        1 => (1..100_000i64).prop_map(|millis| format!("'{}'", uuid_at(millis))),
    ];
    let circle = (0.0..2.1e7f64, -90.0..=90.0f64, -180.0..=180.0f64);
    prop_oneof![
        6 => (field(), sign(), value).prop_map(|(field, sign, value)| format!("{field} {sign} {value}")),
        // Own columns compare with values of their own kind now and then.
        1 => (prop::sample::select(vec!["activated", "confirmed", "disabled", "vip"]), sign(), any::<bool>())
            .prop_map(|(field, sign, flag)| format!("{field} {sign} {flag}")),
        1 => (prop::sample::select(vec!["created", "modified"]), sign(), 0..6i64, 0..2i64)
            .prop_map(move |(field, sign, second, half)| format!("{field} {sign} {}.{}", moment + second * 1000, half * 5)),
        1 => (field(), prop::sample::select(&WORDS[..])).prop_map(|(field, words)| format!("{field} contains '{words}'")),
        1 => circle.prop_map(|(metres, lat, lon)| format!("location within {metres:?} of {lat:?},{lon:?}")),
    ]
}

/// A query of up to a few comparisons, sorted by up to three fields.
pub fn a_query() -> impl Strategy<Value = Query> {
    let filter = leaf().prop_recursive(3, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} and {right})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} or {right})")),
            inner.prop_map(|filter| format!("not ({filter})")),
        ]
    });
    let order = (prop::sample::select(&FIELDS[..]), prop::sample::select(vec!["", "asc", "desc"]))
        .prop_map(|(field, direction)| format!("{field} {direction}"));
    let orders = prop::collection::vec(order, 0..4);
    (prop::option::weighted(0.8, filter), orders).prop_map(|(filter, orders)| {
        let orders = if orders.is_empty() { String::new() } else { format!(" order by {}", orders.join(",")) };
        Query::parse(&format!("{}{orders}", filter.unwrap_or_default())).expect("a good query")
    })
}
