//! The rows of applications' own words for mails.

use diesel::prelude::*;

use super::Conn;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::mail::{MailKind, MailTemplate};
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::schema::mail_template;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = mail_template)]
#[diesel(treat_none_as_null = true)]
struct Row {
    tenant_id: RowId,
    name: String,
    subject: String,
    text: String,
    html: Option<String>,
    modified: Moment,
}

/// The tenant's own words for a kind of mail.
pub fn find(conn: &mut Conn, tenant: TenantId, kind: MailKind) -> Result<Option<MailTemplate>, StoreError> {
    let row: Option<Row> = mail_template::table
        .find((RowId(tenant.uuid()), kind.as_str()))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(|row| MailTemplate {
        kind,
        subject: row.subject,
        text: row.text,
        html: row.html,
        modified: row.modified,
    }))
}

/// Sets the tenant's own words for a kind of mail.
pub fn upsert(conn: &mut Conn, tenant: TenantId, template: &MailTemplate) -> Result<(), StoreError> {
    let row = Row {
        tenant_id: RowId(tenant.uuid()),
        name: template.kind.as_str().to_owned(),
        subject: template.subject.clone(),
        text: template.text.clone(),
        html: template.html.clone(),
        modified: template.modified,
    };
    diesel::insert_into(mail_template::table)
        .values(&row)
        .on_conflict((mail_template::tenant_id, mail_template::name))
        .do_update()
        .set(&row)
        .execute(conn)?;
    Ok(())
}

/// Goes back to the server's words; false when there were no others.
pub fn remove(conn: &mut Conn, tenant: TenantId, kind: MailKind) -> Result<bool, StoreError> {
    let row = mail_template::table.find((RowId(tenant.uuid()), kind.as_str()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}
