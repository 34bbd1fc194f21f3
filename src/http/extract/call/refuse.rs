//! How a request is refused: the caller gets the words, the log the cause, and the administration of the tenant the
//! rule with what was asked.

use actix_web::HttpMessage;
use uuid::Uuid;

use super::Call;
use crate::access::AccessError;
use crate::domain::id::TenantId;
use crate::domain::place::{Place, PlaceName};
use crate::domain::refusal::{Refused, Whereabouts};
use crate::http::error::{Refusal, Voice, Worded};
use crate::http::middleware::access_log::AccessFields;
use crate::http::middleware::request_id::RequestId;
use crate::manage::ManageError;

impl Call {
    /// Refuses a caller whose own account could not be read: a token without a holder is dead (Usergrid).
    pub fn refuse_holder(&self, cause: &ManageError) -> Refusal {
        match cause {
            ManageError::UnknownUser(_) => self.refuse(&AccessError::HolderGone),
            other => self.refuse(other),
        }
    }

    /// Refuses in Usergrid's voice.
    pub fn refuse(&self, cause: &impl Worded) -> Refusal {
        self.refuse_in(Voice::Usergrid, cause)
    }

    /// Refuses: the caller gets the words, the log the cause.
    pub fn refuse_in(&self, voice: Voice, cause: &impl Worded) -> Refusal {
        let answer = cause.answer(voice);
        let extensions = self.request.extensions();
        let id = extensions.get::<RequestId>().cloned();
        drop(extensions);
        AccessFields::note(&self.request, |fields| fields.outcome = Some(answer.code));
        let (request_id, trace) = (id.as_ref().map(RequestId::as_str), id.as_ref().map(RequestId::trace));
        let trace_id = trace.map(tracing::field::display);
        if answer.status.is_server_error() {
            tracing::error!(request_id, trace_id, code = answer.code, %cause, "failed");
        } else {
            tracing::info!(request_id, trace_id, code = answer.code, %cause, "refused");
        }
        let refused = trace.map(|trace| self.refused(trace, cause, (answer.status.as_u16(), answer.code)));
        let refusal = Refusal::new(answer, self.started, self.state.clock.now(), trace);
        match refused {
            Some(refused) => refusal.explained(refused),
            None => refusal,
        }
    }

    /// What may be kept of a refusal; what was asked is gathered only where there is room for it.
    fn refused(&self, trace: Uuid, cause: &impl Worded, answer: (u16, &'static str)) -> Refused {
        let (whereabouts, explanation, at) = (self.whereabouts(), cause.explain(), self.state.clock.now());
        let has_room = self.state.explainer.has_room(&whereabouts, explanation.rule);
        let inputs = has_room.then(|| self.inputs(answer, at));
        Refused { trace, at, whereabouts, explanation, inputs }
    }

    /// Remembers where this request is, or that it is nowhere.
    pub(super) fn remember_place(&self, place: Option<&Place>) {
        let found = place.map_or(Whereabouts::Nowhere, |place| Whereabouts::Tenant(place.tenant()));
        self.whereabouts.replace(Some(found));
    }

    /// Whose refusal this would be. Below the management plane it is the plane's, whatever the path names there: its
    /// issuer made the tokens.
    fn whereabouts(&self) -> Whereabouts {
        let first = self.request.path().split('/').nth(1).unwrap_or_default();
        if first == "management" {
            return Whereabouts::Tenant(TenantId::MANAGEMENT);
        }
        match (self.whereabouts.borrow().clone(), self.place_name()) {
            (Some(found), _) => found,
            (None, PlaceName::Management) if first == "system" => Whereabouts::Tenant(TenantId::MANAGEMENT),
            (None, PlaceName::Management) => Whereabouts::Nowhere,
            (None, name @ (PlaceName::App { .. } | PlaceName::AppById(_))) => Whereabouts::Named(name),
        }
    }
}
