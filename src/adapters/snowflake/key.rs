//! Private keys of key-pair logins: PEM or the bare base64 of DER, encrypted or not.

use pkcs8::der::pem::PemLabel;
use pkcs8::{EncryptedPrivateKeyInfo, LineEnding, PrivateKeyInfo, SecretDocument};

/// Returns the key as PEM of PKCS#8, decrypted.
///
/// # Errors
/// Why the key cannot be read; never with a part of it.
pub(super) fn readable(text: &str, passphrase: Option<&str>) -> Result<String, String> {
    let (label, document) = if text.trim_start().starts_with('-') {
        let text = tidied(text);
        let (label, document) = SecretDocument::from_pem(&text).map_err(|e| format!("it is no PEM: {e}"))?;
        (label.to_owned(), document)
    } else {
        // What the base64 holds shows when it is read.
        let as_pem =
            |label: &str| SecretDocument::from_pem(&in_pem(label, text)).map(|(_, document)| document);
        let document =
            as_pem(EncryptedPrivateKeyInfo::PEM_LABEL).map_err(|e| format!("it is no base64: {e}"))?;
        let label = if PrivateKeyInfo::try_from(document.as_bytes()).is_ok() {
            PrivateKeyInfo::PEM_LABEL
        } else {
            EncryptedPrivateKeyInfo::PEM_LABEL
        };
        (label.to_owned(), document)
    };
    let plain = if label == EncryptedPrivateKeyInfo::PEM_LABEL {
        let passphrase = passphrase.ok_or("it is encrypted, but there is no `private_key_passphrase`")?;
        let encrypted = EncryptedPrivateKeyInfo::try_from(document.as_bytes())
            .map_err(|e| format!("its encryption is not known: {e}"))?;
        encrypted
            .decrypt(passphrase)
            .map_err(|e| format!("the passphrase does not fit, or its encryption is not known: {e}"))?
    } else if label == PrivateKeyInfo::PEM_LABEL {
        document
    } else {
        return Err(format!(
            "it is a `{label}`, but must be PKCS#8: `PRIVATE KEY` or `ENCRYPTED PRIVATE KEY`"
        ));
    };
    let pem = plain
        .to_pem(PrivateKeyInfo::PEM_LABEL, LineEnding::LF)
        .map_err(|e| e.to_string())?;
    // A wrong key is better found here than by the server.
    snowflake_jwt::generate_jwt_token(&pem, "ACCOUNT.USER").map_err(|e| format!("it is no RSA key: {e}"))?;
    Ok(pem.to_string())
}

/// PEM as the reader of PEM takes it: environment variables often lose its line ends.
fn tidied(text: &str) -> String {
    let text = text.replace("\\n", "\n");
    let parts: Vec<&str> = text.trim().split("-----").map(str::trim).collect();
    match parts.as_slice() {
        [_, begin, body, ..] if begin.starts_with("BEGIN ") => in_pem(&begin["BEGIN ".len()..], body),
        _ => text,
    }
}

fn in_pem(label: &str, base64: &str) -> String {
    let body: Vec<char> = base64.chars().filter(|c| !c.is_whitespace()).collect();
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in body.chunks(64) {
        out.extend(line);
        out.push('\n');
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

/// Returns the token that proves the key, good for a day.
pub(super) fn token(pem: &str, account: &str, user: &str) -> Result<String, String> {
    let account = account.to_uppercase();
    // The region is no part of the account's own name.
    let account = if account.contains(".GLOBAL") {
        account.split('-').next()
    } else {
        account.split('.').next()
    }
    .unwrap_or_default();
    let name = format!("{account}.{}", user.to_uppercase());
    snowflake_jwt::generate_jwt_token(pem, &name).map_err(|e| e.to_string())
}
