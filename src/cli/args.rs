//! What can be typed: commands, flags and their help. Nothing is executed here.
//!
//! Passwords are read from standard input, never from an argument, which every user of the machine can see.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use super::operand::{self, AppPath, AppSetting, IssuerPath, OrgSetting, Properties, Rename, TenantPath};
use crate::config::Overrides;
use crate::domain::name::{Email, TenantName, Username};
use crate::domain::secret::Secret;

/// A multi-tenant OAuth 2.0 token and user-management server.
#[derive(Clone, Debug, Parser)]
#[command(name = "tokengrid", version)]
pub struct Cli {
    /// Configuration file (TOML), over the built-in defaults.
    #[arg(long, global = true, help_heading = "Global options", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Database; with a password in it, better given as TOKENGRID_DATABASE__URL.
    #[arg(long, global = true, help_heading = "Global options", value_name = "URL")]
    pub database_url: Option<Secret>,
    /// Folder of the embedded database and of the master key file.
    #[arg(long, global = true, help_heading = "Global options", value_name = "DIR")]
    pub data_dir: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// The flags that override settings, for `config::load`.
    pub fn overrides(&self) -> Overrides {
        let (listen, base_url) = match &self.command {
            Command::Serve(serve) => (serve.listen.clone(), serve.base_url.clone()),
            _ => (None, None),
        };
        Overrides { listen, base_url, data_dir: self.data_dir.clone(), database_url: self.database_url.clone() }
    }
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Apply pending migrations and serve.
    Serve(Serve),
    /// Apply pending migrations and exit.
    Migrate,
    /// Check or print the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Create an organization or change its settings.
    #[command(subcommand)]
    Org(OrgCommand),
    /// Create an application or change its settings.
    #[command(subcommand)]
    App(AppCommand),
    /// Create an app user.
    #[command(subcommand)]
    User(UserCommand),
    /// Show or rotate the client credentials of an organization or application.
    Credentials(Credentials),
    /// Rotate signing keys, or encrypt secrets under the first master key.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// End tokens: of an organization's client, or every token of an application and the sessions behind them.
    Revoke(Revoke),
    /// Move in from another server.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Ask the server at server.listen whether it is ready; exit code 0 or 1.
    Health,
}

/// `serve`
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Address and port to serve on.
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// Public URL, the beginning of every issuer.
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Create a demo organization with known passwords; loopback only.
    #[arg(long)]
    pub demo: bool,
}

/// `config`
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check the configuration; exit code 2 and one line if it is wrong.
    Check,
    /// Print the effective configuration as TOML, with secrets redacted.
    Print,
}

/// `org`
#[derive(Clone, Debug, Subcommand)]
pub enum OrgCommand {
    /// Create an organization and its first admin.
    Create(OrgCreate),
    /// Change settings of an organization.
    Set(OrgSet),
}

/// `org create`
#[derive(Clone, Debug, Args)]
pub struct OrgCreate {
    /// Name of the organization.
    #[arg(value_name = "NAME", value_parser = TenantName::parse)]
    pub name: TenantName,
    /// Username of the admin.
    #[arg(long, value_name = "USERNAME", value_parser = Username::parse)]
    pub admin_username: Username,
    /// Email address of the admin.
    #[arg(long, value_name = "EMAIL", value_parser = Email::parse)]
    pub admin_email: Email,
    /// Read the admin's password from standard input; otherwise one is made and printed once.
    #[arg(long)]
    pub admin_password_stdin: bool,
    #[command(flatten)]
    pub output: Output,
}

/// `org set`
#[derive(Clone, Debug, Args)]
pub struct OrgSet {
    /// The organization.
    #[arg(value_name = "ORG", value_parser = TenantName::parse)]
    pub org: TenantName,
    /// retrievable_secrets=on|off.
    #[arg(value_name = "KEY=VALUE", required = true)]
    pub settings: Vec<OrgSetting>,
    #[command(flatten)]
    pub output: Output,
}

