//! Purchase histories: rows of files in, events in their order out.
//!
//! Files are read row by row (`rows`), the columns found by header, map and schema (`layout`), each
//! row read into a draft (`decode`), drafts gathered into events and put in order (`window`), and
//! every row accounted for ([`History`]). Nothing is guessed: a row that cannot be read exactly is an
//! error with its place, or is set aside with its whole receipt.
//!
//! ```text
//! member,at,kind,receipt,category,amount
//! M1,2026-12-20T15:00,purchase,R1,cakes,1000
//! M1,2026-12-21,return,R2,cakes,250
//! ```

mod batch;
mod content;
mod counts;
mod decode;
mod draft;
mod encoding;
mod error;
mod file;
mod halves;
mod held;
mod json;
mod layout;
mod map;
mod members;
mod memo;
mod opening;
mod queue;
mod reader;
mod returns;
mod rows;
mod seen;
mod stamp;
mod store;
mod value;
mod window;

pub use batch::{Batch, Came, Copier, Giver, Taken, Taker, Told};
pub use counts::{NonMemberSales, Reject, RowCounts, Warning};
pub use error::{HistoryError, Problem};
pub use file::Format;
pub use map::Map;
pub use members::read_members;
pub use opening::{Opening, read_openings};
pub use reader::{BadRows, History, Options, Order, WINDOW_ROWS};
pub use returns::ReturnsIndex;
