//! The engine of the demos that stand below this name in the list of demos.

interleave::engine!(WHY_ASYNC_2, threads);
