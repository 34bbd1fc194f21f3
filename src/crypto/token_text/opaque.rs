//! Texts that mean nothing but the row of their digest: codes, references and the credentials of registered clients.
//! Each kind begins in its own way, so that none is looked up as another (and a log that leaks one is found by it).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{SECRET_LEN, written};
use crate::crypto::digest::sha256;
use crate::crypto::entropy::{Entropy, random};
use crate::domain::secret::{Digest, Secret};

/// The kinds of opaque text. Each is 256 random bits behind its prefix, and kept as its SHA-256 alone.
///
/// *Shape*: the prefix, then 43 characters of base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opaque {
    /// RFC 6749 §4.1.2.
    AuthorizationCode,
    /// The `request_uri` of a pushed authorization request (RFC 9126 §2.2).
    PushedRequest,
    /// RFC 8628 §3.2.
    DeviceCode,
    /// The value of the cookie of a browser that is signed in.
    Session,
    /// With which a registered client reads and changes itself (RFC 7592 §3).
    RegistrationToken,
    /// With which a client may be registered (RFC 7591 §3).
    InitialToken,
    /// The secret of a registered client (RFC 7591 §3.2.1).
    ClientSecret,
}

impl Opaque {
    /// Every kind there is.
    pub const ALL: [Self; 7] = [
        Self::AuthorizationCode,
        Self::PushedRequest,
        Self::DeviceCode,
        Self::Session,
        Self::RegistrationToken,
        Self::InitialToken,
        Self::ClientSecret,
    ];

    /// How texts of the kind begin: base64 of two letters and a hyphen, but where a specification says otherwise.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "Y28t",
            Self::PushedRequest => "urn:ietf:params:oauth:request_uri:",
            Self::DeviceCode => "ZGUt",
            Self::Session => "c2Ut",
            Self::RegistrationToken => "cmct",
            Self::InitialToken => "aWEt",
            Self::ClientSecret => "Y3Mt",
        }
    }

    /// Makes a new text.
    pub fn make(self, entropy: &dyn Entropy) -> Secret {
        let bytes: Zeroizing<[u8; SECRET_LEN]> = Zeroizing::new(random(entropy));
        written(self.prefix(), &*bytes)
    }

    /// The digest by which a text from outside is looked up; `None` for a text that was never made as one of this kind.
    pub fn digest(self, text: &Secret) -> Option<Digest> {
        let encoded = text.expose().strip_prefix(self.prefix())?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(encoded).ok()?);
        (bytes.len() == SECRET_LEN).then(|| sha256(text.expose()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::crypto::compare::same;
    use crate::crypto::entropy::SystemEntropy;

    #[test]
    fn every_kind_has_its_own_prefix_and_256_bits() {
        let expected = ["co-", "", "de-", "se-", "rg-", "ia-", "cs-"];
        for (kind, letters) in Opaque::ALL.into_iter().zip(expected) {
            let text = kind.make(&SystemEntropy);
            let random = text.expose().strip_prefix(kind.prefix()).unwrap();
            assert_eq!((random.len(), URL_SAFE_NO_PAD.decode(random).unwrap().len()), (43, 32), "{kind:?}");
            if !letters.is_empty() {
                assert_eq!(URL_SAFE_NO_PAD.decode(kind.prefix()).unwrap(), letters.as_bytes());
            }
        }
        // Besides those of access, refresh and mail tokens and of the clients of tenants.
        let all = Opaque::ALL.map(Opaque::prefix).into_iter().chain(["YWMt", "cmUt", "ZW0t", "YXA6", "b3U6", "ey"]);
        let all: Vec<&str> = all.collect();
        for (at, one) in all.iter().enumerate() {
            assert!(all.iter().enumerate().all(|(other_at, other)| at == other_at || !other.starts_with(one)), "{one}");
        }
    }

    #[test]
    fn no_kind_is_looked_up_as_another() {
        for made in Opaque::ALL {
            let text = made.make(&SystemEntropy);
            for asked in Opaque::ALL {
                assert_eq!(asked.digest(&text).is_some(), asked == made, "{made:?} as {asked:?}");
            }
            assert!(same(&made.digest(&text).unwrap().0, &sha256(text.expose()).0));
        }
    }

    #[test]
    fn no_text_is_made_twice() {
        let texts = (0..1_000).map(|_| Opaque::AuthorizationCode.make(&SystemEntropy).expose().to_owned());
        assert_eq!(texts.collect::<HashSet<_>>().len(), 1_000);
    }

    proptest! {
        #[test]
        fn a_text_of_another_shape_is_not_looked_up(text: String, extra in "[A-Za-z0-9=+/ \n-]{1,3}", cut in 1..43_usize) {
            let good = Opaque::DeviceCode.make(&SystemEntropy);
            let good = good.expose();
            for bad in [text, format!("{good}{extra}"), format!("{extra}{good}"), good[..good.len() - cut].to_owned()] {
                prop_assert!(Opaque::DeviceCode.digest(&Secret::new(bad)).is_none());
            }
        }
    }
}
