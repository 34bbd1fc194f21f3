//! Every chain against values that Python's hashlib and crypt computed.

use crate::crypto::entropy::SystemEntropy;
use crate::crypto::password::hash::Hasher;
use crate::crypto::password::{Legacy, LegacyError, Verdict};
use crate::domain::id::TenantId;
use crate::domain::secret::Secret;
use std::sync::Arc;

const PASSWORD: &str = "correct horse";
/// The chain, and what Usergrid stores for the password.
const VECTORS: [(&[&str], &str); 9] = [
    (&["md5"], "M2NiNGU3MzI2MzFmNDdlNmViOTYxZjM0NTU0YjdjZGU"),
    (&["sha-1"], "L55TUjtiq8FBorTWAZ0jy6g129A"),
    (&["sha-1", "md5"], "ZDQwNmQ1NWVjNDkzZWEyNDlkMTkzOTUzNjRiYWU1NjQ"),
    (&["bcrypt"], "JDJhJDA0JGFiY2RlZmdoaWprbG1ub3BxcnN0dXVqeWRPVFNmSUgvZDVvVUhwc3lncVY1WDl4SkxRYzZl"),
    (&["plaintext", "bcrypt"], "JDJhJDA0JGFiY2RlZmdoaWprbG1ub3BxcnN0dXVqeWRPVFNmSUgvZDVvVUhwc3lncVY1WDl4SkxRYzZl"),
    (&["bcrypt"], "JDJhJDA5JGFiY2RlZmdoaWprbG1ub3BxcnN0dXU1aTJaV3VMTk1MSkUucC5LYlZVLzlCTVFkLnlTM1Zl"),
    (&["md5", "bcrypt"], "JDJhJDA0JGFiY2RlZmdoaWprbG1ub3BxcnN0dXVlS2p5dENmSnJiTnpDb1pObk11VmR2Wm1RUVFkMk1t"),
    (&["sha-1", "bcrypt"], "JDJhJDA0JGFiY2RlZmdoaWprbG1ub3BxcnN0dXVhOWdqTTR3bC5NZXJ0dDBtYlFDcmtSVG5HdVA3eXRP"),
    (&["SHA-1", "plaintext"], "L55TUjtiq8FBorTWAZ0jy6g129A="),
];

fn read(chain: &[&str], secret: &str) -> Result<Legacy, LegacyError> {
    let chain: Vec<String> = chain.iter().map(|name| (*name).to_owned()).collect();
    Legacy::read(&chain, secret)
}

fn stored(chain: &[&str], secret: &str) -> Secret {
    match read(chain, secret) {
        Ok(Legacy::Hash(hash)) => hash,
        other => panic!("{chain:?} is kept as a hash, not as {other:?}"),
    }
}

fn verify(stored: &Secret, password: &str) -> Verdict {
    let hasher = Hasher::new(4, Arc::new(SystemEntropy)).unwrap();
    hasher.verify(TenantId::MANAGEMENT, &Secret::new(password), Some(stored))
}

#[test]
fn each_chain_knows_its_password_and_asks_for_a_rehash() {
    for (chain, secret) in VECTORS {
        let hash = stored(chain, secret);
        assert_eq!(verify(&hash, PASSWORD), Verdict::Match { rehash: true }, "{chain:?}");
        for wrong in ["correct horsE", "correct hors", "", secret, hash.expose()] {
            assert_eq!(verify(&hash, wrong), Verdict::Mismatch, "{chain:?} {wrong:?}");
        }
    }
}

#[test]
fn usergrids_own_vector_of_md5_and_then_sha_1_holds() {
    let hash = stored(&["md5", "sha-1"], "8rpwQiXFx-5nbzIB6iVr9XeeaHc");
    assert_eq!(verify(&hash, "secret"), Verdict::Match { rehash: true });
}

