//! The director's sign-in at a server: what is kept of it, where only the user can
//! read it. It is told to nobody but that server and whoever signs in for it, and the
//! journal and the log know it as a secret before it is used.

use super::absence::Absence;
use crate::{journal::Redactor, model::Fingerprint};
use async_trait::async_trait;
use rmcp::transport::auth::{
    AuthError, CredentialRefreshGuard, CredentialStore, StoredCredentials,
};
use rustix::fs::FlockOperation;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Digits of a fingerprint that a file is called by.
const DIGITS: usize = 32;
/// What of an answer with tokens is no secret.
const PLAIN: [&str; 2] = ["token_type", "scope"];

/// All accounts of the director: one small file a server.
#[derive(Debug, Clone)]
pub struct Accounts {
    folder: PathBuf,
    redactor: Redactor,
}

/// The account at one server.
#[derive(Debug, Clone)]
pub struct Account {
    /// What config calls the server.
    pub(super) server: String,
    /// Its address.
    pub(super) url: String,
    file: PathBuf,
    redactor: Redactor,
    /// What we are to those who sign us in, while that is not kept yet.
    client: Option<Client>,
}

/// Tells what is kept of an account at one time from what is kept at another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark(Option<SystemTime>);

/// What a program is to those who sign it in.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: Option<SecretString>,
    /// Where the browser comes back to.
    pub(super) redirect: String,
}

/// A file of an account.
#[derive(Serialize, Deserialize)]
struct Kept {
    server: String,
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    redirect: String,
    credentials: StoredCredentials,
}

impl Accounts {
    /// Those that are kept in this folder. It is made when there is one to keep.
    pub const fn new(folder: PathBuf, redactor: Redactor) -> Self {
        Self { folder, redactor }
    }

    /// The account at a server. One that has another name, or another address, is
    /// another server, and gets nothing of this one's.
    pub fn of(&self, server: &str, url: &str) -> Account {
        let name = Fingerprint::of([server, url]).to_string();
        let name: String = name.chars().take(DIGITS).collect();
        Account {
            server: server.to_owned(),
            url: url.to_owned(),
            file: self.folder.join(format!("{name}.json")),
            redactor: self.redactor.clone(),
            client: None,
        }
    }

    /// Makes every token that is kept known as a secret.
    pub fn learn(&self) {
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for file in files.map(|it| it.path()).filter(|it| it.extension() == Some("json".as_ref())) {
            if let Ok(Some(kept)) = Kept::read(&file) {
                kept.learn(&self.redactor);
            }
        }
    }
}

impl Account {
    /// Whether the director is signed in, as far as it is known here.
    pub fn is_open(&self) -> bool {
        matches!(Kept::read(&self.file), Ok(Some(_)))
    }

    /// What is kept of it now, by when it was written.
    pub(super) fn mark(&self) -> Mark {
        Mark(fs::metadata(&self.file).and_then(|it| it.modified()).ok())
    }

    /// Forgets it, tokens and all; whether there was anything to forget.
    ///
    /// # Errors
    /// When it can't be removed.
    pub fn forget(&self) -> io::Result<bool> {
        // Whoever renews it just now is waited for: it would be there again.
        let _lock = if self.file.exists() { Some(self.lock()?) } else { None };
        match fs::remove_file(&self.file) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The same account, which is about to be opened for this client.
    pub(super) fn opened_for(&self, client: Client) -> Self {
        Self { client: Some(client), ..self.clone() }
    }

    /// What we are to those who sign us in.
    pub(super) async fn client(&self) -> Result<Option<Client>, AuthError> {
        let file = self.file.clone();
        let kept = aside(move || Kept::read(&file)).await?;
        Ok(kept.map(|kept| Client {
            id: kept.credentials.client_id,
            secret: kept.client_secret.map(SecretString::from),
            redirect: kept.redirect,
        }))
    }

    /// What is said where nobody is signed in.
    pub(super) fn absent(&self, why: &str) -> Absence {
        Absence::SignedOut { server: self.server.clone(), why: why.to_owned() }
    }

    /// Keeps what was given, in place of what was there.
    fn keep(&self, credentials: StoredCredentials) -> io::Result<()> {
        let (client_secret, redirect) = match &self.client {
            Some(it) => {
                let secret = it.secret.as_ref().map(|it| it.expose_secret().to_owned());
                (secret, it.redirect.clone())
            }
            None => match Kept::read(&self.file)? {
                Some(it) => (it.client_secret, it.redirect),
                // Somebody has signed out meanwhile: what is renewed is not wanted any more.
                None => return Err(io::Error::other("signed out")),
            },
        };
        let (server, url) = (self.server.clone(), self.url.clone());
        let kept = Kept { server, url, client_secret, redirect, credentials };
        kept.learn(&self.redactor);
        kept.write(&self.file)
    }

    /// Keeps everybody else from renewing it until that is dropped: a token to renew
    /// it with often serves only once.
    fn lock(&self) -> io::Result<File> {
        make(&self.file)?;
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(self.file.with_extension("lock"))?;
        rustix::fs::flock(&file, FlockOperation::LockExclusive)?;
        Ok(file)
    }
}

#[async_trait]
impl CredentialStore for Account {
    async fn load(&self) -> Result<Option<StoredCredentials>, AuthError> {
        let (file, redactor) = (self.file.clone(), self.redactor.clone());
        aside(move || {
            let kept = Kept::read(&file)?;
            // Another process may have renewed it.
            if let Some(kept) = &kept {
                kept.learn(&redactor);
            }
            Ok(kept.map(|it| it.credentials))
        })
        .await
    }

