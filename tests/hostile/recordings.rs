//! Files of recordings: such whose unpacked bytes say what no recorder writes, and such that were damaged on the way.

use crate::Source;
use interleave::demos::DEMOS;
use interleave::param::Values;
use interleave::recording::File;
use interleave::recording::write::{self, About, START};
use interleave::trace::wire;
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// A sound file: its first bytes, and its blocks unpacked.
type Parts = (Vec<u8>, Vec<Vec<u8>>);

/// The files that are kept and can be read, and runs of the page, none of them large.
static GOOD: LazyLock<Vec<Parts>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/tests/recordings");
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.to_string_lossy().contains("/good-"))
        .collect();
    names.sort();
    let kept = names
        .iter()
        .map(|path| parts(&fs::read(path).expect("it is there")));
    let instant = DEMOS
        .iter()
        .filter(|demo| demo.runs_instantly(&Values::defaults(demo.params)));
    let runs = instant.take(12).map(|demo| {
        let trace = demo.run_instantly(Values::defaults(demo.params));
        let about = About {
            view: "1/factorial?b=5",
            sources: &[("a.rs", "fn main() {}")],
            ..About::default()
        };
        let blocks = write::blocks(&trace, &about).expect("it is a run");
        (START.to_vec(), blocks)
    });
    let is_small = |parts: &Parts| parts.1.iter().map(Vec::len).sum::<usize>() < 100_000;
    let good: Vec<Parts> = kept.chain(runs).filter(is_small).collect();
    assert!(good.len() > 15, "{} good files", good.len());
    good
});

fn parts(bytes: &[u8]) -> Parts {
    let (start, mut rest) = bytes.split_at(START.len());
    let mut blocks = Vec::new();
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let packed_size = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        let Some((packed, after)) = after.split_at_checked(packed_size as usize) else {
            break;
        };
        blocks.push(decompress_to_vec_zlib(packed).expect("it unpacks"));
        rest = after;
    }
    (start.to_vec(), blocks)
}

fn damage(source: &mut Source, bytes: &mut Vec<u8>) {
    let at = source.below(bytes.len());
    match source.below(24) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, source.number() as u8),
        2 => drop(bytes.splice(at..at, [0xff, 0xff, 0xff, 0xff, 0x0f])),
        3 => {
            let end = (at + source.below(60)).min(bytes.len());
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
        // Many rows of next to nothing.
        4 if source.once_in(8) => {
            let count = source.below(200_000);
            bytes.splice(at..at, vec![source.one_of(&[0, 1, 0xff]); count]);
        }
        _ if bytes.is_empty() => bytes.push(0),
        // Numbers of kinds, tags and rows are small.
        5..12 => bytes[at] = source.below(64) as u8,
        12..20 => bytes[at] = bytes[at].wrapping_add(source.one_of(&[1, 2, 0xff])),
        _ => bytes[at] = source.number() as u8,
    }
}

/// A file, some of whose bytes are others, are gone, or come twice: mostly before they were packed, since the
/// checksum finds what happens after.
pub fn file(source: &mut Source) -> Vec<u8> {
    let (mut start, mut blocks) = source.one_of(&GOOD);
    if source.once_in(30) {
        damage(source, &mut start);
    }
    if source.once_in(20) {
        // The sections of one version in the other.
        let last = start.len().saturating_sub(1);
        start.truncate(last);
        start.push(source.one_of(&[1, 2]));
    }
    if source.once_in(10) {
        let again = source.one_of(&blocks);
        blocks.insert(source.below(blocks.len() + 1), again);
    }
    for _ in 0..source.one_of(&[1, 1, 1, 2, 5]) {
        let at = source.below(blocks.len());
        damage(source, &mut blocks[at]);
    }
    let mut bytes = start;
    for block in &blocks {
        let size = match source.once_in(40) {
            true => source.number() as usize,
            false => block.len(),
        };
        bytes.extend(write::framed(&compress_to_vec_zlib(block, 1), size));
    }
    if source.once_in(10) {
        damage(source, &mut bytes);
    }
    bytes
}

/// Reads a file as the engine does, and the trace as the page does.
pub fn read(bytes: &[u8]) {
    let Ok(file) = File::read(bytes) else {
        return;
    };
    assert!(!file.about().is_empty());
    let trace = file.into_trace();
    let taken = wire::decode(&wire::encode(&trace));
    assert_eq!(
        taken.as_ref(),
        Ok(&trace),
        "the page takes what is in a file"
    );
    // A run that was opened can be saved again.
    if let Ok(blocks) = write::blocks(&trace, &About::default()) {
        assert!(!blocks.is_empty());
    }
}
