//! How a list is given up that takes too long. SQLite counts no time of its own, and the handler that it would ask is
//! not within reach of safe code; a function of ours is, which the statement asks for each row that it looks at.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use diesel::serialize::{IsNull, Output, Result as Serialized, ToSql};
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl, SqliteConnection};

use crate::store::side::LIST_PATIENCE;

/// What a statement fails with when its list is out of time.
pub const OUT_OF_TIME: &str = "the list is out of time";
/// Most rows are looked at without a look at the clock.
const ROWS_A_LOOK: u32 = 64;

#[diesel::declare_sql_function]
extern "SQL" {
    /// Begins the time of a list on this connection.
    fn list_begins() -> Bool;
    /// True while there is time; fails when there is none.
    fn list_in_time() -> Bool;
}

/// What both functions answer.
#[derive(Debug)]
enum Time {
    Left,
    Over,
}

impl ToSql<Bool, Sqlite> for Time {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> Serialized {
        match self {
            Self::Left => {
                out.set_value(1);
                Ok(IsNull::No)
            }
            // An error here is one of the statement, which ends with it.
            Self::Over => Err(OUT_OF_TIME.into()),
        }
    }
}

/// Teaches a new connection both functions.
pub fn teach(conn: &mut SqliteConnection) -> QueryResult<()> {
    let began = Arc::new(Mutex::new(Instant::now()));
    let begin = Arc::clone(&began);
    list_begins_utils::register_nondeterministic_impl(conn, move || {
        *begin.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        Time::Left
    })?;
    let mut rows = 0_u32;
    list_in_time_utils::register_nondeterministic_impl(conn, move || {
        rows = rows.wrapping_add(1);
        if !rows.is_multiple_of(ROWS_A_LOOK) {
            return Time::Left;
        }
        let began = *began.lock().unwrap_or_else(PoisonError::into_inner);
        if began.elapsed() < LIST_PATIENCE { Time::Left } else { Time::Over }
    })
}

/// Begins the time of a list.
pub fn begin(conn: &mut SqliteConnection) -> QueryResult<()> {
    diesel::select(list_begins()).execute(conn).map(|_| ())
}
