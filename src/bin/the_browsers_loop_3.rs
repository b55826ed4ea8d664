//! The engine of the demos that stand below this name in the list of demos.

interleave::engine!(THE_BROWSERS_LOOP_3, threads);
