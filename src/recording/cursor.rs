//! Reads a section's body; every number is checked where it is read.

use super::damaged;
use std::ops::Range;

/// Most bytes of a string where nothing else is said.
pub(super) const MAX_STRING_BYTES: usize = 16_384;

/// What is left of a section or a block.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    block: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], block: usize) -> Self {
        Cursor { rest: bytes, block }
    }

    /// A sentence that says where something is wrong.
    pub(super) fn wrong(&self, why: &str) -> String {
        damaged(&format!("{why} in block {}", self.block))
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn byte(&mut self, what: &str) -> Result<u8, String> {
        let (byte, rest) = self
            .rest
            .split_first()
            .ok_or_else(|| self.wrong(&format!("{what} breaks off")))?;
        self.rest = rest;
        Ok(*byte)
    }

    /// The next bytes.
    pub(super) fn bytes(&mut self, size: usize, what: &str) -> Result<&'a [u8], String> {
        let (bytes, rest) = self
            .rest
            .split_at_checked(size)
            .ok_or_else(|| self.wrong(&format!("{what} breaks off")))?;
        self.rest = rest;
        Ok(bytes)
    }

    /// A cursor of its own for the next bytes.
    pub(super) fn part(&mut self, size: usize, what: &str) -> Result<Cursor<'a>, String> {
        Ok(Cursor::new(self.bytes(size, what)?, self.block))
    }

    /// A number of at most 64 bits.
    fn number(&mut self, what: &str) -> Result<u64, String> {
        let mut value = 0u64;
        for shift in (0..).step_by(7) {
            let byte = self.byte(what)?;
            let bits = u64::from(byte & 0x7f);
            let too_long = shift > 63 || (shift == 63 && bits > 1);
            if too_long {
                return Err(self.wrong(&format!("{what} is a number of more than 64 bits")));
            }
            value |= bits << shift;
            if byte < 0x80 {
                break;
            }
        }
        Ok(value)
    }

    /// A number that is at most `limit`.
    pub(super) fn varint(&mut self, limit: u64, what: &str) -> Result<u64, String> {
        let value = self.number(what)?;
        if value > limit {
            return Err(self.wrong(&format!("{what} is {value}, and the most is {limit},")));
        }
        Ok(value)
    }

    /// The number of one of `count` rows.
    pub(super) fn below(&mut self, count: usize, what: &str) -> Result<u32, String> {
        let value = self.number(what)?;
        if value >= count as u64 {
            return Err(self.wrong(&format!(
                "{what} {value} points to nothing: there are {count}"
            )));
        }
        Ok(value as u32)
    }

    pub(super) fn string(&mut self, what: &str) -> Result<String, String> {
        self.string_of(MAX_STRING_BYTES, what)
    }

    /// A string of at most `limit` bytes.
    pub(super) fn string_of(&mut self, limit: usize, what: &str) -> Result<String, String> {
        let size = self.varint(limit as u64, &format!("the length of {what}"))?;
        let bytes = self.bytes(size as usize, what)?.to_vec();
        String::from_utf8(bytes).map_err(|_| self.wrong(&format!("{what} is not UTF-8")))
    }

    /// The numbers of rows that follow `have` others in a table that has at most `limit`.
    pub(super) fn rows(
        &mut self,
        have: usize,
        limit: usize,
        what: &str,
    ) -> Result<Range<usize>, String> {
        let count = self.number(&format!("the number of {what}"))?;
        if count > (limit - have.min(limit)) as u64 {
            return Err(format!(
                "the recording has more than {limit} {what}, the most that is read"
            ));
        }
        // Each row takes a byte at least, so that a lie costs nothing.
        if count > self.rest.len() as u64 {
            return Err(self.wrong(&format!("{what} break off")));
        }
        Ok(0..count as usize)
    }

    pub(super) fn finish(self) -> Result<(), String> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(self.wrong(&format!("{left} bytes are left over"))),
        }
    }
}
