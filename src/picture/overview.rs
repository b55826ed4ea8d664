//! The whole run in a fixed number of pieces, for the minimap under the lanes that shows where in
//! the run the picture is.

use crate::derived::timeline::{LaneState, Segment};
use crate::picture::view::clamp;

const PIECES: usize = 1024;

/// How much of each piece of a run the loop's thread was used, and how many tasks were not served.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The length of a piece: a power of two, doubled when the run outgrows the pieces.
    piece_ns: u64,
    /// For each piece and state (running, blocking, ready): task-time in it that comes from
    /// segments that begin or end in it, exact up to the 104 days that a float can count…
    partial_ns: Vec<[f64; 3]>,
    /// …and by how many the tasks in that state become more after it.
    change: Vec<[i32; 3]>,
    /// How many running stretches begin in each piece: those may have no length.
    starts: Vec<u32>,
}

impl Default for Overview {
    fn default() -> Self {
        Overview {
            piece_ns: 1,
            partial_ns: Vec::new(),
            change: Vec::new(),
            starts: Vec::new(),
        }
    }
}

/// What happened in one piece.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Piece {
    /// Which part of it somebody ran, 0 to 1.
    pub running: f64,
    /// Which part of it somebody blocked the loop, 0 to 1.
    pub blocking: f64,
    /// How many tasks were ready and not served, on average.
    pub ready: f64,
    /// How many running stretches began in it.
    pub starts: u32,
}

impl Overview {
    /// Makes room for times up to `end_ns`.
    pub(super) fn reach(&mut self, end_ns: u64) {
        if self.partial_ns.is_empty() {
            self.partial_ns = vec![[0.0; 3]; PIECES];
            self.change = vec![[0; 3]; PIECES];
            self.starts = vec![0; PIECES];
        }
        while end_ns / self.piece_ns >= PIECES as u64 {
            self.halve();
        }
    }

    /// Puts every two pieces together.
    fn halve(&mut self) {
        let piece_ns = self.piece_ns as f64;
        for at in 0..PIECES / 2 {
            let mut partial = [0.0; 3];
            let mut change = [0; 3];
            for state in 0..3 {
                let carried = f64::from(self.change[2 * at][state]) * piece_ns;
                partial[state] =
                    self.partial_ns[2 * at][state] + self.partial_ns[2 * at + 1][state] + carried;
                change[state] = self.change[2 * at][state] + self.change[2 * at + 1][state];
            }
            self.partial_ns[at] = partial;
            self.change[at] = change;
            self.starts[at] = self.starts[2 * at] + self.starts[2 * at + 1];
        }
        self.partial_ns[PIECES / 2..].fill([0.0; 3]);
        self.change[PIECES / 2..].fill([0; 3]);
        self.starts[PIECES / 2..].fill(0);
        self.piece_ns *= 2;
    }

    /// Counts a finished segment in.
    pub(super) fn add(&mut self, segment: &Segment) {
        let state = match segment.state {
            LaneState::Running => 0,
            LaneState::Blocking => 1,
            LaneState::Ready => 2,
            LaneState::Waiting => return,
        };
        self.reach(segment.end_ns);
        if segment.state == LaneState::Running {
            self.starts[(segment.start_ns / self.piece_ns) as usize] += 1;
        }
        for (time_ns, change) in [(segment.start_ns, 1), (segment.end_ns, -1)] {
            let at = (time_ns / self.piece_ns) as usize;
            let rest_ns = self.piece_ns - time_ns % self.piece_ns;
            self.partial_ns[at][state] += f64::from(change) * rest_ns as f64;
            self.change[at][state] += change;
        }
    }

    /// The pieces, each with where it begins; the last are empty when the run is shorter.
    pub fn pieces(&self) -> impl Iterator<Item = (u64, Piece)> + '_ {
        let mut count = [0_i64; 3];
        let length = self.piece_ns as f64;
        self.partial_ns
            .iter()
            .zip(&self.change)
            .enumerate()
            .map(move |(at, (partial, change))| {
                let mut part = [0.0; 3];
                for state in 0..3 {
                    part[state] = count[state] as f64 + partial[state] / length;
                    count[state] += i64::from(change[state]);
                }
                let piece = Piece {
                    running: clamp(part[0], 0.0, 1.0),
                    blocking: clamp(part[1], 0.0, 1.0),
                    ready: part[2].max(0.0),
                    starts: self.starts[at],
                };
                (at as u64 * self.piece_ns, piece)
            })
    }

    /// The length of a piece.
    pub fn piece_ns(&self) -> u64 {
        self.piece_ns
    }
}
