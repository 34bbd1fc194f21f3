//! The real server on a free port, in a thread of its own.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tempfile::TempDir;
use tokengrid::config::{self, Overrides, Settings, ThreadCount};
use tokengrid::domain::clock::Clock;
use tokengrid::domain::id::TenantId;
use tokengrid::domain::place::BaseUrl;
use tokengrid::domain::secret::Secret;
use tokengrid::server::{Core, Services, Tools};

use super::database::Database;
use super::{Client, SeededEntropy, TestClock};

/// 32 bytes that seal what tests write.
pub const MASTER_KEY: &str = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A running server. It stops when it is dropped; its database goes with the last server on it.
pub struct TestServer {
    pub address: SocketAddr,
    pub base: String,
    pub clock: Arc<TestClock>,
    /// What stands below the outside, for seeding and for looking at rows.
    pub core: Core,
    runtime: tokio::runtime::Runtime,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    /// The URL by which tokens know it; a restart changes the address alone.
    public: BaseUrl,
    ground: Ground,
}

/// What servers of one deployment share.
#[derive(Clone)]
struct Ground {
    database: Arc<Database>,
    folder: Arc<TempDir>,
    clock: Arc<TestClock>,
    entropy: Arc<SeededEntropy>,
}

impl TestServer {
    pub fn start(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ground = Ground {
            database: Arc::new(Database::fresh(folder.path())),
            folder: Arc::new(folder),
            clock: Arc::new(TestClock::new()),
            entropy: Arc::new(SeededEntropy::new(7)),
        };
        Self::launch(ground, None, change)
    }

    /// Another server on the same database, known by the same public URL: it shares rows and time, and no memory.
    pub fn beside(&self, change: impl FnOnce(&mut Settings)) -> Self {
        Self::launch(self.ground.clone(), Some(self.public.clone()), change)
    }

    /// Ends this server and starts another in its place.
    pub fn restart(self) -> Self {
        self.restart_with(|_| {})
    }

    /// As `restart`, with other settings.
    pub fn restart_with(self, change: impl FnOnce(&mut Settings)) -> Self {
        let (ground, public) = (self.ground.clone(), self.public.clone());
        drop(self);
        Self::launch(ground, Some(public), change)
    }

    fn launch(ground: Ground, public: Option<BaseUrl>, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings(&ground.database.url, ground.folder.path());
        settings.server.base_url = public;
        change(&mut settings);
        let configured = settings.server.base_url.clone();
        let clock: Arc<dyn Clock> = ground.clock.clone();
        let tools = Tools { clock, entropy: ground.entropy.clone() };
        let (ready, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                let address = listener.local_addr().unwrap();
                let services = Services::build(settings, tools, address).await.unwrap();
                let core = services.core.clone();
                let running = services.start(listener).await.unwrap();
                ready.send((address, core, running.handle())).unwrap();
                running.finish().await.unwrap();
            });
        });
        let (address, core, handle) = started.recv().expect("the server starts");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let base = format!("http://{address}");
        let public = configured.unwrap_or_else(|| BaseUrl::new(&base));
        let (clock, thread) = (Arc::clone(&ground.clock), Some(thread));
        Self { address, base, clock, core, runtime, handle, thread, public, ground }
    }

    /// Runs a statement beside the server, for what no route can do yet.
    pub fn sql(&self, sqlite: &str, postgres: &str) {
        self.ground.database.run(sqlite, postgres);
    }

    /// Changes rows of one tenant beside the server, which does not hear of it.
    pub fn sql_for(&self, tenant: impl Into<TenantId>, statement: &str) {
        self.ground.database.run_for(tenant.into(), statement);
    }

    /// Waits for something asynchronous, as seeding is.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// A caller without credentials.
    pub fn guest(&self) -> Client {
        Client::new(&self.base)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.runtime.block_on(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the server ends well");
        }
    }
}

/// The defaults, less what makes tests slow.
pub fn settings(url: &str, folder: &Path) -> Settings {
    let mut settings = config::load(None, [], &Overrides::default()).unwrap();
    settings.database.url = Secret::new(url);
    settings.database.pool_size = 4;
    settings.server.data_dir = folder.to_path_buf();
    settings.server.workers = ThreadCount::new(1);
    settings.security.master_keys = vec![Secret::new(MASTER_KEY)];
    settings.passwords.bcrypt_cost = 4;
    settings.passwords.threads = ThreadCount::new(1);
    settings.metrics.listen = None;
    settings
}
