//! The engine of the demos that stand below this name in the list of demos.

interleave::engine!(WAYS_TO_SUSPEND_1);
