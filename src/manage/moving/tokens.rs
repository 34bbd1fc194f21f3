//! Records of access tokens. Usergrid's own tools do not export them; what reads them out of its database writes one
//! object a token, with the members of the stored record.

use std::time::Duration;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::files::Read;
use super::people::{moment, number};
use super::record::{Record, text, uuid};
use super::survey::Survey;
use super::{MoveError, Mover, remark};
use crate::domain::authority::Authority;
use crate::domain::clock::Moment;
use crate::domain::id::AdminId;
use crate::domain::legacy::MovedToken;
use crate::domain::token::LONGEST_TOKEN;

/// How many tokens are written at once.
const BATCH: usize = 5_000;

impl Mover<'_> {
    /// Every access token that still holds.
    pub(super) fn tokens(&mut self, survey: &Survey) -> Result<(), MoveError> {
        let mut batch = Vec::new();
        for (file, _) in survey.files.iter().filter(|(_, holds)| holds.tokens) {
            file.records::<MoveError>(|(line, read): Read| {
                let Ok(Record::Token(members)) = read else { return Ok(()) };
                match self.token(&members) {
                    Ok(token) => batch.push(token),
                    Err(why) => {
                        let what = format!("token {}", text(&members, "uuid").unwrap_or("?"));
                        self.report.leave_out("tokens", remark(file, line, what, why));
                    }
                }
                if batch.len() < BATCH { Ok(()) } else { self.write_tokens(&mut batch) }
            })?;
        }
        self.write_tokens(&mut batch)
    }

    fn write_tokens(&mut self, batch: &mut Vec<MovedToken>) -> Result<(), MoveError> {
        let new = match self.plan.dry_run {
            true => batch.len(),
            false => self.registry.store.insert_moved_tokens(batch)?,
        };
        let tally = self.report.count("tokens");
        tally.new += u64::try_from(new).unwrap_or(u64::MAX);
        tally.here += u64::try_from(batch.len().saturating_sub(new)).unwrap_or(u64::MAX);
        batch.clear();
        Ok(())
    }

    /// *Shape*: `{"uuid":"..","type":"access","created":ms,"duration":ms,"principal":{"type":"application_user",
    /// "uuid":"..","applicationId":".."}}`
    fn token(&self, members: &Map<String, Value>) -> Result<MovedToken, String> {
        let id = members.get("uuid").and_then(uuid).ok_or("its uuid is missing or none")?;
        if text(members, "type") != Some("access") {
            return Err("it is no access token".to_owned());
        }
        let principal = members.get("principal").and_then(Value::as_object).ok_or("it has no principal")?;
        let holder = principal.get("uuid").and_then(uuid).ok_or("its principal has no uuid")?;
        let issued = moment(members, "created").or_else(|| moment_of_v1(id)).ok_or("it does not say when it began")?;
        let duration = members.get("duration").and_then(number).and_then(|millis| u64::try_from(millis).ok());
        let duration = duration.ok_or("it does not say how long it holds")?;
        let expires = issued.plus(Duration::from_millis(duration).min(LONGEST_TOKEN));
        if expires <= self.registry.clock.now() {
            return Err("it has expired".to_owned());
        }
        let kind = text(principal, "type").unwrap_or_default().to_ascii_lowercase();
        let application = principal.get("applicationId").and_then(uuid);
        let (authority, org, app) = self.whose_token(&kind, holder, application)?;
        Ok(MovedToken { id, authority, holder, org, app, issued, expires })
    }

    fn whose_token(&self, kind: &str, holder: Uuid, application: Option<Uuid>) -> Result<Whose, String> {
        let app_of = |id: Uuid| {
            let app = self.places.app_ids.get(&id).copied();
            app.ok_or_else(|| "its application is not moved in".to_owned())
        };
        match kind {
            "application_user" | "au" => {
                let app = app_of(application.ok_or("its principal names no application")?)?;
                Ok((Authority::AppUser, None, Some(app)))
            }
            "application" | "ap" => Ok((Authority::AppClient, None, Some(app_of(holder)?))),
            "organization" | "ou" => {
                let org = self.places.org_ids.get(&holder).copied();
                Ok((Authority::OrgClient, Some(org.ok_or("its organization is not moved in")?), None))
            }
            "admin_user" | "ad" if holder != AdminId::SUPERUSER.uuid() => Ok((Authority::Admin, None, None)),
            _ => Err("its principal is of no known kind".to_owned()),
        }
    }
}

type Whose = (Authority, Option<crate::domain::id::OrgId>, Option<crate::domain::id::AppId>);

/// The moment that a time-based UUID carries.
fn moment_of_v1(id: Uuid) -> Option<Moment> {
    let stamp = (id.get_version_num() == 1).then(|| id.get_timestamp()).flatten()?;
    let (seconds, nanos) = stamp.to_unix();
    let micros = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?.checked_add(i64::from(nanos / 1_000))?;
    Some(Moment::from_micros(micros))
}
