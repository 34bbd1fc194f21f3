//! Which client a request comes from, and by which one method it says so: HTTP Basic, parameters, an assertion, or the
//! certificate that a trusted proxy saw. *Spec*: RFC 6749 §2.3, RFC 7521 §4.2, RFC 8705 §2.1.

use std::net::IpAddr;

use actix_web::http::header::HeaderName;

use super::call::Call;
use super::credentials::Authorization;
use super::parameters::Parameters;
use crate::domain::secret::Secret;
use crate::grant::{ClientMethod, ClientProof, PresentedClient};
use crate::http::error::{Refusal, RequestError, Voice};

/// *Spec*: RFC 7523 §2.2.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The header in which proxies state the subject of a client's certificate, and whose word on it counts.
#[derive(Clone, Debug)]
pub struct CertificateHeader {
    pub name: HeaderName,
    pub proxies: Vec<IpAddr>,
}

impl Call {
    /// The client of a request to an endpoint of the standards; `None` where it names none.
    ///
    /// *Errors*: `invalid_request` for two methods at once (RFC 6749 §2.3), for credentials in the URL (§2.3.1), and for
    /// what cannot be read.
    pub fn client(&self) -> Result<Option<PresentedClient>, Refusal> {
        let parameters = self.parameters()?;
        let is_in_url = ["client_secret", "client_assertion"].iter().any(|name| parameters.is_in_query(name));
        let client = if is_in_url { Err(RequestError::ClientInUrl) } else { self.client_among(parameters) };
        client.map_err(|cause| self.refuse_in(Voice::OAuth, &cause))
    }

    /// The same, wherever the parameters came from (Usergrid). A Bearer header beside a grant is a former session's and
    /// does not count.
    pub fn client_among(&self, parameters: &Parameters) -> Result<Option<PresentedClient>, RequestError> {
        let assertion = assertion(parameters)?;
        let id = parameters.client_id.clone();
        match (&self.authorization, parameters.client_secret.clone(), assertion) {
            (Authorization::Malformed, _, _) => Err(RequestError::MalformedAuthorization),
            (Authorization::Basic { .. }, Some(_), _)
            | (Authorization::Basic { .. }, _, Some(_))
            | (_, Some(_), Some(_)) => Err(RequestError::TwoClientMethods),
            (Authorization::Basic { client_id, .. }, None, None) if id.as_ref().is_some_and(|id| id != client_id) => {
                Err(RequestError::TwoClientMethods)
            }
            (Authorization::Basic { client_id, client_secret, .. }, None, None) => Ok(Some(PresentedClient {
                id: client_id.clone(),
                proof: ClientProof::Secret(client_secret.clone()),
                method: ClientMethod::Basic,
            })),
            (_, Some(secret), None) => Ok(Some(by_parameters(id.unwrap_or_default(), ClientProof::Secret(secret)))),
            (_, None, Some(assertion)) => {
                Ok(Some(by_parameters(id.unwrap_or_default(), ClientProof::Assertion(assertion))))
            }
            (_, None, None) => Ok(id.map(|id| {
                let proof = self.certificate().map_or(ClientProof::None, ClientProof::Certificate);
                by_parameters(id, proof)
            })),
        }
    }

    /// The subject of the client's certificate, by the word of a proxy that is trusted to state it. Anyone can send a
    /// header: it counts from the configured peers alone, and once.
    fn certificate(&self) -> Option<String> {
        let trusted = self.state.certificates.as_ref()?;
        let peer = self.request.peer_addr()?.ip().to_canonical();
        if !trusted.proxies.contains(&peer) {
            return None;
        }
        let mut values = self.request.headers().get_all(&trusted.name);
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        value.to_str().ok().map(str::trim).filter(|subject| !subject.is_empty()).map(str::to_owned)
    }
}

fn by_parameters(id: String, proof: ClientProof) -> PresentedClient {
    PresentedClient { id, proof, method: ClientMethod::Parameters }
}

fn assertion(parameters: &Parameters) -> Result<Option<Secret>, RequestError> {
    match (&parameters.client_assertion, parameters.client_assertion_type.as_deref()) {
        (None, None) => Ok(None),
        (Some(assertion), Some(JWT_BEARER)) => Ok(Some(assertion.clone())),
        (Some(_), _) | (None, Some(_)) => Err(RequestError::AssertionType),
    }
}
