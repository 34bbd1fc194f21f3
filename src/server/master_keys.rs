//! The master keys: configured, or in a key file beside the embedded database.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::start::StartError;
use crate::config::Settings;
use crate::crypto::entropy::Entropy;
use crate::crypto::vault::{MasterKey, Vault};
use crate::domain::secret::Secret;
use crate::store::DatabaseUrl;

const FILE: &str = "master.key";
/// The id of the key that a new key file holds.
const FIRST_ID: &str = "k1";

/// Opens the vault.
///
/// *Errors*: `NoMasterKey` for PostgreSQL without a configured key, since nodes would make one each;
/// `LostMasterKey` where the embedded database exists and its key file does not.
pub(super) fn open(settings: &Settings, url: &DatabaseUrl, entropy: &dyn Entropy) -> Result<Vault, StartError> {
    let lines = match (settings.security.master_keys.as_slice(), url) {
        ([], DatabaseUrl::Postgres(_)) => return Err(StartError::NoMasterKey),
        ([], DatabaseUrl::Sqlite(database)) => from_file(&settings.server.data_dir, database, entropy)?,
        (configured, _) => configured.to_vec(),
    };
    let keys = lines.iter().map(MasterKey::parse).collect::<Result<Vec<_>, _>>()?;
    Ok(Vault::new(keys)?)
}

fn from_file(folder: &Path, database: &Path, entropy: &dyn Entropy) -> Result<Vec<Secret>, StartError> {
    let path = folder.join(FILE);
    let failed = |source: io::Error| StartError::KeyFile { path: path.clone(), source };
    match fs::read_to_string(&path) {
        Ok(text) => {
            let mode = fs::metadata(&path).map_err(failed)?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(StartError::KeyFileReadable { path });
            }
            Ok(text.lines().filter(|line| !line.trim().is_empty()).map(Secret::new).collect())
        }
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            if database.exists() {
                return Err(StartError::LostMasterKey { path });
            }
            fs::create_dir_all(folder).map_err(failed)?;
            let line = MasterKey::generate(FIRST_ID, entropy)?.to_line();
            write_new(&path, &line).map_err(failed)?;
            Ok(vec![line])
        }
        Err(cause) => Err(failed(cause)),
    }
}

/// Writes the key where nobody else may read it, on the disk before anything is sealed under it.
fn write_new(path: &Path, line: &Secret) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{}", line.expose())?;
    file.sync_all()
}
