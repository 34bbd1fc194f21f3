//! Metadata tells the truth (security rule M-2).
