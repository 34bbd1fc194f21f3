//! The rules behind `ManageError`. Most of these causes are told to the caller in full; here they get a name.

use super::{Explained, USERGRID_API, failed, rule};
use crate::domain::failure::Failure;
use crate::domain::refusal::Explanation;
use crate::manage::ManageError;

const POLICY: &str = "[passwords]";
const MAILS: &str = "docs/operate/mail.md";
const AS_SAID: &str = "Do as the error_description says.";
const RENAME: &str = "Choose another name, or change the one that has it.";
const LOOK_AGAIN: &str = "Read it again and repeat the change.";

impl Explained for ManageError {
    #[rustfmt::skip]
    fn explain(&self) -> Explanation {
        match self {
            Self::UnknownOrganization(_) => rule("unknown_organization", "There is no organization of this name.", USERGRID_API, "Check the name in the path."),
            Self::UnknownApplication(_) | Self::NoSuchApplication { .. } => rule("unknown_application", "There is no application of this name.", USERGRID_API, "Check the name in the path."),
            Self::UnknownUser(_) => rule("unknown_account", "There is no account of this name here.", USERGRID_API, "Check the name in the path."),
            Self::UnknownName(_) | Self::UnknownEntity(_) => rule("unknown_entity", "There is no entity of this name or UUID in the collection.", USERGRID_API, "Check the name in the path."),
            Self::NoSuchMember(_) => rule("unknown_member", "There is no such admin in the organization.", USERGRID_API, "Check the name in the path."),
            Self::OtherHolder(_) | Self::MailToken => rule("unfit_link", "The link was used, has expired, or is for another account or purpose.", MAILS, "Ask for a new mail."),
            Self::Name { .. } | Self::GroupPath(_) | Self::Permission(_) => rule("unfit_name", "A name, path or permission is not spelled as it must be.", USERGRID_API, AS_SAID),
            Self::PasswordPolicy(_) => rule("password_policy", "The new password breaks the rules for passwords.", POLICY, "Choose a password that meets them."),
            Self::WrongOldPassword => rule("wrong_old_password", "The old password is not right, or there is no such account.", POLICY, "Repeat it, or ask for a link."),
            Self::RecentlyUsedPassword => rule("recently_used_password", "The new password is among the remembered ones.", POLICY, "Choose another."),
            Self::ConfiguredPassword | Self::Superuser => rule("configured_account", "The superuser is set by the configuration alone.", "[superuser]", "Change the configuration."),
            Self::Overtaken | Self::KeysChanged => rule("overtaken", "Another change of the same came first.", "RFC 9110 §15.5.10", LOOK_AGAIN),
            Self::OwnMember(_) | Self::MissingMember { .. } | Self::WrongMember { .. } | Self::RequiredProperty { .. } => rule("unfit_member", "A member of the body is missing, or is not what it must be.", USERGRID_API, AS_SAID),
            Self::TooLong { .. } | Self::ShortPin(_) => rule("unfit_length", "A value is longer or shorter than it may be.", USERGRID_API, AS_SAID),
            Self::UnknownProvider | Self::UnknownProviderSetting(_) | Self::ProviderSetting(..) => rule("unfit_provider_setting", "The settings of a sign-in provider are not what they must be.", "docs/api/social.md", AS_SAID),
            Self::ProviderNotSet => rule("provider_not_set", "The application has no complete settings for the provider.", "docs/api/social.md", "Set them at sia-provider."),
            Self::ProviderRefused => rule("provider_refused", "The provider does not know the token, or shows no account for it.", "docs/api/social.md", "Get a new token from the provider; check that it is for this application."),
            Self::RegistrationClosed => rule("registration_closed", "Guests may not create users here.", "docs/api/users.md", "Let the application's client create users, or open registration_requires."),
            Self::Taken { .. } => rule("not_unique", "Another entity has this name or address.", USERGRID_API, RENAME),
            Self::ApplicationExists | Self::ApplicationInTheWay => rule("application_exists", "Another application, perhaps a deleted one, has this name.", USERGRID_API, RENAME),
            Self::LastMember => rule("last_member", "An organization keeps at least one admin.", USERGRID_API, "Add another admin first."),
            Self::Illegal(_) => rule("illegal_argument", "A value makes no sense here.", USERGRID_API, AS_SAID),
            Self::TooMuchMail { .. } => rule("too_much_mail", "The caller's network asked for too many mails within an hour.", MAILS, "Wait, or name the proxy's header in server.client_address_header."),
            Self::NoAddress => rule("no_address", "The account has no email address to write to.", MAILS, "Set its email."),
            Self::UnknownMail(_) | Self::UnknownTemplate(_) => rule("unknown_mail", "There is no such mail or template.", MAILS, "Look at the list."),
            Self::Template(_) => rule("unfit_template", "The template cannot be read, or asks for what there is not.", MAILS, AS_SAID),
            Self::BadCursor => rule("unfit_cursor", "The cursor belongs to another list or was changed.", "docs/api/query.md", "Begin without a cursor."),
            Self::TooManyListings => rule("too_many_listings", "Too many lists of the application were being read at once.", "docs/api/query.md", "Read fewer at once."),
            Self::SlowQuery => rule("slow_query", "The database gave the query up.", "docs/api/query.md", "Narrow the query."),
            Self::Credentials(_) => rule("unfit_credentials", "The credentials of another server cannot be taken over.", "docs/operate/moving.md", AS_SAID),
            Self::UnknownClient(_) => rule("unknown_registered_client", "No client is registered under this id.", "RFC 7592 §2", "Look at the list of clients."),
            Self::Client(_) => rule("unfit_client_metadata", "The metadata of the client is not what it must be.", "RFC 7591 §3.2.2", AS_SAID),
            Self::TooManySecrets(_) => rule("too_many_secrets", "The client has as many live secrets as it may.", "docs/api/clients.md", "Delete one first."),
            Self::NoClientRegistration => rule("no_client_registration", "Clients do not register themselves here.", "RFC 7591 §3", "Switch registration on, or register the client for it."),
            Self::RegistrationToken => rule("registration_token", "The token for the registration is missing, unknown, expired or used up.", "RFC 7591 §3", "Make a new initial access token."),
            Self::TooManyRegistrations { .. } => rule("too_many_registrations", "The source registered as many clients as it may for now.", "RFC 7591 §5", "Wait."),
            Self::TooManyClients => rule("too_many_clients", "As many clients registered themselves as may.", "RFC 7591 §5", "Remove those that are not used."),
            Self::TooManyGuesses { .. } => rule("too_many_guesses", "The source named too many wrong codes of devices.", "RFC 8628 §5.1", "Wait an hour."),
            Self::UnknownTrustedIssuer(_) => rule("unknown_trusted_issuer", "There is no trusted issuer of this name.", "RFC 7523 §3", "Look at the list."),
            Self::UnknownSession(_) | Self::UnknownConsent(_) => rule("unknown_session", "There is no such session or consent.", USERGRID_API, "Look at the list."),
            Self::StalePage => rule("stale_page", "What the page brought back was made up, is too old, or is another browser's.", "RFC 9700 §4.7", "Begin anew."),
            Self::Upstream(cause) => failed(cause.failure()),
            Self::Lane(cause) => failed(cause.failure()),
            Self::Directory(cause) => failed(cause.failure()),
            Self::Store(cause) => failed(cause.failure()),
            Self::Key(_) | Self::Vault(_) | Self::Mail(_) | Self::Cursor(_) => failed(Failure::Internal),
        }
    }
}
