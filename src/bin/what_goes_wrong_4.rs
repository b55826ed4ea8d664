//! The engine of the demos that stand below this name in the list of demos.

interleave::engine!(WHAT_GOES_WRONG_4);
