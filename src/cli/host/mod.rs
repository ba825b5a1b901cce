//! A room that several people are in: `agon host`, `agon join`.

#[cfg(feature = "host")]
mod door;
#[cfg(feature = "host")]
mod join;
#[cfg(feature = "host")]
mod serve;

pub mod args;

#[cfg(feature = "host")]
pub use join::join;
#[cfg(feature = "host")]
pub use serve::host;

/// Where it was left out.
#[cfg(not(feature = "host"))]
mod without {
    use super::args::{HostArgs, JoinArgs};
    use crate::cli::{
        context::Context,
        report::{Done, Report},
    };

    fn left_out() -> Report {
        Report::failed("this agon was built without agon host and agon join; cargo install agon, with its default features, has both")
    }

    /// `agon host`.
    pub fn host(_: &Context, _: &HostArgs) -> Done {
        Err(left_out())
    }

    /// `agon join`.
    pub fn join(_: &Context, _: &JoinArgs) -> Done {
        Err(left_out())
    }
}

#[cfg(not(feature = "host"))]
pub use without::{host, join};
