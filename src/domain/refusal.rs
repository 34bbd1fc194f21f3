//! Refusals as the administration of a tenant may look at them afterwards: the rule that a request broke, and what to
//! do. None of it is for whoever was refused, and none of it holds a secret.

use serde_json::Value;
use uuid::Uuid;

use super::clock::Moment;
use super::id::TenantId;
use super::place::PlaceName;

/// The rule behind one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// A stable name, such as `wrong_password`.
    pub rule: &'static str,
    /// What happened, as one sentence.
    pub what: &'static str,
    /// Where the rule is written down, such as `RFC 6749 §5.2`.
    pub spec: &'static str,
    /// What to do, as one sentence.
    pub fix: &'static str,
    /// Which case of the rule it was, in words of this server alone.
    pub because: Option<String>,
}

impl Explanation {
    /// A rule of which there is one case.
    pub const fn new(rule: &'static str, what: &'static str, spec: &'static str, fix: &'static str) -> Self {
        Self { rule, what, spec, fix, because: None }
    }

    /// Adds which case it was. Never a text that came with a request.
    pub fn because(self, case: impl ToString) -> Self {
        Self { because: Some(case.to_string()), ..self }
    }
}

/// Whose refusal it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    Tenant(TenantId),
    /// A place that nobody has looked up yet.
    Named(PlaceName),
    /// No place that exists: such a refusal is not kept.
    Nowhere,
}

/// A refusal that was sent.
#[derive(Clone, Debug)]
pub struct Refused {
    /// What the refused one was told to name it by.
    pub trace: Uuid,
    pub at: Moment,
    pub whereabouts: Whereabouts,
    pub explanation: Explanation,
    /// What was asked, without any secret; `None` where there was no room to keep it.
    pub inputs: Option<Value>,
}

/// A refusal as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRefusal {
    pub trace: Uuid,
    pub at: Moment,
    /// The name of its rule.
    pub cause: String,
    /// *Shape*: `{"what":"..","spec":"..","fix":"..","because":"..","inputs":{..}}`
    pub detail: Value,
    pub expires: Moment,
}
