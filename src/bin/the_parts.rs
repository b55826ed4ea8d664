//! The engine of the gallery's group of that name.

interleave::engine!(THE_PARTS);
