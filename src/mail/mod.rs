//! Mail: what is said, the outbox that keeps it, and the sender that empties it. A mail is written in the transaction
//! of the event that causes it, sealed, and sent by a thread of its own; it decides nothing about accounts.

mod error;
mod message;
mod outbox;
mod sender;
mod smtp;
mod template;
mod throttle;

pub use error::{MailError, TemplateError};
pub use outbox::{Delivery, Letter, MailPolicy, Outbox, Recipient, digest_of};
pub use sender::{Bell, Sender, SenderPolicy};
pub use smtp::{Protection, Smtp, SmtpOptions};
pub use template::{PLACEHOLDERS, Values, Words};
pub use throttle::Throttle;
