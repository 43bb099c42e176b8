//! Days, instants and zones. Civil dates are chrono's; zone rules are jiff's bundled database, never
//! the system's, so a run gives the same result everywhere.

mod calendar;
mod day;
mod zone;

pub use calendar::{Duration, DurationUnit, Span, Weekday, easter};
pub use day::{Day, Instant, Moment, TimeOfDay};
pub use zone::Zone;