    async fn save(&self, credentials: StoredCredentials) -> Result<(), AuthError> {
        let account = self.clone();
        aside(move || account.keep(credentials)).await
    }

    async fn clear(&self) -> Result<(), AuthError> {
        let file = self.file.clone();
        aside(move || match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }

    async fn acquire_refresh_guard(&self) -> Result<Option<CredentialRefreshGuard>, AuthError> {
        let account = self.clone();
        let lock = aside(move || account.lock()).await?;
        Ok(Some(CredentialRefreshGuard::new(lock)))
    }
}

/// Reads or writes where that keeps nobody waiting.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, AuthError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(io::Error::other);
    done.flatten().map_err(|error| AuthError::CredentialStoreError(error.to_string()))
}

impl Kept {
    fn read(file: &Path) -> io::Result<Option<Self>> {
        match fs::read(file) {
            // One that can't be read is none: the next sign-in takes its place.
            Ok(text) => Ok(serde_json::from_slice(&text).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&self, file: &Path) -> io::Result<()> {
        make(file)?;
        let draft = file.with_extension(format!("{:016x}", fastrand::u64(..)));
        let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        new.write_all(&serde_json::to_vec(self)?)?;
        new.sync_all()?;
        fs::rename(&draft, file)
    }

    /// Makes what is secret of it known as that.
    fn learn(&self, redactor: &Redactor) {
        let mut secrets: Vec<String> = self.client_secret.iter().cloned().collect();
        // Whatever else is given with a token may be one as well.
        if let Ok(Value::Object(given)) = serde_json::to_value(&self.credentials.token_response) {
            let told = given.into_iter().filter(|(key, _)| !PLAIN.contains(&key.as_str()));
            secrets.extend(told.filter_map(|(_, it)| it.as_str().map(str::to_owned)));
        }
        for secret in secrets {
            redactor.learn(&SecretString::from(secret));
        }
    }
}

/// Makes the folder of a file.
fn make(file: &Path) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("/"));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::os::unix::fs::PermissionsExt as _;

    fn credentials(access: &str) -> StoredCredentials {
        let given = json!({
            "access_token": access,
            "refresh_token": "renew-me-0123",
            "id_token": "who-i-am-0123",
            "token_type": "Bearer",
            "scope": "notes.read notes.write",
        });
        let given = serde_json::from_value(given).unwrap();
        StoredCredentials::new("client-1".to_owned(), Some(given), Vec::new(), None)
    }

    fn client() -> Client {
        let secret = Some(SecretString::from("client-secret-0123"));
        Client { id: "client-1".to_owned(), secret, redirect: "http://127.0.0.1:1/x".to_owned() }
    }

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn what_is_kept_is_the_users_alone_and_a_secret_from_then_on() {
        let folder = tempfile::tempdir().unwrap();
        let (place, redactor) = (folder.path().join("accounts"), Redactor::default());
        let accounts = Accounts::new(place.clone(), redactor.clone());
        let account = accounts.of("notes", "https://notes.example.com");
        assert!(!account.is_open());
        account.opened_for(client()).save(credentials("let-me-in-0123")).await.unwrap();
        assert!(account.is_open());
        assert_eq!((mode(&place), mode(&account.file)), (0o700, 0o600));
        let told = "let-me-in-0123 renew-me-0123 who-i-am-0123 client-secret-0123";
        let heard = redactor.clean(told);
        assert!(!heard.contains("0123"), "{heard}");
        assert_eq!(
            redactor.clean("notes.read notes.write Bearer"),
            "notes.read notes.write Bearer"
        );
        // The next program knows as much before it says anything.
        let other = Redactor::default();
        Accounts::new(place, other.clone()).learn();
        assert!(!other.clean(told).contains("0123"));
        account.save(credentials("let-me-in-4567")).await.unwrap();
        let kept = account.client().await.unwrap().unwrap();
        assert_eq!((kept.id, kept.redirect), (client().id, client().redirect));
        assert_eq!(kept.secret.unwrap().expose_secret(), "client-secret-0123");
    }

    #[tokio::test]
    async fn a_server_with_another_name_or_address_gets_nothing_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::new(folder.path().join("accounts"), Redactor::default());
        let account = accounts.of("notes", "https://notes.example.com");
        account.opened_for(client()).save(credentials("let-me-in-0123")).await.unwrap();
        for (name, url) in
            [("other", "https://notes.example.com"), ("notes", "https://evil.example.com")]
        {
            assert!(!accounts.of(name, url).is_open(), "{name} {url}");
        }
    }

    #[tokio::test]
    async fn what_is_renewed_after_a_sign_out_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::new(folder.path().join("accounts"), Redactor::default());
        let account = accounts.of("notes", "https://notes.example.com");
        account.opened_for(client()).save(credentials("let-me-in-0123")).await.unwrap();
        assert!(account.forget().unwrap());
        assert!(account.save(credentials("let-me-in-4567")).await.is_err());
        assert!(!account.is_open());
        assert!(!account.forget().unwrap());
    }

    #[tokio::test]
    async fn only_one_renews_it_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::new(folder.path().join("accounts"), Redactor::default());
        let account = accounts.of("notes", "https://notes.example.com");
        let first = account.acquire_refresh_guard().await.unwrap();
        let file = File::open(account.file.with_extension("lock")).unwrap();
        let locked = || rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive);
        assert!(locked().is_err());
        drop(first);
        assert!(locked().is_ok());
    }
}
