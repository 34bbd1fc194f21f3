//! What a new password must be made of. *Spec*: Usergrid's password policy.

use super::secret::Secret;

/// The rules for new passwords. A count of zero asks for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// *Units*: characters.
    pub min_length: usize,
    pub min_uppercase: usize,
    pub min_digits: usize,
    pub min_special: usize,
    /// The characters that count as special.
    pub special_chars: String,
}

/// One rule that a password breaks; `Display` is the sentence that Usergrid's clients know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyBreach {
    #[error("error_length_policy: must be at least {0} characters")]
    Length(usize),
    #[error("error_uppercase_policy: requires {0} uppercase characters")]
    Uppercase(usize),
    #[error("error_digits_policy: requires {0} digits")]
    Digits(usize),
    #[error("error_special_chars_policy: requires {0} special characters")]
    Special(usize),
}

impl PasswordPolicy {
    /// Every rule that the password breaks, in a fixed order; none for one that may be taken.
    pub fn breaches(&self, password: &Secret) -> Vec<PolicyBreach> {
        let count = |is_it: &dyn Fn(char) -> bool| password.expose().chars().filter(|c| is_it(*c)).count();
        let special = |c: char| self.special_chars.contains(c);
        let rules = [
            (count(&|_| true) < self.min_length, PolicyBreach::Length(self.min_length)),
            (count(&char::is_uppercase) < self.min_uppercase, PolicyBreach::Uppercase(self.min_uppercase)),
            (count(&char::is_numeric) < self.min_digits, PolicyBreach::Digits(self.min_digits)),
            (count(&special) < self.min_special, PolicyBreach::Special(self.min_special)),
        ];
        rules.into_iter().filter_map(|(is_broken, breach)| is_broken.then_some(breach)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(policy: &PasswordPolicy, password: &str) -> Vec<String> {
        policy.breaches(&Secret::new(password)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_rule_that_is_broken_is_named() {
        let plain = PasswordPolicy {
            min_length: 4,
            min_uppercase: 0,
            min_digits: 0,
            min_special: 0,
            special_chars: "!$".to_owned(),
        };
        assert_eq!(breaches(&plain, "abc"), ["error_length_policy: must be at least 4 characters"]);
        assert_eq!(breaches(&plain, "äöüß"), [""; 0]);
        let strict = PasswordPolicy { min_length: 8, min_uppercase: 2, min_digits: 1, min_special: 1, ..plain };
        assert_eq!(
            breaches(&strict, "aB"),
            [
                "error_length_policy: must be at least 8 characters",
                "error_uppercase_policy: requires 2 uppercase characters",
                "error_digits_policy: requires 1 digits",
                "error_special_chars_policy: requires 1 special characters",
            ]
        );
        assert_eq!(breaches(&strict, "ABcdefg#1"), ["error_special_chars_policy: requires 1 special characters"]);
        assert_eq!(breaches(&strict, "ABcdefg!1"), [""; 0]);
    }
}
