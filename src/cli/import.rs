//! `agon import`.
use super::{args::ImportArgs, context::Context, report::Done};
pub fn import(_: &Context, _: &ImportArgs) -> Done {
    Ok(())
}
