//! What keys and buttons do.

use crate::derived::timeline::Scale;
use crate::picture::interaction::Interaction;
use crate::picture::keys::PictureCommand;
use crate::picture::step;

impl Interaction {
    /// Does what a key or a button asks for; `false` when there was nothing to do, so that the
    /// key may mean something to the page.
    pub fn apply(&mut self, command: PictureCommand) -> bool {
        self.update();
        let (view, extent_ns) = (self.view, self.marks.extent_ns);
        let cursor_x = self.marks.cursor_ns.map(|cursor_ns| view.x_of(cursor_ns));
        let centre_x = cursor_x
            // Around the cursor while it can be seen.
            .filter(|x| view.shows(*x))
            .unwrap_or(view.gutter_px + view.lanes_px() / 2.0);
        let row = self.marks.focused_row;
        let task = row.and_then(|row| self.layout.task(row));
        match command {
            PictureCommand::Zoom(factor) => self.move_to(view.zoomed(factor, centre_x, extent_ns)),
            PictureCommand::Pan(part) => {
                self.move_to(view.panned(part * view.lanes_px(), extent_ns));
            }
            PictureCommand::Fit => self.move_to(view.showing(0, extent_ns, extent_ns)),
            PictureCommand::ZoomToSelection => {
                if let Some((from_ns, to_ns)) = self.selection_ns() {
                    self.move_to(view.zoomed_to(from_ns, to_ns, extent_ns));
                }
            }
            PictureCommand::Step(by) => self.step(by, false),
            PictureCommand::StepTurn(by) => self.step(by, true),
            PictureCommand::ToEnd(end) => {
                self.set_cursor(if end { self.marks.now_ns } else { 0 });
                self.say();
                self.follow();
            }
            PictureCommand::Row(by) => self.go_to_row(by),
            PictureCommand::Select => task.into_iter().for_each(|task| self.select(task)),
            PictureCommand::Fold => task.into_iter().for_each(|task| self.fold(task)),
            PictureCommand::Measure => {
                if let Some(cursor_ns) = self.marks.cursor_ns {
                    self.measure_to(cursor_ns);
                }
            }
            PictureCommand::AllWakes => {
                self.set_options(&|options| options.all_wakes = !options.all_wakes);
                self.say_words(match self.options.all_wakes {
                    true => "all wakes are shown",
                    false => "the wakes of one task are shown",
                });
            }
            PictureCommand::Path => {
                self.set_options(&|options| options.path = !options.path);
                self.say_words(match self.options.path {
                    true => "the critical path is shown",
                    false => "the critical path is not shown",
                });
            }
            PictureCommand::Order => self.set_axis(match self.shared.axis {
                Scale::Time => Scale::Order,
                Scale::Order => Scale::Time,
            }),
            PictureCommand::Options => self.set_options(&|options| options.open = !options.open),
            PictureCommand::Filter => self.set_options(&|options| options.open = true),
            PictureCommand::Escape => {
                if self.marks.range_ns.take().is_some() {
                    self.say_words("nothing is measured");
                } else if self.shared.selected.is_some() {
                    self.set_selected(None);
                } else {
                    return false;
                }
            }
        }
        true
    }

    fn go_to_row(&mut self, by: i32) {
        let rows = self.layout.rows.len();
        let Some(last) = rows.checked_sub(1) else {
            return;
        };
        let row = match self.marks.focused_row {
            Some(row) => row.saturating_add_signed(by as isize).min(last),
            None => 0,
        };
        self.marks.focused_row = Some(row);
        self.view = self.view.revealing(row, rows);
        self.say();
    }

    /// The measured range, else the life of the chosen task or of that of the keyboard's row.
    fn selection_ns(&self) -> Option<(u64, u64)> {
        if let Some((a_ns, b_ns)) = self.marks.range_ns
            && a_ns != b_ns
        {
            return Some((a_ns.min(b_ns), a_ns.max(b_ns)));
        }
        let row = self.marks.focused_row;
        let focused = row.and_then(|row| self.layout.task(row));
        let task = self.shared.selected.or(focused)?;
        let recording = self.input.run.borrow();
        let lane = self.scene(&recording).timeline.lanes.get(task.index())?;
        let end_ns = lane.done.map_or(self.marks.now_ns, |(done_ns, _)| done_ns);
        Some((lane.spawned_ns, end_ns))
    }

    /// Moves the cursor by so many moments at which something happened, or turns of the loop.
    fn step(&mut self, by: i32, turns: bool) {
        let (run, forward) = (self.input.run.clone(), by > 0);
        let recording = run.borrow();
        let (trace, timeline) = (recording.trace(), self.scene(&recording).timeline);
        let mut at = self.marks.cursor_ns;
        for _ in 0..by.unsigned_abs() {
            // Without a cursor the first step goes to the first or last moment of all.
            let Some(from_ns) = at else {
                at = Some(if forward { 0 } else { self.marks.now_ns });
                continue;
            };
            let next = if turns {
                step::turn(trace, timeline, from_ns, forward)
            } else {
                step::event(trace, timeline.scale(), from_ns, forward)
            };
            at = next.or(at);
        }
        let Some(at) = at else { return };
        self.set_cursor(at);
        self.say();
        self.follow();
    }

    /// Moves the window to the cursor, where that is out of sight.
    fn follow(&mut self) {
        if let Some(cursor_ns) = self.marks.cursor_ns {
            let view = self.view_of(cursor_ns);
            if view != self.view {
                self.move_to(view);
            }
        }
    }
}
