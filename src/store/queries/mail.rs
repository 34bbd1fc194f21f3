//! The rows of the outbox. Not under row-level security: the sender serves every tenant.

use diesel::dsl::count_star;
use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::mail::{Mail, MailKind, MailState};
use crate::domain::secret::Sealed;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::mail::Outcome;
use crate::store::maintenance::{SealedPlace, SealedRow};
use crate::store::schema::mail;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = mail)]
struct Row {
    tenant_id: RowId,
    id: RowId,
    event: String,
    recipient: String,
    recipient_key: String,
    purpose: String,
    sealed: Vec<u8>,
    sealed_by: String,
    state: String,
    attempts: i64,
    next_attempt: Moment,
    last_error: Option<String>,
    created: Moment,
    sent: Option<Moment>,
}

impl Row {
    fn new(mail: &Mail) -> Self {
        Self {
            tenant_id: RowId(mail.tenant.uuid()),
            id: RowId(mail.id),
            event: mail.event.clone(),
            recipient: mail.recipient.clone(),
            recipient_key: mail.recipient_key.clone(),
            purpose: mail.kind.as_str().to_owned(),
            sealed: mail.sealed.bytes.clone(),
            sealed_by: mail.sealed.by.clone(),
            state: mail.state.as_str().to_owned(),
            attempts: mail.attempts.into(),
            next_attempt: mail.next_attempt,
            last_error: mail.last_error.clone(),
            created: mail.created,
            sent: mail.sent,
        }
    }

    fn into_domain(self) -> Result<Mail, StoreError> {
        let corrupt = |what| StoreError::corrupt("mail", what);
        Ok(Mail {
            tenant: TenantId::new(self.tenant_id.0),
            id: self.id.0,
            event: self.event,
            recipient: self.recipient,
            recipient_key: self.recipient_key,
            kind: MailKind::parse(&self.purpose).ok_or_else(|| corrupt("unknown purpose"))?,
            sealed: Sealed { by: self.sealed_by, bytes: self.sealed },
            state: MailState::parse(&self.state).ok_or_else(|| corrupt("unknown state"))?,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            next_attempt: self.next_attempt,
            last_error: self.last_error,
            created: self.created,
            sent: self.sent,
        })
    }
}

/// Adds a mail unless its event was there before.
pub fn insert(conn: &mut Conn, new: &Mail) -> Result<(), StoreError> {
    let row = diesel::insert_into(mail::table).values(Row::new(new));
    row.on_conflict((mail::tenant_id, mail::event)).do_nothing().execute(conn)?;
    Ok(())
}

/// The mail of this id.
pub fn find(conn: &mut Conn, tenant: TenantId, id: Uuid) -> Result<Option<Mail>, StoreError> {
    let row: Option<Row> =
        mail::table.find((RowId(tenant.uuid()), RowId(id))).select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_domain).transpose()
}

