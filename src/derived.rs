//! What a trace says, derived from it and stored nowhere: pure functions of a trace and a time.

pub mod browser_loop;
pub mod frames;
pub mod timeline;
pub mod values;
pub mod waiting;

pub mod output;

pub mod loop_state;
pub mod moment;

pub mod findings;

pub mod ending;

pub mod critical_path;
pub mod metrics;

pub mod headline;
pub mod summary;

pub mod recording;
pub mod run_ref;
