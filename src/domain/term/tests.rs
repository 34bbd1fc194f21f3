//! Terms: what an entity is found by, and the forms in which texts meet.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn terms(entity: Value) -> Vec<Term> {
    terms_of(entity.as_object().expect("an object"))
}

fn fields(terms: &[Term]) -> Vec<(&str, i64)> {
    terms.iter().map(|term| (term.field.as_str(), term.ordinal)).collect()
}

fn text(key: &str, words: &str) -> Content {
    Content::Text { key: key.to_owned(), words: words.to_owned() }
}

#[test]
fn every_scalar_is_a_term_under_its_dotted_name() {
    let entity = json!({
        "Name": "Ann  O'Neil", "age": 41, "vip": true, "gone": null,
        "address": { "City": "Oslo" }, "tags": ["a", 1, ["b"], { "deep": false }],
    });
    let expected = [
        ("name", 0, text("ann  o'neil", " ann o neil ")),
        ("age", 0, Content::Number(41.0)),
        ("vip", 0, Content::Flag(true)),
        ("address.city", 0, text("oslo", " oslo ")),
        ("tags", 0, text("a", " a ")),
        ("tags", 1, Content::Number(1.0)),
        ("tags", 2, text("b", " b ")),
        ("tags.deep", 0, Content::Flag(false)),
    ];
    let expected = expected.map(|(field, ordinal, content)| Term { field: field.to_owned(), ordinal, content });
    assert_eq!(terms(entity), expected);
}

#[test]
fn a_place_is_a_point_on_a_sphere() {
    let found =
        terms(json!({ "location": { "latitude": 0, "longitude": 90.0 }, "no": { "latitude": 91, "longitude": 0 } }));
    assert_eq!(
        fields(&found),
        [
            ("location.#x", 0),
            ("location.#y", 0),
            ("location.#z", 0),
            ("location.latitude", 0),
            ("location.longitude", 0),
            ("no.latitude", 0),
            ("no.longitude", 0),
        ]
    );
    let point: Vec<f64> = found
        .iter()
        .take(3)
        .map(|term| if let Content::Number(number) = term.content { number } else { 9.0 })
        .collect();
    assert!(point[0].abs() < 1e-12 && (point[1] - 1.0).abs() < 1e-12 && point[2].abs() < 1e-12, "{point:?}");
}

#[test]
fn a_name_that_no_query_can_spell_has_no_terms() {
    let long = "a".repeat(201);
    let found = terms(json!({ "a b": 1, "a.b": 2, "1st": 3, "": 4, "#x": 5, (long): 6, "é-1_x": 7 }));
    assert_eq!(fields(&found), [("é-1_x", 0)]);
}

#[test]
fn depth_and_number_are_bounded() {
    let deep = (0..20).fold(json!(1), |inner, _| json!({ "a": inner }));
    assert_eq!(terms(deep), []);
    let nine = (0..8).fold(json!(1), |inner, _| json!({ "a": inner }));
    assert_eq!(fields(&terms(json!({ "a": nine }))), [("a.a.a.a.a.a.a.a.a", 0)]);
    let many: Vec<i32> = (0..1000).collect();
    let found = terms(json!({ "first": 1, "many": many, "last": 1 }));
    assert_eq!((found.len(), found[0].field.as_str()), (MAX_TERMS, "first"));
}

#[test]
fn long_texts_stay_apart_and_keep_their_beginning() {
    let (one, other) = (format!("{}one", "x".repeat(300)), format!("{}other", "x".repeat(300)));
    assert_ne!(text_key(&one), text_key(&other));
    assert_eq!(text_key(&one), text_key(&one.to_uppercase()));
    assert_eq!(text_key(&one).chars().count(), 264);
    assert!(text_key(&one).starts_with(&"x".repeat(200)));
    assert_eq!(text_key(&"x".repeat(200)), "x".repeat(200));
}

#[test]
fn texts_fold_as_names_do() {
    use crate::domain::name::lookup_key;
    for sample in ["Ann", "ﬁSH", "  Straße ", "İstanbul", "ÅNGSTRÖM", "ｆｕｌｌ"] {
        assert_eq!(whole_key(sample), lookup_key(sample), "{sample}");
    }
    assert_eq!(text_key("a\0b\u{1}c"), "a b c");
}

