//! Rebuilds when a migration is added: the compiler sees only the files it embedded last time.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