/// How many mails were written to one address since a moment.
pub fn count_to(conn: &mut Conn, tenant: TenantId, recipient_key: &str, since: Moment) -> Result<u32, StoreError> {
    let count: i64 = mail::table
        .filter(mail::tenant_id.eq(RowId(tenant.uuid())))
        .filter(mail::recipient_key.eq(recipient_key))
        .filter(mail::created.gt(since))
        .select(count_star())
        .first(conn)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The tenant's mails, newest first, those that nobody was meant to get left out.
pub fn list(conn: &mut Conn, tenant: TenantId, before: Option<Uuid>, limit: u32) -> Result<Vec<Mail>, StoreError> {
    let mut asked = mail::table
        .filter(mail::tenant_id.eq(RowId(tenant.uuid())))
        .filter(mail::state.ne(MailState::Void.as_str()))
        .order(mail::id.desc())
        .limit(limit.into())
        .select(Row::as_select())
        .into_boxed();
    if let Some(before) = before {
        asked = asked.filter(mail::id.lt(RowId(before)));
    }
    asked.load(conn)?.into_iter().map(Row::into_domain).collect()
}

/// Mails that may be tried now, the longest due first.
pub fn list_due(conn: &mut Conn, now: Moment, limit: u32) -> Result<Vec<Mail>, StoreError> {
    mail::table
        .filter(mail::state.eq(MailState::Queued.as_str()))
        .filter(mail::next_attempt.le(now))
        .order(mail::next_attempt)
        .limit(limit.into())
        .select(Row::as_select())
        .load(conn)?
        .into_iter()
        .map(Row::into_domain)
        .collect()
}

/// Takes a due mail until `until`; false when another sender was faster.
pub fn claim(conn: &mut Conn, due: &Mail, until: Moment) -> Result<bool, StoreError> {
    let same = mail::table
        .find((RowId(due.tenant.uuid()), RowId(due.id)))
        .filter(mail::state.eq(MailState::Queued.as_str()))
        .filter(mail::next_attempt.eq(due.next_attempt))
        .filter(mail::attempts.eq(i64::from(due.attempts)));
    let values = (mail::next_attempt.eq(until), mail::attempts.eq(mail::attempts + 1));
    Ok(diesel::update(same).set(values).execute(conn)? == 1)
}

/// Writes down what came of a claimed mail; false when the claim had ended and another sender has it.
pub fn finish(conn: &mut Conn, claimed: &Mail, outcome: &Outcome) -> Result<bool, StoreError> {
    let ours = mail::table
        .find((RowId(claimed.tenant.uuid()), RowId(claimed.id)))
        .filter(mail::state.eq(MailState::Queued.as_str()))
        .filter(mail::attempts.eq(i64::from(claimed.attempts)));
    let changed = match outcome {
        Outcome::Sent { at } => diesel::update(ours)
            .set((
                mail::state.eq(MailState::Sent.as_str()),
                mail::sent.eq(Some(*at)),
                mail::last_error.eq(None::<String>),
                mail::sealed.eq(Vec::new()),
                mail::sealed_by.eq(""),
            ))
            .execute(conn)?,
        Outcome::Later { at, error } => {
            diesel::update(ours).set((mail::next_attempt.eq(*at), mail::last_error.eq(Some(error)))).execute(conn)?
        }
        Outcome::Failed { error } => diesel::update(ours)
            .set((mail::state.eq(MailState::Failed.as_str()), mail::last_error.eq(Some(error))))
            .execute(conn)?,
    };
    Ok(changed == 1)
}

/// Lets go of mails that waited for a mail server since a moment.
pub fn release(conn: &mut Conn, since: Moment, now: Moment) -> Result<usize, StoreError> {
    let waiting = mail::table.filter(mail::state.eq(MailState::Held.as_str())).filter(mail::created.gt(since));
    let values = (mail::state.eq(MailState::Queued.as_str()), mail::next_attempt.eq(now));
    Ok(diesel::update(waiting).set(values).execute(conn)?)
}

/// Removes a tenant's mails: void ones from before `void`, others that are not queued from before `others`.
pub fn purge(conn: &mut Conn, tenant: TenantId, void: Moment, others: Moment, limit: u32) -> Result<usize, StoreError> {
    let is_void = mail::state.eq(MailState::Void.as_str()).and(mail::created.le(void));
    let is_done = mail::state.ne(MailState::Queued.as_str()).and(mail::created.le(others));
    let of_tenant = mail::tenant_id.eq(RowId(tenant.uuid()));
    let old: Vec<RowId> =
        mail::table.filter(of_tenant).filter(is_void.or(is_done)).select(mail::id).limit(limit.into()).load(conn)?;
    Ok(diesel::delete(mail::table.filter(of_tenant).filter(mail::id.eq_any(old))).execute(conn)?)
}

/// Bodies that can still be read, under another master key than `not_by`.
pub fn list_sealed(conn: &mut Conn, tenant: TenantId, not_by: &str, limit: u32) -> Result<Vec<SealedRow>, StoreError> {
    let rows = mail::table
        .filter(mail::tenant_id.eq(RowId(tenant.uuid())))
        .filter(mail::sealed_by.ne(not_by))
        .filter(mail::sealed_by.ne(""))
        .limit(limit.into())
        .select((mail::id, mail::sealed, mail::sealed_by))
        .load::<(RowId, Vec<u8>, String)>(conn)?;
    let place =
        |(id, bytes, by): (RowId, _, _)| SealedRow { place: SealedPlace::Mail(id.0), sealed: Sealed { by, bytes } };
    Ok(rows.into_iter().map(place).collect())
}

/// Replaces the sealed body if it is still `old`.
pub fn replace_sealed(
    conn: &mut Conn,
    tenant: TenantId,
    id: Uuid,
    old: &Sealed,
    new: &Sealed,
) -> Result<bool, StoreError> {
    let same = mail::table
        .find((RowId(tenant.uuid()), RowId(id)))
        .filter(mail::sealed.eq(&old.bytes))
        .filter(mail::sealed_by.eq(&old.by));
    let values = (mail::sealed.eq(&new.bytes), mail::sealed_by.eq(&new.by));
    Ok(diesel::update(same).set(values).execute(conn)? == 1)
}
