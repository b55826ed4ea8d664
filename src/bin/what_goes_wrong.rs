//! The engine of the gallery's group of that name.

interleave::engine!(WHAT_GOES_WRONG);
