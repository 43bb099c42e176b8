//! Days, instants and zones. Civil dates are our own arithmetic, tested against chrono; zone rules are
//! jiff's bundled database, never the system's, so a run gives the same result everywhere.

mod calendar;
mod day;
mod duration;
mod zone;

pub use calendar::{Calendar, Span, Weekday, anniversary_span, easter, month_named, nth_weekday};
pub use day::{Day, Instant, Moment, TimeOfDay};
pub use duration::{Duration, DurationUnit};
pub use zone::Zone;