#[test]
fn a_pattern_has_a_start_and_a_rest() {
    let pattern = |text| Pattern::parse(text).map(|pattern| (pattern.start, pattern.rest));
    let parts =
        |start: &str, rest: &[&str]| Some((start.to_owned(), rest.iter().map(|part| (*part).to_owned()).collect()));
    assert_eq!(pattern("user"), None);
    assert_eq!(pattern("User*"), parts("user", &[""]));
    assert_eq!(pattern("*"), parts("", &[""]));
    assert_eq!(pattern("a**b*C"), parts("a", &["b", "c"]));
    assert_eq!(pattern("*x*"), parts("", &["x", ""]));
}

#[test]
fn the_words_asked_for_may_be_beginnings() {
    let whole = |word: &str| Word::Whole(word.to_owned());
    let beginning = |word: &str| Word::Beginning(word.to_owned());
    assert_eq!(wanted_words("John smi*"), [whole("john"), beginning("smi")]);
    assert_eq!(wanted_words("o'ne*, x"), [whole("o"), beginning("ne"), whole("x")]);
    assert_eq!(wanted_words("a * b"), [whole("a"), whole("b")]);
    assert_eq!(wanted_words(" .* "), []);
}

#[test]
fn a_text_meets_what_databases_find_by_a_pattern_or_by_words() {
    let is_met = |text: &str| Pattern::parse(text).expect("a pattern").is_met_by("user");
    for text in ["*", "us*", "*er", "u*r", "*s*e*", "user*", "*user", "u**r"] {
        assert!(is_met(text), "{text}");
    }
    for text in ["us*er*r", "x*", "*x", "*e*s*", "user*r", "u*x*r"] {
        assert!(!is_met(text), "{text}");
    }
    let has = |wanted: &str| has_words(&words_of("John Smith"), &wanted_words(wanted));
    assert!(["john", "smith JOHN", "smi*", "j* s*"].into_iter().all(has));
    assert!(!["smi", "john x", "", "*"].into_iter().any(has));
}

#[test]
fn what_spells_a_column_in_other_letters_is_not_searched() {
    let properties = json!({ "UserName": "boss", "Name": "B", "city": "Oslo" });
    let found = searchable(
        &[("username", Some("ann")), ("email", None)],
        &[("name", Some("Ann"))],
        properties.as_object().expect("an object"),
    );
    let members: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(members, ["username", "name", "Name", "city"]);
}

#[test]
fn separators_are_what_splits_words() {
    let split: Vec<String> =
        (0..128u8).map(char::from).filter(|c| c.is_ascii_punctuation()).map(String::from).collect();
    assert_eq!(split.concat(), "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
    for separator in split {
        assert_eq!(words_of(&format!("a{separator}b")), " a b ", "{separator}");
    }
}

proptest! {
    #[test]
    fn exactly_what_begins_with_a_prefix_lies_before_its_end(prefix in ".{0,4}", text in ".{0,6}") {
        let (prefix, text) = (fold(&prefix), fold(&text));
        let is_in = text >= prefix && after_prefix(&prefix).is_none_or(|end| text < end);
        prop_assert_eq!(is_in, text.starts_with(&prefix));
        let longer = format!("{prefix}{text}");
        prop_assert!(longer >= prefix && after_prefix(&prefix).is_none_or(|end| longer < end));
    }

    #[test]
    fn no_folded_text_has_control_characters(text in any::<String>()) {
        prop_assert!(!fold(&text).contains(char::is_control));
    }

    #[test]
    fn a_cap_holds_what_its_circle_holds(
        metres in 0.0..2e7f64, lat in -90.0..=90.0f64, lon in -180.0..=180.0f64, lat2 in -90.0..=90.0f64, lon2 in -180.0..=180.0f64,
    ) {
        let cap = Cap::of(Circle { metres, latitude: lat, longitude: lon });
        let point = on_sphere(lat2, lon2);
        let chord: f64 = point.iter().zip(cap.centre).map(|(a, b)| (a - b) * (a - b)).sum();
        // The haversine formula, which shares nothing with the code under test.
        let (half_lat, half_lon) = ((lat2 - lat).to_radians() / 2.0, (lon2 - lon).to_radians() / 2.0);
        let h = half_lat.sin().powi(2) + lat.to_radians().cos() * lat2.to_radians().cos() * half_lon.sin().powi(2);
        let distance = 2.0 * EARTH * h.sqrt().min(1.0).asin();
        prop_assume!((distance - metres).abs() > 1.0);
        prop_assert_eq!(chord <= cap.chord * cap.chord, distance < metres);
    }
}
