//! Carries out one command. A fault of the configuration ends with exit code 2, any other with 1, each in one line.

use std::io::{self, Read};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use serde_json::{Map, Value, json};

use super::args::{AppCommand, Cli, Command, ConfigCommand, KeysCommand, OrgCommand, Output, UserCommand};
use super::error::CommandError;
use super::operand::{AppPath, IssuerPath, TenantPath};
use super::{args, print, serve};
use crate::config::{self, Settings};
use crate::crypto::entropy::Entropy;
use crate::crypto::token_text::new_password;
use crate::crypto::vault::MasterKey;
use crate::domain::client::ClientId;
use crate::domain::id::TenantId;
use crate::domain::place::{Place, PlaceName};
use crate::domain::secret::Secret;
use crate::manage::{Actor, ManageError, NewOrg, NewPerson, Promotion};
use crate::server::{self, Core, Schema, Tools};

/// Reads the command line and carries it out.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match carry_out(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            print::fault(&cause);
            cause.exit_code()
        }
    }
}

fn carry_out(cli: &Cli) -> Result<(), CommandError> {
    let settings = config::load(cli.config.as_deref(), config::process_environment(), &cli.overrides())?;
    crate::telemetry::init(&settings.logging)?;
    match &cli.command {
        Command::Serve(arguments) => return server::block_on(serve::run(settings, arguments)),
        Command::Health => return serve::check_health(settings.server.listen),
        Command::Config(ConfigCommand::Check) => print::line("The configuration is valid."),
        Command::Config(ConfigCommand::Print) => print::text(&settings.print()),
        Command::Keys(KeysCommand::Generate(arguments)) => {
            let key = MasterKey::generate(&arguments.id, &*Tools::default().entropy)?;
            print::line(key.to_line().expose());
        }
        command => return server::block_on(with_core(&settings, command)),
    }
    Ok(())
}

async fn with_core(settings: &Settings, command: &Command) -> Result<(), CommandError> {
    let schema = match command {
        Command::Migrate => Schema::Migrate,
        Command::Org(OrgCommand::Create(_)) => Schema::RequireOrEmbed,
        _ => Schema::Require,
    };
    let core = Core::open(settings, Tools::default(), schema).await?;
    match command {
        Command::Migrate => {
            print::line("The database is up to date.");
            Ok(())
        }
        Command::Org(OrgCommand::Create(arguments)) => create_org(&core, arguments).await,
        Command::Org(OrgCommand::Set(arguments)) => set_org(&core, arguments).await,
        Command::App(AppCommand::Create(arguments)) => create_app(&core, arguments).await,
        Command::App(AppCommand::Set(arguments)) => set_app(&core, arguments).await,
        Command::User(UserCommand::Create(arguments)) => create_user(&core, arguments).await,
        Command::Credentials(arguments) => credentials(&core, arguments).await,
        Command::Keys(KeysCommand::Rotate(arguments)) => rotate_keys(&core, arguments).await,
        Command::Keys(KeysCommand::Rewrap(arguments)) => {
            let moved = core.registry.rewrap().await?;
            let words = format!("{moved} rows are now sealed by master key {}.", core.vault.current());
            show(arguments.output, json!({ "rows": moved, "master_key": core.vault.current() }), &words);
            Ok(())
        }
        Command::Revoke(arguments) => revoke(&core, arguments).await,
        Command::Serve(_) | Command::Health | Command::Config(_) | Command::Keys(KeysCommand::Generate(_)) => Ok(()),
    }
}

async fn create_org(core: &Core, arguments: &args::OrgCreate) -> Result<(), CommandError> {
    let (password, generated) = password(arguments.admin_password_stdin, &*core.entropy)?;
    let owner = NewPerson {
        username: arguments.admin_username.as_str().to_owned(),
        email: Some(arguments.admin_email.as_str().to_owned()),
        name: None,
        password: Some(password.clone()),
        properties: Map::new(),
    };
    let new = NewOrg { name: arguments.name.to_string(), owner };
    let created = core.registry.create_org(new, Actor::Operator).await?;
    let secret = created.credentials.client_secret.as_ref().map(Secret::expose);
    let shown = generated.then(|| password.expose());
    let json = json!({
        "organization": { "uuid": created.org.id, "name": created.org.name },
        "sandbox": { "uuid": created.sandbox.id, "name": created.sandbox.name },
        "admin": { "uuid": created.owner.id, "username": created.owner.person.username.as_str(), "password": shown },
        "credentials": { "client_id": created.credentials.client_id, "client_secret": secret },
    });
    let words = [
        format!("Organization {} is created, with the application {}.", created.org.name, created.sandbox.name),
        format!("Admin {}", created.owner.person.username.as_str()),
        shown.map(|password| format!("Password (shown once): {password}")).unwrap_or_default(),
        format!("client_id {}", created.credentials.client_id),
        secret.map(|secret| format!("client_secret {secret}")).unwrap_or_default(),
    ];
    show(arguments.output, json, &print::lines(&words));
    Ok(())
}

async fn set_org(core: &Core, arguments: &args::OrgSet) -> Result<(), CommandError> {
    let org = core.registry.get_org(arguments.org.as_str()).await?;
    let mut settings = org.settings.clone();
    arguments.settings.iter().for_each(|setting| setting.apply(&mut settings));
    core.registry.set_org(&org, settings.clone(), Actor::Operator).await?;
    show(arguments.output, json!({ "settings": settings }), &format!("Organization {} is set.", org.name));
    Ok(())
}

