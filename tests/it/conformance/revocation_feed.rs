//! The feed of what an issuer revoked (`docs/api/revocations.md`).