/// `app`
#[derive(Clone, Debug, Subcommand)]
pub enum AppCommand {
    /// Create an application.
    Create(AppCreate),
    /// Change settings of an application.
    Set(AppSet),
}

/// `app create`
#[derive(Clone, Debug, Args)]
pub struct AppCreate {
    /// Organization and name of the application.
    #[arg(value_name = "ORG/APP")]
    pub app: AppPath,
    #[command(flatten)]
    pub output: Output,
}

/// `app set`
#[derive(Clone, Debug, Args)]
pub struct AppSet {
    /// The application.
    #[arg(value_name = "ORG/APP")]
    pub app: AppPath,
    /// accesstokenttl=MILLISECONDS|default, algorithm=ES256|EdDSA|RS256|HS256, url_grants=on|off, url_tokens=on|off,
    /// require_pushed_requests=on|off.
    #[arg(value_name = "KEY=VALUE", required = true)]
    pub settings: Vec<AppSetting>,
    #[command(flatten)]
    pub output: Output,
}

/// `user`
#[derive(Clone, Debug, Subcommand)]
pub enum UserCommand {
    /// Create a user of an application.
    Create(UserCreate),
}

/// `user create`
#[derive(Clone, Debug, Args)]
pub struct UserCreate {
    /// The application.
    #[arg(value_name = "ORG/APP")]
    pub app: AppPath,
    /// Username, unique in the application.
    #[arg(long, value_name = "USERNAME", value_parser = Username::parse)]
    pub username: Username,
    /// Email address, unique in the application.
    #[arg(long, value_name = "EMAIL", value_parser = Email::parse)]
    pub email: Email,
    /// Read the password from standard input; otherwise one is made and printed once.
    #[arg(long)]
    pub password_stdin: bool,
    /// Further members of the account, as a JSON object; they are returned unchanged.
    #[arg(long, value_name = "JSON", value_parser = operand::properties)]
    pub properties: Option<Properties>,
    #[command(flatten)]
    pub output: Output,
}

/// `credentials`
#[derive(Clone, Debug, Args)]
pub struct Credentials {
    /// The organization or application.
    #[arg(value_name = "ORG[/APP]")]
    pub tenant: TenantPath,
    /// Make a new secret.
    #[arg(long)]
    pub rotate: bool,
    /// How long the old secret goes on working; otherwise it ends at once.
    #[arg(long, value_name = "SECONDS", requires = "rotate", value_parser = operand::seconds)]
    pub keep_old: Option<Duration>,
    #[command(flatten)]
    pub output: Output,
}

/// `revoke`
#[derive(Clone, Debug, Args)]
pub struct Revoke {
    /// The organization or application.
    #[arg(value_name = "ORG[/APP]")]
    pub tenant: TenantPath,
    #[command(flatten)]
    pub output: Output,
}

/// `keys`
#[derive(Clone, Debug, Subcommand)]
pub enum KeysCommand {
    /// Publish a new signing key, which signs after keys.publish_seconds.
    Rotate(KeysRotate),
    /// Encrypt every stored secret under the first master key.
    Rewrap(KeysRewrap),
    /// Print a new master key for security.master_keys; nothing is stored.
    Generate(KeysGenerate),
}

/// `keys rotate`
#[derive(Clone, Debug, Args)]
pub struct KeysRotate {
    /// The application, or the management place.
    #[arg(value_name = "ORG/APP|management")]
    pub issuer: IssuerPath,
    /// Sign with the new key at once: verifiers with an older key set refuse its tokens until they fetch the new one.
    #[arg(long)]
    pub now: bool,
    /// Withdraw the old keys: every token that they signed is refused from now on. For a key that others may know.
    #[arg(long, conflicts_with = "now")]
    pub withdraw_old: bool,
    #[command(flatten)]
    pub output: Output,
}

/// `keys generate`
#[derive(Clone, Debug, Args)]
pub struct KeysGenerate {
    /// The name by which sealed rows remember the key.
    #[arg(value_name = "ID")]
    pub id: String,
}

