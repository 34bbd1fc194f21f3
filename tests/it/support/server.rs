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
use tokengrid::domain::secret::Secret;
use tokengrid::server::{Core, Services, Tools};

use super::database::Database;
use super::{Client, SeededEntropy, TestClock};

/// 32 bytes that seal what tests write.
pub const MASTER_KEY: &str = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// What a test changes about the settings before the server starts.
pub type Options = fn(&mut Settings);

/// A running server. It stops, and its database goes, when it is dropped.
pub struct TestServer {
    pub address: SocketAddr,
    pub base: String,
    pub clock: Arc<TestClock>,
    /// What stands below the outside, for seeding and for looking at rows.
    pub core: Core,
    runtime: tokio::runtime::Runtime,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    home: Home,
    change: Options,
}

/// What outlives a restart.
#[derive(Clone)]
struct Home {
    clock: Arc<TestClock>,
    entropy: Arc<SeededEntropy>,
    database: Arc<Database>,
    folder: Arc<TempDir>,
}

impl TestServer {
    pub fn start(change: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::fresh(folder.path());
        let home = Home {
            clock: Arc::new(TestClock::new()),
            entropy: Arc::new(SeededEntropy::new(7)),
            database: Arc::new(database),
            folder: Arc::new(folder),
        };
        Self::start_in(home, change)
    }

    /// Ends this server and starts another one, on another port, over the same database.
    pub fn restart(self) -> Self {
        let (home, change) = (self.home.clone(), self.change);
        drop(self);
        Self::start_in(home, change)
    }

    fn start_in(home: Home, change: Options) -> Self {
        let (ready, started) = mpsc::channel();
        let mut settings = settings(&home.database.url, home.folder.path());
        change(&mut settings);
        let clock = Arc::clone(&home.clock);
        let tools = Tools { clock: home.clock.clone() as Arc<dyn Clock>, entropy: home.entropy.clone() };
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                let address = listener.local_addr().unwrap();
                let services = Services::build(settings, tools, address).await.unwrap();
                let core = services.core.clone();
                let running = services.start(listener).unwrap();
                ready.send((address, core, running.handle())).unwrap();
                running.finish().await.unwrap();
            });
        });
        let (address, core, handle) = started.recv().expect("the server starts");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let base = format!("http://{address}");
        let thread = Some(thread);
        Self { address, base, clock, core, runtime, handle, thread, home, change }
    }

    /// Waits for something asynchronous, as seeding is.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// Changes rows as no route does yet; memory does not hear of it.
    pub fn execute(&self, tenant: impl Into<TenantId>, statement: &str) {
        self.home.database.execute(tenant.into(), statement);
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
