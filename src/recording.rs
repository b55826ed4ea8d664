//! A recording: a trace in a file, as `docs/format.md` describes it.
//!
//! [`File::read`] reads the bytes strictly: they may come from anywhere, and everything that points
//! somewhere is checked where it is read. [`File::into_trace`] makes of it what the page shows.
//! [`write`](mod@write) makes a file of a run of the page, which is read again as the same trace.

mod cursor;
mod events;
mod into_trace;
mod tables;
pub mod write;

use crate::trace::MAX_TIME_NS;
use cursor::Cursor;
pub use events::{Event, More};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_COMPUTE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER,
    TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
pub use tables::{Chain, Location, Loop, Resource, Task};

const MAGIC: &[u8] = b"interleave\x1a";

/// What recorders of programs write.
const FIRST_VERSION: u8 = 1;

/// What the page writes.
const VERSION: u8 = 2;

const MAX_BLOCK_BYTES: usize = 8_388_608;

/// Most arguments of a program, and most sentences on what was cut.
const MAX_ARGUMENTS: usize = 1_000;
const MAX_CUTS: usize = 100;

/// Latest start, in seconds since 1970 UTC.
const MAX_START_S: u64 = 1 << 40;

// Tags of sections.
const HEADER: u8 = 1;
const TEXTS: u8 = 2;
const FILES: u8 = 3;
const LOCATIONS: u8 = 4;
const CHAINS: u8 = 5;
const THREADS: u8 = 6;
const LOOPS: u8 = 7;
const TASKS: u8 = 8;
const RESOURCES: u8 = 9;
const EVENTS: u8 = 10;
const SOURCES: u8 = 11;
const END: u8 = 12;
const VIEW: u8 = 13;

/// Everything that a file holds. Rows point to each other by their numbers, all of which exist.
#[derive(Debug, Default)]
pub struct File {
    /// Whether the times are those of a virtual clock.
    pub instant: bool,
    /// Seconds since 1970 UTC; 0 is unknown.
    pub started_s: u64,
    /// The program's name; may be empty.
    pub program: String,
    /// How it was called, its name first.
    pub arguments: Vec<String>,
    /// The language's implementation and version.
    pub runtime: String,
    /// Where it ran.
    pub platform: String,
    /// What recorded it, and its version.
    pub recorder: String,
    /// Row 0 is the empty text.
    pub texts: Vec<Box<str>>,
    /// Path and origin (0 the program's, 1 a library's, 2 the standard library's). Row 0 is no file.
    pub files: Vec<(Box<str>, u8)>,
    /// Row 0 is no place.
    pub locations: Vec<Location>,
    /// Row 0 is the empty chain.
    pub chains: Vec<Chain>,
    /// Names, as rows of texts.
    pub threads: Vec<u32>,
    /// By their numbers in events.
    pub loops: Vec<Loop>,
    /// By their numbers in events.
    pub tasks: Vec<Task>,
    /// By their numbers in events.
    pub resources: Vec<Resource>,
    /// In their order.
    pub events: Vec<Event>,
    /// Files, as rows of `files`, and what stands in them.
    pub sources: Vec<(u32, Box<str>)>,
    /// `None` for a program that was killed, or still runs.
    pub end: Option<End>,
    /// The fragment of the link with which Interleave's page shows the run, without `#`; empty where there is
    /// none. It is not checked here.
    pub view: String,
    /// A sentence where the file breaks off within a block; what came before is here.
    pub broken_off: String,
    state: State,
}

/// How a recording ended.
#[derive(Debug)]
pub struct End {
    /// Nanoseconds since the recording began.
    pub time_ns: u64,
    /// As in the format: 0 finished, 1 failed, 2 deadlock, 3 a limit, 4 stopped, 5 died.
    pub reason: u8,
    /// A sentence; empty where there is nothing to say.
    pub message: String,
    /// What was cut, each a sentence.
    pub cuts: Vec<String>,
}

