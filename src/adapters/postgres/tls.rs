//! Encryption as `sslmode` says it: whether it is tried, and whether the server must show who it is.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::config::Config;
use crate::adapters::{AdapterError, ErrorKind};

/// The values of `sslmode`, from none to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::adapters) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// Whether one attempt to connect encrypts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encrypt {
    No,
    /// Where the server can.
    Try,
    Must,
}

impl Mode {
    pub(in crate::adapters) const WORDS: [&'static str; 6] = [
        "disable",
        "allow",
        "prefer",
        "require",
        "verify-ca",
        "verify-full",
    ];

    pub(in crate::adapters) fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return None,
        })
    }

    /// Returns the ways to connect, each tried where the one before was refused.
    pub(super) fn attempts(self) -> &'static [Encrypt] {
        match self {
            Self::Disable => &[Encrypt::No],
            Self::Allow => &[Encrypt::No, Encrypt::Must],
            Self::Prefer => &[Encrypt::Try, Encrypt::No],
            Self::Require | Self::VerifyCa | Self::VerifyFull => &[Encrypt::Must],
        }
    }
}

/// Says why a handshake failed, and what to try.
pub(super) fn reason(error: &std::io::Error, host: &str) -> (String, &'static str) {
    const ROOTS: &str =
        "`sslrootcert` names the file of the roots to trust; without it those that browsers trust are.";
    const MODE: &str = "`sslmode` says what is checked of the server.";
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    let Some(rustls::Error::InvalidCertificate(fault)) = inner else {
        return (error.to_string(), MODE);
    };
    match fault {
        CertificateError::UnknownIssuer => (
            "no root that is trusted signed the server's certificate".to_owned(),
            ROOTS,
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            format!("the server's certificate is not for `{host}`"),
            "Set `host` to a name that the certificate has; `sslmode: verify-ca` does not ask for the name.",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            "the server's certificate has expired".to_owned(),
            "Let the server have a new certificate.",
        ),
        _ => (error.to_string(), ROOTS),
    }
}

/// Says what the target's settings leave unchecked of the server; none where all is checked, or nothing leaves the
/// machine.
pub(super) fn caution(config: &Config) -> Option<String> {
    if config.host.starts_with('/') {
        return None;
    }
    let what = match (config.tls, &config.root_certificate) {
        (Mode::VerifyFull, _) => return None,
        (Mode::Disable, _) => "are not encrypted",
        (Mode::Allow, _) => "are encrypted only where the server insists, and who answers is not checked",
        (Mode::Prefer, _) => "are encrypted only where the server can, and who answers is not checked",
        (Mode::Require, None) => "are encrypted, but who answers is not checked",
        (Mode::Require | Mode::VerifyCa, _) => {
            "are encrypted, and the server's certificate is checked, but not whether it is for this host"
        }
    };
    Some(format!(
        "connections to `{}` {what}: `sslmode: verify-full` checks all",
        config.host
    ))
}

/// What is asked of a server's certificate.
#[derive(Debug)]
enum Trust {
    /// Nothing: the line is encrypted, to whomever.
    Anyone,
    /// A chain to a trusted root.
    Chain(Arc<WebPkiServerVerifier>),
}

/// Returns the rules for one connection.
///
/// # Errors
/// Kind `Config` where a file of certificates or a key cannot be used.
pub(super) fn client_config(config: &Config) -> Result<Arc<ClientConfig>, AdapterError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    // As libpq: a root that is named is held to, even where `require` alone would not ask.
    let mode = match (config.tls, &config.root_certificate) {
        (Mode::Require, Some(_)) => Mode::VerifyCa,
        (mode, _) => mode,
    };
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|e| refused(format!("TLS is not there: {e}")))?;
    let builder = if mode == Mode::VerifyFull {
        builder.with_root_certificates(roots(config)?)
    } else {
        let trust = match mode {
            Mode::VerifyCa => Trust::Chain(
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots(config)?), provider.clone())
                    .build()
                    .map_err(|e| refused(format!("the root certificates cannot be used: {e}")))?,
            ),
            _ => Trust::Anyone,
        };
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier { trust, provider }))
    };
    let client = match (&config.certificate, &config.key) {
        (Some(certificate), Some(key)) => {
            let chain = certificates(certificate, "sslcert")?;
            let key = PrivateKeyDer::from_pem_file(key).map_err(|e| {
                refused(format!(
                    "`sslkey`, the file `{}`, holds no key that can be used: {e}",
                    key.display()
                ))
                .with_hint("The key must be in PEM, and without a passphrase.")
            })?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|e| refused(format!("`sslcert` and `sslkey` cannot be used together: {e}")))?
        }
        _ => builder.with_no_client_auth(),
    };
    Ok(Arc::new(client))
}

fn refused(message: String) -> AdapterError {
    AdapterError::new(ErrorKind::Config, message)
}

/// The roots of the profile's file, or else those that browsers trust.
fn roots(config: &Config) -> Result<RootCertStore, AdapterError> {
    let Some(path) = config
        .root_certificate
        .as_deref()
        .filter(|path| *path != Path::new("system"))
    else {
        return Ok(RootCertStore::from_iter(
            webpki_roots::TLS_SERVER_ROOTS.iter().cloned(),
        ));
    };
    let mut store = RootCertStore::empty();
    for certificate in certificates(path, "sslrootcert")? {
        store.add(certificate).map_err(|e| {
            refused(format!(
                "`sslrootcert`, the file `{}`, holds a certificate that cannot be used: {e}",
                path.display()
            ))
        })?;
    }
    Ok(store)
}

fn certificates(path: &Path, field: &str) -> Result<Vec<CertificateDer<'static>>, AdapterError> {
    let unread = |e: rustls::pki_types::pem::Error| {
        refused(format!(
            "`{field}`, the file `{}`, cannot be read as certificates in PEM: {e}",
            path.display()
        ))
    };
    let found: Vec<_> = CertificateDer::pem_file_iter(path)
        .map_err(unread)?
        .collect::<Result<_, _>>()
        .map_err(unread)?;
    if found.is_empty() {
        return Err(refused(format!(
            "`{field}`, the file `{}`, holds no certificate in PEM",
            path.display()
        )));
    }
    Ok(found)
}

/// Checks less than rustls does by itself: the chain alone, or nothing.
#[derive(Debug)]
struct Verifier {
    trust: Trust,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Trust::Chain(verifier) = &self.trust else {
            return Ok(ServerCertVerified::assertion());
        };
        match verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The name is checked after the chain, and `verify-ca` does not ask for it.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
