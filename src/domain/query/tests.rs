//! The language: what is understood, what is refused, and that no text makes the reader stumble.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn parse(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|cause| panic!("{text}: {cause}"))
}

/// The one spelling of a query.
fn printed(text: &str) -> String {
    parse(text).to_string()
}

#[test]
fn every_part_may_be_left_out() {
    for text in ["", "  ", "select *", "SELECT *", "\tselect\n*", "where", "select * where"] {
        assert_eq!(Query::parse(text), Ok(Query::default()), "{text}");
    }
    for text in [
        "username = 'ann'",
        "where username = 'ann'",
        "select * username = 'ann'",
        " select * where username = 'ann'",
        "SELECT * WHERE username='ann'",
    ] {
        assert_eq!(printed(text), "select * where username = 'ann'", "{text}");
    }
    assert_eq!(printed(" order by username"), "select * order by username asc");
    assert_eq!(printed("select * select * order by created asc"), "select * order by created asc");
    assert_eq!(printed("select * select = 1"), "select * where select = 1.0");
    assert_eq!(printed("select * Order By a DESC, b,c ASC"), "select * order by a desc, b asc, c asc");
}

#[test]
fn words_and_signs_compare_alike_and_words_are_lower_case() {
    for (sign, word) in [("=", "eq"), ("<", "lt"), ("<=", "lte"), (">", "gt"), (">=", "gte")] {
        let expected = format!("select * where age {sign} 5.0");
        assert_eq!(printed(&format!("age{sign}5")), expected);
        assert_eq!(printed(&format!("age {word} 5")), expected);
        assert!(Query::parse(&format!("age {} 5", word.to_uppercase())).is_err(), "{word}");
    }
    assert!(Query::parse("age != 5").is_err(), "Usergrid has no such comparison");
}

#[test]
fn not_binds_closest_then_and_then_or() {
    let spelled = |text: &str| printed(text).replace("select * where ", "");
    assert_eq!(spelled("not a=1 and b=2 or c=3"), "not a = 1.0 and b = 2.0 or c = 3.0");
    assert_eq!(spelled("a=1 || b=2 && c=3"), "a = 1.0 or b = 2.0 and c = 3.0");
    assert_eq!(spelled("(a=1 OR b=2) AND c=3"), "(a = 1.0 or b = 2.0) and c = 3.0");
    assert_eq!(spelled("NOT (a=1 or b=2)"), "not (a = 1.0 or b = 2.0)");
    let Some(Filter::Or(left, _)) = parse("not a=1 and b=2 or c=3").filter else { panic!("or is the loosest") };
    let Filter::And(left, _) = *left else { panic!("and comes next") };
    assert!(matches!(*left, Filter::Not(_)));
}

#[test]
fn values_have_their_kinds() {
    let id = "8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc";
    let cases = [
        ("-17", Value::Number(-17.0)),
        ("1.5e3", Value::Number(1500.0)),
        ("1790000000123", Value::Number(1_790_000_000_123.0)),
        ("true", Value::Flag(true)),
        ("FALSE", Value::Flag(false)),
        (id, Value::Id(Uuid::parse_str(id).expect("an id"))),
        ("'ann'", Value::Text("ann".to_owned())),
        (r"'it\'s'", Value::Text("it's".to_owned())),
        (r"'a\\b'", Value::Text(r"a\b".to_owned())),
        ("''", Value::Text(String::new())),
        ("'or 1=1; --'", Value::Text("or 1=1; --".to_owned())),
    ];
    for (text, value) in cases {
        let Some(Filter::Compare { value: read, .. }) = parse(&format!("f = {text}")).filter else { panic!("{text}") };
        assert_eq!(read, value, "{text}");
    }
}

#[test]
fn contains_within_and_dotted_names_are_read() {
    assert_eq!(
        printed("a.b CONTAINS 'x y*' and location WITHIN 400 of 37.5, -122"),
        "select * where a.b contains 'x y*' and location within 400.0 of 37.5,-122.0"
    );
    for bad in ["a contains 5", "a within 5", "a within 5 of 1", "a within '5' of 1,2"] {
        assert!(matches!(Query::parse(bad), Err(QueryError::Expected { .. })), "{bad}");
    }
    for bad in ["a within -1 of 1,2", "a within 1 of 91,2", "a within 1 of 1,-181"] {
        assert_eq!(Query::parse(bad), Err(QueryError::NoPlaceOnEarth), "{bad}");
    }
}

