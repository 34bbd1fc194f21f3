//! Passwords that another server hashed: Usergrid's chains of MD5, SHA-1 and bcrypt, checked so that their owners can
//! sign in once more. Nothing here makes such a hash of a new password; a match asks for a rehash.
//!
//! *Spec*: Usergrid runs the password through the steps of `cryptoChain` in turn and compares the last result, in
//! base64url, with `secret`. MD5 yields hexadecimal text, SHA-1 bare bytes; bcrypt reads its input as UTF-8, where what
//! is none becomes U+FFFD, and takes its salt from `secret`; `plaintext` changes nothing.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use bcrypt::HashParts;
use md5::{Digest as _, Md5};

use super::hash::{COSTS, PREFIXES};
use crate::crypto::compare;
use crate::domain::secret::Secret;

/// What a stored chain begins with. No bcrypt text does.
const TAG: &str = "usergrid:";
/// Usergrid's secrets have at most some eighty characters.
const SECRET_MAX: usize = 512;
/// Far more steps than any chain ever had.
const STEPS_MAX: usize = 8;

/// Why stored credentials cannot be taken over. The text never repeats the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LegacyError {
    #[error("the credentials name no way of hashing")]
    NoChain,
    #[error("the way of hashing {0:?} is not known")]
    UnknownStep(String),
    #[error("bcrypt must be the last step of a chain")]
    BcryptNotLast,
    #[error("the secret is empty, too long or not printable")]
    Secret,
    #[error("a bcrypt hash of cost {0} cannot be computed here: 4 to 15 can")]
    Cost(u32),
}

/// Credentials of another server, as they may be kept.
#[derive(Clone, Debug)]
pub enum Legacy {
    /// Text for the column of password hashes.
    Hash(Secret),
    /// A password that lay in clear: it must be hashed before it is kept.
    Clear(Secret),
}

impl Legacy {
    /// Reads the members of Usergrid's credentials. A secret that no password matches is accepted: its owner cannot
    /// sign in, as before.
    ///
    /// *Errors*: a chain that this server cannot follow, and a bcrypt cost that it never computes.
    pub fn read(chain: &[String], secret: &str) -> Result<Self, LegacyError> {
        let printable = secret.bytes().all(|byte| byte.is_ascii_graphic());
        let steps = steps(chain)?;
        if steps.is_empty() {
            return clear(secret).map(Self::Clear).ok_or(LegacyError::Secret);
        }
        if !(1..=SECRET_MAX).contains(&secret.len()) || !printable {
            return Err(LegacyError::Secret);
        }
        if steps.last() == Some(&Step::Bcrypt)
            && let Some(cost) = bcrypt_text(secret).and_then(|hash| cost_of(&hash)).filter(|cost| !COSTS.contains(cost))
        {
            return Err(LegacyError::Cost(cost));
        }
        let names: Vec<&str> = steps.iter().map(|step| step.as_str()).collect();
        Ok(Self::Hash(Secret::new(format!("{TAG}{}:{secret}", names.join(",")))))
    }

    /// The chain and secret of a stored hash, as Usergrid writes them: also of one that this server made.
    pub fn show(stored: &Secret) -> (Vec<String>, Secret) {
        match Chain::parse(stored) {
            Some(chain) => {
                let names = chain.steps.iter().map(|step| step.as_str().to_owned()).collect();
                (names, Secret::new(chain.secret))
            }
            None => (vec![Step::Bcrypt.as_str().to_owned()], Secret::new(URL_SAFE_NO_PAD.encode(stored.expose()))),
        }
    }
}

/// A password in clear. Usergrid compares passwords in base64url, but wrote some secrets as they were: what decodes to
/// printable text is taken for encoded.
fn clear(secret: &str) -> Option<Secret> {
    let is_text = |text: &String| !text.is_empty() && text.len() <= SECRET_MAX && !text.contains(char::is_control);
    let decoded = decode(secret).and_then(|bytes| String::from_utf8(bytes).ok()).filter(is_text);
    decoded.or_else(|| Some(secret.to_owned()).filter(is_text)).map(Secret::new)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Md5,
    Sha1,
    Bcrypt,
}

impl Step {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha-1",
            Self::Bcrypt => "bcrypt",
        }
    }
}

/// The steps that change anything.
fn steps(chain: &[String]) -> Result<Vec<Step>, LegacyError> {
    if chain.is_empty() || chain.len() > STEPS_MAX {
        return Err(LegacyError::NoChain);
    }
    let mut steps = Vec::with_capacity(chain.len());
    for name in chain {
        match name.to_ascii_lowercase().as_str() {
            "plaintext" => {}
            "md5" => steps.push(Step::Md5),
            "sha-1" | "sha1" => steps.push(Step::Sha1),
            "bcrypt" => steps.push(Step::Bcrypt),
            _ => return Err(LegacyError::UnknownStep(name.chars().take(32).collect())),
        }
    }
    match steps.split_last() {
        Some((_, before)) if before.contains(&Step::Bcrypt) => Err(LegacyError::BcryptNotLast),
        _ => Ok(steps),
    }
}

/// A stored chain, read back.
pub(super) struct Chain<'a> {
    steps: Vec<Step>,
    secret: &'a str,
}

impl<'a> Chain<'a> {
    /// Reads a stored hash; `None` for one that this server made.
    pub(super) fn parse(stored: &'a Secret) -> Option<Self> {
        let (names, secret) = stored.expose().strip_prefix(TAG)?.split_once(':')?;
        let names: Vec<String> = names.split(',').map(str::to_owned).collect();
        Some(Self { steps: steps(&names).ok()?, secret })
    }

    /// Whether the password is the right one, in constant time, and the bcrypt cost that was spent on it.
    ///
    /// Usergrid's bcrypt reads 72 bytes and passes over the rest; what it accepted is accepted.
    pub(super) fn matches(&self, password: &[u8]) -> (bool, Option<u32>) {
        let mut value = password.to_vec();
        for step in &self.steps {
            value = match step {
                Step::Md5 => hexadecimal(&Md5::digest(&value)),
                Step::Sha1 => digest(&SHA1_FOR_LEGACY_USE_ONLY, &value).as_ref().to_vec(),
                Step::Bcrypt => return self.bcrypt(&value),
            };
        }
        (compare::same(URL_SAFE_NO_PAD.encode(&value).as_bytes(), self.secret.trim_end_matches('=').as_bytes()), None)
    }

    fn bcrypt(&self, input: &[u8]) -> (bool, Option<u32>) {
        let Some((hash, cost)) = self.bcrypt_hash() else { return (false, None) };
        let input = String::from_utf8_lossy(input);
        (bcrypt::verify(input.as_bytes(), &hash).unwrap_or(false), Some(cost))
    }

    /// The bcrypt text inside the secret, if it is one that may be computed.
    fn bcrypt_hash(&self) -> Option<(String, u32)> {
        let hash = bcrypt_text(self.secret)?;
        let cost = cost_of(&hash)?;
        COSTS.contains(&cost).then_some((hash, cost))
    }
}

/// What a secret of bcrypt holds.
fn bcrypt_text(secret: &str) -> Option<String> {
    String::from_utf8(decode(secret)?).ok()
}

/// The cost of a bcrypt hash; `None` for text that is none.
fn cost_of(hash: &str) -> Option<u32> {
    let known = hash.get(..4).is_some_and(|prefix| PREFIXES.contains(&prefix));
    Some(hash.parse::<HashParts>().ok().filter(|_| known)?.get_cost())
}

fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&URL_SAFE, lenient).decode(text).ok()
}

#[cfg(test)]
mod tests;
