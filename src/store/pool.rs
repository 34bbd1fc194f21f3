//! Pools of connections, the same way for both databases.

use std::time::Duration;

use diesel::r2d2::{Builder, ConnectionManager, NopErrorHandler, Pool, PooledConnection, R2D2Connection};

use super::error::StoreError;

/// A connection on loan.
pub type Pooled<C> = PooledConnection<ConnectionManager<C>>;

/// A pool of `size` connections, where a caller waits as long as their `patience`; neither can be nothing.
pub fn builder<C>(size: u32, patience: Duration) -> Builder<ConnectionManager<C>>
where
    C: R2D2Connection + Send + 'static,
{
    Pool::builder()
        .max_size(size.max(1))
        .connection_timeout(patience.max(Duration::from_millis(1)))
        // A test query would double the round trips; a lost connection shows when it is used, and is replaced.
        .test_on_check_out(false)
        // The caller gets the error, so that it is logged once.
        .error_handler(Box::new(NopErrorHandler))
}

/// Waits for a free connection.
///
/// *Errors*: `Busy` when all are in use, `Unavailable` when one could not be made.
pub fn checkout<C>(pool: &Pool<ConnectionManager<C>>) -> Result<Pooled<C>, StoreError>
where
    C: R2D2Connection + Send + 'static,
{
    pool.get().map_err(|source| match pool.state().connections >= pool.max_size() {
        true => StoreError::Busy,
        false => StoreError::Unavailable { source: Box::new(source) },
    })
}
