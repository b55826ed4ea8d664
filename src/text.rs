//! How numbers, lengths of time and names are written and read, everywhere alike.

pub mod duration;
pub mod number;
pub mod words;