#[test]
fn a_keyword_may_be_the_name_of_a_field() {
    for text in [
        "order = 1",
        "contains contains 'x'",
        "within = 'near'",
        "select select,where where order = 1 order by by desc",
        "select {asc:desc} order by asc asc",
    ] {
        assert!(Query::parse(text).is_ok(), "{text}");
    }
    assert_eq!(printed("where where = 1"), "select * where where = 1.0");
    assert!(Query::parse("where = 1").is_err(), "the first one is the keyword");
}

#[test]
fn what_is_no_query_is_refused_with_its_place() {
    let expected = |at, expected| Err(QueryError::Expected { at, expected });
    assert_eq!(Query::parse("a = "), expected(4, "a number, a string in single quotes, a UUID, true or false"));
    assert_eq!(Query::parse("a = 1 b = 2"), expected(6, "the end of the query"));
    assert_eq!(Query::parse("(a = 1"), expected(6, "')'"));
    assert_eq!(Query::parse("select a,"), expected(9, "the name of a field"));
    assert_eq!(Query::parse("a 1"), expected(2, "a comparison"));
    assert_eq!(Query::parse("a = 'b"), Err(QueryError::OpenString { at: 4 }));
    assert_eq!(Query::parse(r"a = 'b\'"), Err(QueryError::OpenString { at: 4 }));
    assert_eq!(Query::parse("é = 1 ; drop"), Err(QueryError::Token { at: 7 }));
    for bad in ["a = \"b\"", "a = 1.2.3", "a = 1e", "a = 1x", "a # 1", "a = $1", "a = ?", "a = 1e999", "a\0 = 1"] {
        assert!(matches!(Query::parse(bad), Err(QueryError::Token { .. })), "{bad}: {:?}", Query::parse(bad));
    }
}

