//! The system's keyring: Secret Service, Keychain or Credential Manager. Holds a key a provider, under the service `agon` and the provider's
//! name. Its calls may wait for a person who unlocks it.

use crate::model::Secret;

/// What can't be done with it, in words.
pub type Failed = String;

pub use system::{get, remove, set};

#[cfg(feature = "keyring")]
mod system {
    use std::sync::LazyLock;

    use keyring_core::{Entry, Error};

    use super::{Failed, Secret};

    /// Under which name all of ours are kept.
    const SERVICE: &str = "agon";

    fn entry(provider: &str) -> Result<Entry, Failed> {
        static STORE: LazyLock<Result<(), Failed>> = LazyLock::new(|| {
            #[cfg(target_os = "macos")]
            let store = apple_native_keyring_store::keychain::Store::new();
            #[cfg(windows)]
            let store = windows_native_keyring_store::Store::new();
            #[cfg(not(any(target_os = "macos", windows)))]
            let store = zbus_secret_service_keyring_store::Store::new();
            keyring_core::set_default_store(store.map_err(|_| "there is no keyring here (no Secret Service answers)".to_owned())?);
            Ok(())
        });
        STORE.clone()?;
        Entry::new(SERVICE, provider).map_err(told)
    }

    /// Never with what was stored: some errors carry the bytes that could not be read.
    fn told(error: Error) -> Failed {
        match error {
            Error::NoStorageAccess(_) => "the keyring is locked, or can't be reached".to_owned(),
            Error::BadEncoding(_) => "what the keyring holds there is no text".to_owned(),
            Error::Ambiguous(_) => "the keyring holds several keys under this name".to_owned(),
            _ => "the keyring does not answer as it should".to_owned(),
        }
    }

    /// The key that is kept for a provider.
    pub fn get(provider: &str) -> Result<Option<Secret>, Failed> {
        match entry(provider)?.get_password() {
            Ok(key) => Ok(Secret::new(&key)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(told(error)),
        }
    }

    /// Keeps a key for a provider, in place of the one before.
    pub fn set(provider: &str, key: &Secret) -> Result<(), Failed> {
        entry(provider)?.set_password(key.expose()).map_err(told)
    }

    /// Forgets a provider's key; tells whether there was one.
    pub fn remove(provider: &str) -> Result<bool, Failed> {
        match entry(provider)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(told(error)),
        }
    }
}

#[cfg(not(feature = "keyring"))]
mod system {
    use super::{Failed, Secret};

    const MISSING: &str = "this agon was built without the feature `keyring`";

    pub fn get(_: &str) -> Result<Option<Secret>, Failed> {
        Err(MISSING.into())
    }

    pub fn set(_: &str, _: &Secret) -> Result<(), Failed> {
        Err(MISSING.into())
    }

    pub fn remove(_: &str) -> Result<bool, Failed> {
        Err(MISSING.into())
    }
}
