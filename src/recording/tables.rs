//! The tables of a recording. A row points only to rows before it.

use super::File;
use super::cursor::{Cursor, MAX_STRING_BYTES};

pub(super) const MAX_TEXTS: usize = 4_000_000;
pub(super) const MAX_TEXT_BYTES: usize = 67_108_864;
pub(super) const MAX_FILES: usize = 10_000;
const MAX_LOCATIONS: usize = 1_000_000;
const MAX_CHAINS: usize = 1_000_000;
const MAX_CHAIN_FRAMES: u16 = 256;
pub(super) const MAX_THREADS: usize = 10_000;
const MAX_LOOPS: usize = 100_000;
pub(super) const MAX_TASKS: usize = 100_000;
pub(super) const MAX_RESOURCES: usize = 1_000_000;
pub(super) const MAX_SOURCE_BYTES: usize = 1_048_576;
pub(super) const MAX_SOURCES_BYTES: usize = 16_777_216;
/// Most bytes of a text, from version 2 on.
pub(super) const MAX_LONG_STRING_BYTES: usize = 1_048_576;

/// A place in a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Location {
    /// Row of files.
    pub file: u32,
    /// From 1; 0 is unknown.
    pub line: u32,
    /// Row of texts.
    pub function: u32,
}

/// A chain of awaits, or a stack.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chain {
    /// The chain without the innermost frame.
    pub parent: u32,
    /// Where the innermost frame stands.
    pub location: u32,
}

/// An event loop.
#[derive(Clone, Copy, Debug)]
pub struct Loop {
    /// The class's name, row of texts.
    pub name: u32,
    /// Row of threads.
    pub thread: u32,
}

/// A task, or a piece of work for another thread or process.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// Row of texts.
    pub name: u32,
    /// The coroutine's name, row of texts.
    pub coroutine: u32,
    /// An earlier task.
    pub parent: Option<u32>,
    /// Where it was made.
    pub location: u32,
    /// 0 a coroutine on a loop, 1 work for another thread, 2 work for another process.
    pub kind: u8,
    /// Row of loops.
    pub event_loop: Option<u32>,
    /// Row of threads; `None` in version 1, which does not say it of a task.
    pub thread: Option<u32>,
}

/// What tasks wait for and share.
#[derive(Clone, Copy, Debug)]
pub struct Resource {
    /// As in the format: 0 queue to 10 thread.
    pub kind: u8,
    /// Row of texts.
    pub name: u32,
    /// Where it was made.
    pub location: u32,
    /// 0 is none.
    pub capacity: u32,
}

impl File {
    pub(super) fn read_texts(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        let limit = self.max_text_bytes();
        for _ in cursor.rows(self.texts.len(), MAX_TEXTS, "texts")? {
            let before = cursor.len();
            self.texts.push(cursor.string_of(limit, "a text")?.into());
            self.state.text_bytes += before - cursor.len();
        }
        limit_bytes(self.state.text_bytes, MAX_TEXT_BYTES, "texts")
    }

    /// Most bytes of a text, and of what is said of the end.
    pub(super) fn max_text_bytes(&self) -> usize {
        match self.state.version {
            1 => MAX_STRING_BYTES,
            _ => MAX_LONG_STRING_BYTES,
        }
    }

    pub(super) fn read_files(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        for _ in cursor.rows(self.files.len(), MAX_FILES, "files")? {
            let path = cursor.string("a file's path")?.into();
            self.files
                .push((path, cursor.varint(2, "a file's origin")? as u8));
        }
        Ok(())
    }

    pub(super) fn read_locations(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        let max_line = match self.state.version {
            1 => (1 << 31) - 1,
            _ => u32::MAX.into(),
        };
        for _ in cursor.rows(self.locations.len(), MAX_LOCATIONS, "locations")? {
            self.locations.push(Location {
                file: cursor.below(self.files.len(), "a location's file")?,
                line: cursor.varint(max_line, "a location's line")? as u32,
                function: cursor.below(self.texts.len(), "a location's function")?,
            });
        }
        Ok(())
    }

    pub(super) fn read_chains(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        for _ in cursor.rows(self.chains.len(), MAX_CHAINS, "chains")? {
            let parent = cursor.below(self.chains.len(), "a chain's parent")?;
            let frames = self.state.depths[parent as usize] + 1;
            if frames > MAX_CHAIN_FRAMES {
                return Err(
                    cursor.wrong(&format!("a chain has more than {MAX_CHAIN_FRAMES} frames"))
                );
            }
            self.state.depths.push(frames);
            let location = cursor.below(self.locations.len(), "a chain's location")?;
            self.chains.push(Chain { parent, location });
        }
        Ok(())
    }

    pub(super) fn read_threads(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        for _ in cursor.rows(self.threads.len(), MAX_THREADS, "threads")? {
            self.threads
                .push(cursor.below(self.texts.len(), "a thread's name")?);
        }
        Ok(())
    }

    pub(super) fn read_loops(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        for _ in cursor.rows(self.loops.len(), MAX_LOOPS, "loops")? {
            self.loops.push(Loop {
                name: cursor.below(self.texts.len(), "a loop's name")?,
                thread: cursor.below(self.threads.len(), "a loop's thread")?,
            });
        }
        Ok(())
    }

    pub(super) fn read_tasks(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        for _ in cursor.rows(self.tasks.len(), MAX_TASKS, "tasks")? {
            self.tasks.push(Task {
                name: cursor.below(self.texts.len(), "a task's name")?,
                coroutine: cursor.below(self.texts.len(), "a task's coroutine")?,
                parent: cursor
                    .below(self.tasks.len() + 1, "a task's parent")?
                    .checked_sub(1),
                location: cursor.below(self.locations.len(), "a task's location")?,
                kind: cursor.varint(2, "a task's kind")? as u8,
                event_loop: cursor
                    .below(self.loops.len() + 1, "a task's loop")?
                    .checked_sub(1),
                thread: match self.state.version {
                    1 => None,
                    _ => Some(cursor.below(self.threads.len(), "a task's thread")?),
                },
            });
        }
        Ok(())
    }

    pub(super) fn read_resources(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        for _ in cursor.rows(self.resources.len(), MAX_RESOURCES, "resources")? {
            self.resources.push(Resource {
                kind: cursor.varint(10, "a resource's kind")? as u8,
                name: cursor.below(self.texts.len(), "a resource's name")?,
                location: cursor.below(self.locations.len(), "a resource's location")?,
                capacity: cursor.varint(u32::MAX.into(), "a resource's capacity")? as u32,
            });
        }
        Ok(())
    }

    pub(super) fn read_sources(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        for _ in cursor.rows(self.sources.len(), MAX_FILES, "sources")? {
            let file = cursor.below(self.files.len(), "a source's file")?;
            if file == 0 {
                return Err(cursor.wrong("a source of no file is"));
            }
            if self.sources.iter().any(|(other, _)| *other == file) {
                return Err(cursor.wrong("a file has two sources"));
            }
            let before = cursor.len();
            let source = cursor.string_of(MAX_SOURCE_BYTES, "a source")?;
            self.state.source_bytes += before - cursor.len();
            self.sources.push((file, source.into()));
        }
        limit_bytes(self.state.source_bytes, MAX_SOURCES_BYTES, "sources")
    }
}

fn limit_bytes(bytes: usize, limit: usize, what: &str) -> Result<(), String> {
    if bytes > limit {
        return Err(format!(
            "the recording has more than {limit} bytes of {what}, the most that is read"
        ));
    }
    Ok(())
}