/// `keys rewrap`
#[derive(Clone, Copy, Debug, Args)]
pub struct KeysRewrap {
    #[command(flatten)]
    pub output: Output,
}

/// `import`
#[derive(Clone, Debug, Subcommand)]
pub enum ImportCommand {
    /// Move in an export of Usergrid; what is here already stays as it is.
    Usergrid(ImportUsergrid),
}

/// `import usergrid`
#[derive(Clone, Debug, Args)]
pub struct ImportUsergrid {
    /// The export: a file, or a folder with everything in it.
    #[arg(value_name = "FILE|DIR")]
    pub source: PathBuf,
    /// Give an organization (ORG=NEW) or application (ORG/APP=NEW) another name; may be repeated.
    #[arg(long, value_name = "OLD=NEW")]
    pub rename: Vec<Rename>,
    /// The application of files that do not say whose they are.
    #[arg(long, value_name = "ORG/APP")]
    pub into: Option<AppPath>,
    /// Read everything and report; write nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub output: Output,
}

/// How the outcome is printed.
#[derive(Clone, Copy, Debug, Args)]
pub struct Output {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serve_flags_become_overrides() {
        let line =
            "tokengrid serve --listen 127.0.0.1:0 --base-url http://x --data-dir d --database-url sqlite:x --demo";
        let cli = parse(line).expect("a command");
        let overrides = cli.overrides();
        assert_eq!(overrides.listen.as_deref(), Some("127.0.0.1:0"));
        assert_eq!(overrides.base_url.as_deref(), Some("http://x"));
        assert_eq!(overrides.data_dir.as_deref(), Some("d"));
        assert_eq!(overrides.database_url.as_ref().map(Secret::expose), Some("sqlite:x"));
        assert!(matches!(cli.command, Command::Serve(Serve { demo: true, .. })));
    }

    #[test]
    fn global_flags_stand_before_or_after_the_command() {
        for line in ["tokengrid --config a.toml config check", "tokengrid config check --config a.toml"] {
            assert_eq!(parse(line).expect("a command").config, Some(PathBuf::from("a.toml")));
        }
    }

    #[test]
    fn every_command_is_understood() {
        for line in [
            "tokengrid serve",
            "tokengrid migrate",
            "tokengrid config check",
            "tokengrid config print",
            "tokengrid org create acme --admin-username ann --admin-email ann@acme.example --admin-password-stdin --json",
            "tokengrid org set acme retrievable_secrets=off --json",
            "tokengrid app create acme/shop --json",
            "tokengrid app set acme/shop accesstokenttl=0 url_grants=off",
            "tokengrid user create acme/shop --username bob --email bob@acme.example --password-stdin",
            "tokengrid credentials acme --json",
            "tokengrid credentials acme/shop --rotate --keep-old 3600",
            "tokengrid keys rotate acme/shop",
            "tokengrid keys rotate management",
            "tokengrid keys rewrap --json",
            "tokengrid import usergrid export --rename Docs=docs-1 --rename acme/users=people --into acme/shop --dry-run",
        ] {
            assert!(parse(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn bad_operands_are_usage_errors_with_exit_code_2() {
        for (line, words) in [
            ("tokengrid", "Usage"),
            ("tokengrid app create acme", "expected ORG/APP, such as acme/shop"),
            ("tokengrid org set acme", "required"),
            ("tokengrid credentials acme --keep-old 5", "--rotate"),
            ("tokengrid credentials acme --rotate --keep-old soon", "invalid digit"),
            ("tokengrid user create acme/shop --username me --email a@b.example", "This name is reserved."),
            ("tokengrid user create acme/shop --username a --email b --password hunter2", "unexpected argument"),
        ] {
            let error = parse(line).expect_err(line);
            assert!(error.to_string().contains(words), "{line}: {error}");
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn a_parsed_command_line_does_not_print_its_secret() {
        let cli = parse("tokengrid migrate --database-url postgres://u:hunter2@db/x").expect("a command");
        assert!(!format!("{cli:?}").contains("hunter2"));
    }
}