async fn create_app(core: &Core, arguments: &args::AppCreate) -> Result<(), CommandError> {
    let AppPath { org, app } = &arguments.app;
    let org = core.registry.get_org(org.as_str()).await?;
    let (app, credentials) = core.registry.create_app(&org, app.as_str(), Actor::Operator).await?;
    let secret = credentials.client_secret.as_ref().map(Secret::expose);
    let json = json!({
        "application": { "uuid": app.id, "name": format!("{}/{}", org.name, app.name) },
        "credentials": { "client_id": credentials.client_id, "client_secret": secret },
    });
    let words = [
        format!("Application {}/{} is created.", org.name, app.name),
        format!("client_id {}", credentials.client_id),
        secret.map(|secret| format!("client_secret {secret}")).unwrap_or_default(),
    ];
    show(arguments.output, json, &print::lines(&words));
    Ok(())
}

async fn set_app(core: &Core, arguments: &args::AppSet) -> Result<(), CommandError> {
    let (_, app) = find_app(core, &arguments.app).await?;
    let mut settings = app.settings.clone();
    arguments.settings.iter().for_each(|setting| setting.apply(&mut settings));
    core.registry.set_app(&app, settings.clone(), Actor::Operator).await?;
    show(arguments.output, json!({ "settings": settings }), &format!("Application {} is set.", arguments.app));
    Ok(())
}

async fn create_user(core: &Core, arguments: &args::UserCreate) -> Result<(), CommandError> {
    let (_, app) = find_app(core, &arguments.app).await?;
    let (password, generated) = password(arguments.password_stdin, &*core.entropy)?;
    let new = NewPerson {
        username: arguments.username.as_str().to_owned(),
        email: Some(arguments.email.as_str().to_owned()),
        name: None,
        password: Some(password.clone()),
        properties: arguments.properties.clone().map(|given| given.0).unwrap_or_default(),
    };
    let user = core.registry.create_user(app.id, new, Actor::Operator).await?;
    let shown = generated.then(|| password.expose());
    let json = json!({ "user": { "uuid": user.id, "username": user.person.username.as_str(), "password": shown } });
    let words = [
        format!("User {} is created in {}.", user.person.username.as_str(), arguments.app),
        shown.map(|password| format!("Password (shown once): {password}")).unwrap_or_default(),
    ];
    show(arguments.output, json, &print::lines(&words));
    Ok(())
}

async fn credentials(core: &Core, arguments: &args::Credentials) -> Result<(), CommandError> {
    let client = match &arguments.tenant {
        TenantPath::Org(org) => ClientId::Org(core.registry.get_org(org.as_str()).await?.id),
        TenantPath::App(path) => ClientId::App(find_app(core, path).await?.1.id),
    };
    let credentials = if arguments.rotate {
        let keep_old = arguments.keep_old.unwrap_or(Duration::ZERO);
        core.registry.rotate_credentials(client, keep_old, Actor::Operator).await?
    } else {
        core.registry.credentials(client).await?
    };
    let secret = credentials.client_secret.as_ref().map(Secret::expose);
    let json = json!({ "client_id": credentials.client_id, "client_secret": secret });
    let words = [
        format!("client_id {}", credentials.client_id),
        secret.map_or("The secret cannot be read back; --rotate makes a new one.".to_owned(), |secret| {
            format!("client_secret {secret}")
        }),
    ];
    show(arguments.output, json, &print::lines(&words));
    Ok(())
}

async fn revoke(core: &Core, arguments: &args::Revoke) -> Result<(), CommandError> {
    match &arguments.tenant {
        TenantPath::Org(org) => {
            let org = core.registry.get_org(org.as_str()).await?;
            core.registry.revoke_org_client(org.id, Actor::Operator).await?;
        }
        TenantPath::App(path) => {
            let (_, app) = find_app(core, path).await?;
            core.registry.revoke_app(&app, Actor::Operator).await?;
        }
    }
    let tenant = arguments.tenant.to_string();
    show(arguments.output, json!({ "revoked": tenant }), &format!("The tokens of {tenant} are revoked."));
    Ok(())
}

async fn rotate_keys(core: &Core, arguments: &args::KeysRotate) -> Result<(), CommandError> {
    let tenant = match &arguments.issuer {
        IssuerPath::Management => TenantId::MANAGEMENT,
        IssuerPath::App(path) => find_app(core, path).await?.1.id.into(),
    };
    let promotion = match (arguments.now, arguments.withdraw_old) {
        (_, true) => Promotion::NowWithdrawingOthers,
        (true, false) => Promotion::Now,
        (false, false) => Promotion::AfterPublishing,
    };
    let rotated = core.registry.rotate_keys(tenant, promotion, Actor::Operator).await?;
    let algorithm = rotated.algorithm.as_str();
    let json = json!({ "kid": rotated.kid, "algorithm": algorithm, "state": rotated.state.as_str() });
    show(arguments.output, json, &format!("Key {} ({algorithm}) is {}.", rotated.kid, rotated.state.as_str()));
    Ok(())
}

type FoundApp =
    (std::sync::Arc<crate::domain::tenant::Organization>, std::sync::Arc<crate::domain::tenant::Application>);

async fn find_app(core: &Core, path: &AppPath) -> Result<FoundApp, CommandError> {
    let name = PlaceName::App { org: path.org.to_string(), app: path.app.to_string() };
    match core.registry.place(&name).await? {
        Some(Place::App { org, app }) => Ok((org, app)),
        _ => Err(ManageError::UnknownApplication(path.to_string()).into()),
    }
}

/// A password from standard input, or a new one; whether it was made here and must be shown.
fn password(from_stdin: bool, entropy: &dyn Entropy) -> Result<(Secret, bool), CommandError> {
    if !from_stdin {
        return Ok((new_password(entropy), true));
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() { Err(CommandError::EmptyPassword) } else { Ok((Secret::new(text), false)) }
}

fn show(output: Output, json: Value, words: &str) {
    if output.json { print::line(&json.to_string()) } else { print::line(words) }
}
