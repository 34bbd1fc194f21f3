//! Listings: what comes back is what a plain reading of the query says, page by page, and for one tenant alone.

mod made;
mod naive;
mod pages;
mod plans;

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use self::made::{a_query, some_users};
use self::naive::{Entity, Key};
use super::*;
use crate::domain::query::{Asked, Collection, Query, Turn, Within};
use crate::store::{Listing, Mark, Page};

/// One page.
fn page(store: &Store, app: AppId, asked: &Asked, within: Option<Within>, after: Option<Vec<Mark>>) -> Page {
    let listing = Listing { asked: asked.clone(), within, after };
    store.list_entities(app, &listing).expect("a read").expect("marks of this list")
}

/// The whole list, in pages of `limit`.
fn pages(store: &Store, app: AppId, query: &Query, turn: Turn, limit: u32) -> Vec<Uuid> {
    let asked = Asked { collection: Collection::Users, query: query.clone(), turn, limit, cursor: None };
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = page(store, app, &asked, None, after);
        assert!(page.ids.len() <= usize::try_from(limit).expect("a small number"));
        ids.extend(page.ids);
        match page.end {
            Some(end) => after = Some(end),
            None => return ids,
        }
    }
}

/// What a plain reading of the query finds, in its order.
fn expected(entities: &[Entity], query: &Query, turn: Turn) -> Vec<Uuid> {
    let is_met = |entity: &&Entity| query.filter.as_ref().is_none_or(|filter| naive::meets(entity, filter));
    let met = entities.iter().filter(is_met);
    let mut found: Vec<_> = met.map(|entity| (Key::new(query, entity), entity.user.id.uuid())).collect();
    found.sort_by(|(one, _), (other, _)| naive::order(query, turn, one, other));
    found.into_iter().map(|(_, id)| id).collect()
}

#[test]
fn every_query_finds_what_a_plain_reading_finds_and_every_page_its_part() {
    each(|store| {
        let tenants = ["acme", "rival"].map(|org| a_tenant(store, org).1);
        // The same ids and the same people in both tenants, but not the same person under an id: a subquery that looked
        // beyond its tenant would find what is not there.
        let made = some_users();
        let people: Vec<Vec<Entity>> = tenants
            .iter()
            .zip([0, 7])
            .map(|(app, shift)| {
                let shifted = made.iter().cycle().skip(shift).take(made.len());
                let users: Vec<_> =
                    shifted.enumerate().map(|(number, person)| made::user(*app, number, person.clone())).collect();
                store.provision(&Provision { users: users.clone(), ..Provision::default() }).expect("new users");
                users.into_iter().map(|user| Entity::new(user.who)).collect()
            })
            .collect();

        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        let config = Config { cases: 250, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, rng);
        let (found, empty) = (Cell::new(0), Cell::new(0));
        let turn = prop_oneof![Just(Turn::AsOrdered), Just(Turn::Reversed)];
        let outcome = runner.run(&(a_query(), turn, 7..60u32, 0..2usize), |(query, turn, limit, side)| {
            let text = query.to_string();
            let read = Query::parse(&text).expect("what is printed is understood");
            let plain = expected(&people[side], &query, turn);
            let count = if plain.is_empty() { &empty } else { &found };
            count.set(count.get() + 1);
            prop_assert_eq!(pages(store, tenants[side], &read, turn, limit), plain, "{}", text);
            Ok(())
        });
        outcome.unwrap_or_else(|cause| panic!("{cause}"));
        let (found, empty) = (found.get(), empty.get());
        assert!(found > 100 && empty > 20, "the queries are worth asking: {found} found some, {empty} none");
    });
}