#[test]
fn a_password_that_bcrypt_cannot_keep_matches_and_stays_as_it_is() {
    let (seventy_two, eighty) = ("p".repeat(72), "p".repeat(80));
    let bcrypt = "JDJhJDA0JGFiY2RlZmdoaWprbG1ub3BxcnN0dXVOdC4wYWg5N2dIWTNGN0pDMVo2RVhtUWMwYlFCaElP";
    let hash = stored(&["bcrypt"], bcrypt);
    assert_eq!(verify(&hash, &eighty), Verdict::Match { rehash: false });
    assert_eq!(verify(&hash, &seventy_two), Verdict::Match { rehash: true });
    assert_eq!(verify(&hash, &"p".repeat(71)), Verdict::Mismatch);
}

#[test]
fn a_password_in_clear_is_handed_back_to_be_hashed() {
    for secret in ["Y29ycmVjdCBob3JzZQ", PASSWORD] {
        let Ok(Legacy::Clear(clear)) = read(&["plaintext"], secret) else { panic!("{secret} lies in clear") };
        assert_eq!(clear.expose(), PASSWORD);
    }
}

#[test]
fn what_cannot_be_followed_is_refused_and_what_cannot_match_is_kept() {
    assert_eq!(read(&[], "x").unwrap_err(), LegacyError::NoChain);
    assert_eq!(read(&["rot13"], "x").unwrap_err(), LegacyError::UnknownStep("rot13".to_owned()));
    assert_eq!(read(&["bcrypt", "sha-1"], "x").unwrap_err(), LegacyError::BcryptNotLast);
    for secret in ["", "two words", "ü", &"x".repeat(513)] {
        assert_eq!(read(&["md5"], secret).unwrap_err(), LegacyError::Secret, "{secret}");
    }
    // bcrypt of cost 31 would stop the lane for hours.
    let endless = "JDJhJDMxJGFiY2RlZmdoaWprbG1ub3BxcnN0dXVqeWRPVFNmSUgvZDVvVUhwc3lncVY1WDl4SkxRYzZl";
    // It is not taken any more, as the test of costs says; a row that an earlier version wrote still costs nothing.
    let kept_before = Secret::new(format!("usergrid:bcrypt:{endless}"));
    for row in [stored(&["bcrypt"], "garbage"), kept_before] {
        assert_eq!(verify(&row, PASSWORD), Verdict::Mismatch, "{}", row.expose());
    }
}

#[test]
fn credentials_are_shown_as_they_came() {
    for (chain, secret) in VECTORS {
        let (shown, text) = Legacy::show(&stored(chain, secret));
        assert_eq!(text.expose(), secret);
        let told = chain.iter().map(|name| name.to_ascii_lowercase()).filter(|name| name != "plaintext");
        assert_eq!(shown, told.collect::<Vec<_>>());
    }
    let (shown, text) = Legacy::show(&Secret::new("$2b$04$abcdefghijklmnopqrstuu"));
    assert_eq!((shown, text.expose()), (vec!["bcrypt".to_owned()], "JDJiJDA0JGFiY2RlZmdoaWprbG1ub3BxcnN0dXU"));
}

#[test]
fn a_bcrypt_cost_that_is_never_computed_is_refused() {
    let dear = "JDJhJDMxJGFiY2RlZmdoaWprbG1ub3BxcnN0dXVqeWRPVFNmSUgvZDVvVUhwc3lncVY1WDl4SkxRYzZl";
    for chain in [&["bcrypt"][..], &["md5", "bcrypt"]] {
        assert_eq!(read(chain, dear).unwrap_err(), LegacyError::Cost(31));
    }
    let sixteen = "JDJhJDE2JGFiY2RlZmdoaWprbG1ub3BxcnN0dXVqeWRPVFNmSUgvZDVvVUhwc3lncVY1WDl4SkxRYzZl";
    assert_eq!(read(&["bcrypt"], sixteen).unwrap_err(), LegacyError::Cost(16));
}