/// A block unpacked, and what follows it in the file.
type Block<'a> = (Vec<u8>, &'a [u8]);

/// What is counted while blocks are read.
#[derive(Debug, Default)]
struct State {
    version: u8,
    blocks: usize,
    time_ns: u64,
    timers: u32,
    /// Calls that were put into the browser's queues.
    calls: u32,
    /// Texts that events may name, row 0 with them; those behind are names in tables.
    own_texts: usize,
    text_bytes: usize,
    source_bytes: usize,
    /// Frames of each chain.
    depths: Vec<u16>,
}

impl File {
    /// Reads a whole file.
    ///
    /// A file that breaks off, as a killed program leaves it, gives what is in its whole blocks, and a sentence in
    /// [`Self::broken_off`].
    ///
    /// # Errors
    /// A sentence, when the bytes are something else.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return Err(if !bytes.is_empty() && MAGIC.starts_with(bytes) {
                "the recording breaks off in its first bytes".to_owned()
            } else {
                "this is not a recording: it does not begin with \"interleave\"".to_owned()
            });
        };
        let (version, mut rest) = rest
            .split_first()
            .ok_or("the recording breaks off in its first bytes")?;
        if !(FIRST_VERSION..=VERSION).contains(version) {
            return Err(format!(
                "the recording has version {version}, and this reader reads versions {FIRST_VERSION} and {VERSION}"
            ));
        }
        let mut file = File::empty(*version);
        while !rest.is_empty() {
            if file.end.is_some() {
                let left = rest.len();
                return Err(damaged(&format!("{left} bytes follow its end")));
            }
            let Some((block, after)) = file.next_block(rest)? else {
                break;
            };
            file.read_block(&block)?;
            rest = after;
        }
        if file.state.blocks == 0 {
            return Err("the recording breaks off before its first block ends".to_owned());
        }
        if !rest.is_empty() {
            let block = file.state.blocks + 1;
            file.broken_off =
                format!("the recording breaks off in block {block}; what came before is here");
        } else if file.end.is_none() {
            file.broken_off =
                "the recording has no end: the program was killed, or is still running".to_owned();
        }
        Ok(file)
    }

    /// The program's name, and then what there is to know of how it was recorded, a sentence each.
    pub fn about(&self) -> Vec<String> {
        let clock = match self.instant {
            true => "virtual time",
            false => "real time",
        };
        let surroundings = format!("{} on {}", self.runtime, self.platform);
        let mut about = if self.view.is_empty() {
            let name = self.program.rsplit(['/', '\\']).next();
            let name = name.filter(|name| !name.is_empty());
            vec![
                name.unwrap_or("A recording").to_owned(),
                format!("{surroundings}, {clock}"),
            ]
        } else {
            // The page calls a program by its title, which is no path.
            let name = Some(&*self.program).filter(|name| !name.is_empty());
            vec![
                name.unwrap_or("A run in the page").to_owned(),
                format!("A run in the page, {clock}"),
                surroundings,
            ]
        };
        if self.arguments.len() > 1 {
            about.push(format!("called as {}", self.arguments.join(" ")));
        }
        about.push(format!("recorded by {}", self.recorder));
        if let Some(end) = &self.end {
            about.extend(end.cuts.iter().cloned());
        }
        if !self.broken_off.is_empty() {
            about.push(self.broken_off.clone());
        }
        about
    }

    /// The latest time of an event and of the end, in nanoseconds.
    fn max_time_ns(&self) -> u64 {
        match self.state.version {
            1 => MAX_TIME_NS - 1,
            _ => MAX_TIME_NS,
        }
    }

    fn empty(version: u8) -> Self {
        File {
            texts: vec!["".into()],
            files: vec![("".into(), 2)],
            locations: vec![Location::default()],
            chains: vec![Chain::default()],
            state: State {
                version,
                own_texts: usize::MAX,
                depths: vec![0],
                ..State::default()
            },
            ..File::default()
        }
    }

    /// The next block unpacked, and what follows it; `None` where it breaks off.
    fn next_block<'a>(&self, rest: &'a [u8]) -> Result<Option<Block<'a>>, String> {
        let number = self.state.blocks + 1;
        let Some((head, rest)) = rest.split_first_chunk::<8>() else {
            return Ok(None);
        };
        let [packed_size, size] = [&head[..4], &head[4..]].map(|field| {
            let field = field.try_into().expect("four bytes");
            u32::from_le_bytes(field) as usize
        });
        let possible = 1..=MAX_BLOCK_BYTES;
        if !possible.contains(&size) || !possible.contains(&packed_size) {
            return Err(damaged(&format!(
                "block {number} has {size} bytes, packed {packed_size}, and the most is {MAX_BLOCK_BYTES}"
            )));
        }
        let Some((packed, rest)) = rest.split_at_checked(packed_size) else {
            return Ok(None);
        };
        Ok(Some((unpacked(packed, size, number)?, rest)))
    }

    fn read_block(&mut self, block: &[u8]) -> Result<(), String> {
        let number = self.state.blocks + 1;
        let mut cursor = Cursor::new(block, number);
        let mut last_tag = 0;
        while !cursor.is_at_end() {
            let tag = cursor.byte("a section")?;
            let version = self.state.version;
            let last = if version == 1 { END } else { VIEW };
            if !(HEADER..=last).contains(&tag) {
                return Err(cursor.wrong(&format!(
                    "a section of kind {tag}, which version {version} does not have, is"
                )));
            }
            if tag <= last_tag {
                return Err(cursor.wrong("a section is twice or out of order"));
            }
            if (tag == HEADER) != (number == 1 && last_tag == 0) {
                let what = match number {
                    1 => "the header is missing",
                    _ => "a second header is",
                };
                return Err(cursor.wrong(what));
            }
            last_tag = tag;
            let size = cursor.varint(MAX_BLOCK_BYTES as u64, "the length of a section")?;
            let mut section = cursor.part(size as usize, "a section")?;
            match tag {
                HEADER => self.read_header(&mut section)?,
                TEXTS => self.read_texts(&mut section)?,
                FILES => self.read_files(&mut section)?,
                LOCATIONS => self.read_locations(&mut section)?,
                CHAINS => self.read_chains(&mut section)?,
                THREADS => self.read_threads(&mut section)?,
                LOOPS => self.read_loops(&mut section)?,
                TASKS => self.read_tasks(&mut section)?,
                RESOURCES => self.read_resources(&mut section)?,
                EVENTS => self.read_events(&mut section)?,
                SOURCES => self.read_sources(&mut section)?,
                END => self.read_end(&mut section)?,
                _ => self.read_view(&mut section)?,
            }
            section.finish()?;
        }
        if last_tag == 0 {
            return Err(cursor.wrong("no section is"));
        }
        self.state.blocks = number;
        Ok(())
    }

    fn read_header(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        self.instant = cursor.varint(1, "the clock")? == 1;
        self.started_s = cursor.varint(MAX_START_S, "the time of the start")?;
        self.program = cursor.string("the program's name")?;
        for _ in cursor.rows(0, MAX_ARGUMENTS, "arguments")? {
            self.arguments.push(cursor.string("an argument")?);
        }
        self.runtime = cursor.string("the runtime's name")?;
        self.platform = cursor.string("the platform's name")?;
        self.recorder = cursor.string("the recorder's name")?;
        if self.state.version > 1 {
            let most = tables::MAX_TEXTS as u64 - 1;
            let own_texts = cursor.varint(most, "the number of the events' texts")?;
            self.state.own_texts = 1 + own_texts as usize;
        }
        Ok(())
    }

    fn read_end(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        let time_ns = cursor.varint(self.max_time_ns(), "the time of the end")?;
        if time_ns < self.state.time_ns {
            return Err(cursor.wrong("the end is before the last event"));
        }
        let reason = cursor.varint(5, "the reason of the end")? as u8;
        let message = cursor.string_of(self.max_text_bytes(), "the end's message")?;
        let mut cuts = Vec::new();
        for _ in cursor.rows(0, MAX_CUTS, "cuts")? {
            cuts.push(cursor.string("a cut")?);
        }
        self.end = Some(End {
            time_ns,
            reason,
            message,
            cuts,
        });
        Ok(())
    }

    fn read_view(&mut self, cursor: &mut Cursor) -> Result<(), String> {
        if !self.view.is_empty() {
            return Err(cursor.wrong("a second view is"));
        }
        self.view = cursor.string("the view")?;
        match &*self.view {
            "" => Err(cursor.wrong("a view that is empty is")),
            _ => Ok(()),
        }
    }
}

