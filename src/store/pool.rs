//! Taking a connection from a pool, the same way for both databases.

use diesel::r2d2::{ConnectionManager, Pool, PooledConnection, R2D2Connection};

use super::error::StoreError;

/// A connection on loan.
pub type Pooled<C> = PooledConnection<ConnectionManager<C>>;

/// Waits for a free connection, as long as the pool's options allow.
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
