//! What each method finds, without graph operators and without tests that follow.

mod config;
mod fqn;
mod path;
mod plain;
mod state;
mod test;
mod version;

use super::expr::{Criterion, Method};
use super::index::Index;
use crate::diagnostic::Result;
use crate::graph::bits::Bits;
use crate::manifest::NodeKind;

/// Returns the members that a criterion names.
///
/// # Errors
/// `N0401` for a value the method cannot take, `N0405` where an earlier run is needed and none is given, `N0406` for a broken contract.
pub(super) fn search(index: &Index<'_>, criterion: &Criterion) -> Result<Bits> {
    match criterion.method {
        Method::Fqn => Ok(fqn::search(index, &criterion.value)),
        Method::Tag => Ok(plain::tag(index, &criterion.value)),
        Method::Group => Ok(plain::group(index, &criterion.value)),
        Method::Access => Ok(plain::access(index, &criterion.value)),
        Method::Package => Ok(plain::package(index, &criterion.value)),
        Method::File => Ok(plain::file(index, &criterion.value)),
        Method::Source => plain::source(index, criterion),
        Method::Exposure => plain::described(index, criterion, NodeKind::Exposure),
        Method::Metric => plain::described(index, criterion, NodeKind::Metric),
        Method::SemanticModel => plain::described(index, criterion, NodeKind::SemanticModel),
        Method::SavedQuery => plain::described(index, criterion, NodeKind::SavedQuery),
        Method::ResourceType => plain::resource_type(index, criterion),
        Method::UnitTest => plain::unit_test(index, criterion),
        Method::Path => path::search(index, criterion),
        Method::Config => Ok(config::search(index, criterion)),
        Method::TestName => Ok(test::name(index, &criterion.value)),
        Method::TestType => test::kind(index, criterion),
        Method::Version => version::search(index, criterion),
        Method::State => state::state(index, criterion),
        Method::Result => state::result(index, criterion),
        Method::SourceStatus => state::source_status(index, criterion),
        // Resolved where the names of selectors are known.
        Method::Selector => Ok(index.none()),
    }
}