/// Unpacks a block, and never more of it than it says that there is.
fn unpacked(packed: &[u8], size: usize, number: usize) -> Result<Vec<u8>, String> {
    let mut block = vec![0; size];
    let flags = TINFL_FLAG_PARSE_ZLIB_HEADER
        | TINFL_FLAG_COMPUTE_ADLER32
        | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut state = DecompressorOxide::new();
    let (status, read, written) = decompress(&mut state, packed, &mut block, 0, flags);
    match status {
        TINFLStatus::Done if read == packed.len() && written == size => Ok(block),
        TINFLStatus::Done
        | TINFLStatus::HasMoreOutput
        | TINFLStatus::NeedsMoreInput
        | TINFLStatus::FailedCannotMakeProgress => Err(damaged(&format!(
            "block {number} does not unpack to {size} bytes"
        ))),
        _ => Err(damaged(&format!("block {number} does not unpack"))),
    }
}

fn damaged(why: &str) -> String {
    format!("the recording is damaged: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    /// What `python -m interleave --check` says of a file, in a line.
    fn said(bytes: &[u8]) -> String {
        let file = match File::read(bytes) {
            Err(sentence) => return format!("refused: {sentence}"),
            Ok(file) => file,
        };
        let (tasks, events) = (file.tasks.len(), file.events.len());
        let end = match (&file.end, &*file.broken_off) {
            (Some(end), "") => {
                let reasons = ["finished", "failed", "deadlock", "limit", "stopped", "died"];
                let reason = reasons[usize::from(end.reason)];
                format!(", {reason} after {} ns", end.time_ns)
            }
            (_, broken_off) => format!("; {broken_off}"),
        };
        format!("read: {tasks} tasks, {events} events{end}")
    }

    #[test]
    fn the_files_that_are_kept_are_read_and_refused_as_the_recorder_does() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/tests/recordings");
        let expected = fs::read_to_string(folder.join("expected.txt")).expect("the list is there");
        let mut files = 0;
        for line in expected.lines().filter(|line| !line.starts_with('#')) {
            let (name, sentence) = line.split_once(": ").expect("a name and a sentence");
            let bytes = fs::read(folder.join(name)).expect("the file is there");
            assert_eq!(said(&bytes), sentence, "{name}");
            files += 1;
        }
        let kept = fs::read_dir(folder).expect("the folder is there").count();
        assert_eq!(files, kept - 1, "every file has a line");
    }

    #[test]
    fn a_file_that_breaks_off_anywhere_is_read_or_refused_and_what_is_read_is_whole() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/tests/recordings");
        let bytes = fs::read(folder.join("good-in-blocks.interleave")).expect("the file is there");
        let whole = File::read(&bytes).expect("it is good");
        for length in 0..bytes.len() {
            if let Ok(file) = File::read(&bytes[..length]) {
                assert!(file.events.len() <= whole.events.len());
                assert!(!file.broken_off.is_empty());
                file.into_trace();
            }
        }
    }
}
