//! What a write does about mail, inside its transaction.

use super::{Conn, enter, mail, mail_token};
use crate::domain::id::TenantId;
use crate::domain::mail::Post;
use crate::store::error::{Conflict, StoreError};

/// Uses up the token that permits the write, and adds tokens and mails.
///
/// *Errors*: `Conflict(MailToken)` undoes the whole transaction.
pub fn append(conn: &mut Conn, entered: &mut TenantId, post: &Post) -> Result<(), StoreError> {
    let mut step_into = |conn: &mut Conn, tenant: TenantId| {
        if tenant != *entered {
            enter(conn, tenant)?;
            *entered = tenant;
        }
        Ok::<_, StoreError>(())
    };
    if let Some(spent) = &post.spent {
        step_into(conn, spent.tenant)?;
        if !mail_token::spend(conn, spent)? {
            return Err(StoreError::Conflict(Conflict::MailToken));
        }
    }
    for (tenant, holder) in &post.voided {
        step_into(conn, *tenant)?;
        mail_token::void(conn, *tenant, *holder)?;
    }
    for token in &post.issued {
        step_into(conn, token.tenant)?;
        mail_token::insert(conn, token)?;
    }
    for mail in &post.mails {
        mail::insert(conn, mail)?;
    }
    Ok(())
}
