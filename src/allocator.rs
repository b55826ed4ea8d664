//! Who gives memory, in wasm.

/// Takes 2 KB less of each program than the standard library's, which is made for many threads and sizes of machines;
/// in wasm there is one thread and one memory that only grows.
#[global_allocator]
static ALLOCATOR: rlsf::GlobalTlsf<Allocation> = rlsf::GlobalTlsf::new();

struct Allocation;

impl rlsf::GlobalTlsfOptions for Allocation {
    // Growing in place would save copies of large tables, and take more code than it is worth.
    const ENABLE_REALLOCATION: bool = false;
    // What a large run leaves behind is room for the next one of another size.
    const COALESCE_POOLS: bool = true;
}