#[test]
fn a_query_is_bounded_in_every_direction() {
    let joined = |count: usize, by: &str| vec!["a=1"; count].join(by);
    assert!(Query::parse(&joined(MAX_TERMS, " or ")).is_ok());
    assert_eq!(Query::parse(&joined(MAX_TERMS + 1, " or ")), Err(QueryError::TooManyTerms(MAX_TERMS)));
    // Each word of a `contains` is looked for by itself, and counts as a comparison.
    let words = |count: usize| format!("a contains '{}'", vec!["w*"; count].join(" "));
    let too_many = Err(QueryError::TooManyWords(MAX_WORDS));
    assert!(Query::parse(&words(MAX_WORDS)).is_ok());
    assert_eq!(Query::parse(&words(MAX_WORDS + 1)), too_many);
    assert_eq!(Query::parse(&words(500)), too_many);
    let twice = [words(MAX_WORDS), words(MAX_WORDS)].join(" or not ");
    assert!(Query::parse(&twice).is_ok());
    let more = Err(QueryError::TooManyQueryWords(MAX_QUERY_WORDS));
    assert_eq!(Query::parse(&format!("{twice} or a contains 'w'")), more);
    let full = format!("{twice} or {}", joined(MAX_TERMS - MAX_QUERY_WORDS, " or "));
    assert!(Query::parse(&full).is_ok());
    assert_eq!(Query::parse(&format!("{full} or a=1")), Err(QueryError::TooManyTerms(MAX_TERMS)));
    let nested = |depth: usize| format!("{}a=1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Query::parse(&nested(MAX_DEPTH - 1)).is_ok());
    assert_eq!(Query::parse(&nested(MAX_DEPTH)), Err(QueryError::TooDeep(MAX_DEPTH)));
    assert_eq!(Query::parse(&format!("{}a=1", "not ".repeat(2000 / 4))), Err(QueryError::TooDeep(MAX_DEPTH)));
    assert_eq!(Query::parse("order by a,b,c,d,e"), Err(QueryError::TooManyOrders(MAX_ORDER)));
    let fields = vec!["f"; MAX_FIELDS + 1].join(",");
    assert_eq!(Query::parse(&format!("select {fields}")), Err(QueryError::TooManyFields(MAX_FIELDS)));
    assert_eq!(Query::parse(&" ".repeat(MAX_LENGTH + 1)), Err(QueryError::TooLong(MAX_LENGTH)));
}

#[test]
fn select_shows_what_was_asked_for_beside_uuid_type_and_metadata() {
    let entity = json!({
        "username": "ann", "Email": "ann@example.test", "location": { "City": "Oslo" },
        "uuid": "u", "type": "user", "metadata": { "path": "/users/u" },
    });
    let project = |text: &str| Asked::parse(Collection::Users, text).expect("a query").project(entity.clone());
    let always = |shown: serde_json::Value| {
        let mut shown = shown;
        let members = shown.as_object_mut().expect("an object");
        members.extend(
            json!({ "uuid": "u", "type": "user", "metadata": { "path": "/users/u" } })
                .as_object()
                .cloned()
                .expect("an object"),
        );
        shown
    };
    assert_eq!(project("select *"), entity);
    assert_eq!(project("select uuid"), always(json!({})));
    assert_eq!(project("select username, email"), always(json!({ "username": "ann", "Email": "ann@example.test" })));
    assert_eq!(
        project("select { who: username, where: location.city }"),
        always(json!({ "who": "ann", "where": "Oslo" }))
    );
    assert_eq!(project("select location, nothing, username.deeper"), always(json!({ "location": { "City": "Oslo" } })));
    assert_eq!(project("select {uuid: username}"), always(json!({})), "no alias takes the place of the id");
}

/// A name that may stand anywhere.
fn name() -> impl Strategy<Value = String> {
    "[a-z_é][a-z0-9_.-]{0,8}"
        .prop_filter("no word of the language", |name| !["not", "and", "or"].contains(&name.as_str()))
}

fn field() -> impl Strategy<Value = Field> {
    name().prop_map(Field)
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::Number),
        any::<i32>().prop_map(|number| Value::Number(number.into())),
        any::<bool>().prop_map(Value::Flag),
        any::<u128>().prop_map(|id| Value::Id(Uuid::from_u128(id))),
        any::<String>().prop_map(Value::Text),
        r"[a-z*'\\]{0,6}".prop_map(Value::Text),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let comparison = prop_oneof![
        Just(Comparison::Equal),
        Just(Comparison::Less),
        Just(Comparison::LessOrEqual),
        Just(Comparison::Greater),
        Just(Comparison::GreaterOrEqual),
    ];
    let circle = (0.0..1e7f64, -90.0..=90.0f64, -180.0..=180.0f64);
    let leaf = prop_oneof![
        (field(), comparison, value()).prop_map(|(field, comparison, value)| Filter::Compare {
            field,
            comparison,
            value
        }),
        (field(), any::<String>()).prop_map(|(field, text)| Filter::Contains { field, text }),
        (field(), circle).prop_map(|(field, (metres, latitude, longitude))| {
            Filter::Within { field, circle: Circle { metres, latitude, longitude } }
        }),
    ];
    leaf.prop_recursive(5, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| Filter::And(Box::new(left), Box::new(right))),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| Filter::Or(Box::new(left), Box::new(right))),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn query() -> impl Strategy<Value = Query> {
    let direction = prop_oneof![Just(Direction::Ascending), Just(Direction::Descending)];
    let order = (field(), direction).prop_map(|(field, direction)| Order { field, direction });
    let fields = prop_oneof![
        prop::collection::vec(field().prop_map(|field| Selected { alias: None, field }), 1..4),
        prop::collection::vec(
            (name(), field()).prop_map(|(alias, field)| Selected { alias: Some(alias), field }),
            1..4
        ),
    ];
    let select = prop_oneof![Just(Select::Everything), fields.prop_map(Select::Fields)];
    (select, prop::option::of(filter()), prop::collection::vec(order, 0..=MAX_ORDER))
        .prop_map(|(select, filter, order)| Query { select, filter, order })
}

proptest! {
    #[test]
    fn what_is_printed_parses_back_to_itself(query in query()) {
        let text = query.to_string();
        prop_assume!(text.len() <= MAX_LENGTH);
        let read = Query::parse(&text);
        // A text of any characters may have more words than a query.
        prop_assume!(!matches!(read, Err(QueryError::TooManyWords(_) | QueryError::TooManyQueryWords(_))));
        prop_assert_eq!(read, Ok(query));
    }

    #[test]
    fn no_text_makes_the_reader_stumble(text in any::<String>()) {
        let _ = Query::parse(&text);
    }

    #[test]
    fn no_text_of_the_languages_own_words_makes_the_reader_stumble(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "select", "*", "where", "a", "b.c", "=", "<=", "eq", "'x'", "'", "\\", "5", "-1.5", "contains", "within",
                "of", ",", "and", "||", "not", "(", ")", "{", "}", ":", "order", "by", "desc", "true", " ", "é", "\u{0}",
                "8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc",
            ]),
            0..40,
        ),
        gap in prop::sample::select(vec!["", " "]),
    ) {
        let text = words.join(gap);
        if let Ok(query) = Query::parse(&text) {
            prop_assert_eq!(Query::parse(&query.to_string()), Ok(query));
        }
    }
}
