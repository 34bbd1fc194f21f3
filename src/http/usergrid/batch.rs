//! Bodies that make one entity or many. *Spec*: Usergrid: of many, those that cannot be made are left out of the answer.

use std::future::Future;

use serde_json::{Map, Value};

use crate::http::error::{Refusal, Voice, Worded};
use crate::http::extract::call::Call;
use crate::http::extract::json::Objects;
use crate::manage::ManageError;

/// Makes what the body describes, one after the other.
///
/// *Errors*: why a single one cannot be made; of many, a failure of our own alone.
pub async fn create<T, Made>(call: &Call, make: impl Fn(Map<String, Value>) -> Made) -> Result<Vec<T>, Refusal>
where
    Made: Future<Output = Result<T, ManageError>>,
{
    let many = match call.objects()? {
        Objects::One(body) => return Ok(vec![make(body).await.map_err(|cause| call.refuse(&cause))?]),
        Objects::Many(many) => many,
    };
    let mut made = Vec::new();
    for body in many.into_iter().flatten() {
        match make(body).await {
            Ok(entity) => made.push(entity),
            Err(cause) if cause.answer(Voice::Usergrid).status.is_server_error() => return Err(call.refuse(&cause)),
            Err(cause) => tracing::debug!(%cause, "one of a batch cannot be made"),
        }
    }
    Ok(made)
}
