//! The command line of Earnest.

fn main() {}
