//! The engine of the demos that stand below this name in the list of demos.

interleave::engine!(WORKING_TOGETHER_4);
