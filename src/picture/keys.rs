//! What keys do in a picture.

/// Something that the reader asks of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PictureCommand {
    /// Multiply the time in view; below 1 zooms in.
    Zoom(f64),
    /// Move the window by a part of its width.
    Pan(f64),
    /// Move the cursor by so many moments at which something happened.
    Step(i32),
    /// Move the cursor by so many turns of the loop.
    StepTurn(i32),
    /// Move the cursor to the run's beginning or end.
    ToEnd(bool),
    /// Move the keyboard's row by so many.
    Row(i32),
    /// Choose the task of the keyboard's row, or give the choice up.
    Select,
    /// Fold the children of the keyboard's row away, or show them.
    Fold,
    /// Show the whole run.
    Fit,
    /// Show the measured range, else the life of the chosen task.
    ZoomToSelection,
    /// Begin or end a measured range at the cursor.
    Measure,
    /// Show all wakes, or only those of one task.
    AllWakes,
    /// Show the critical path, or no longer.
    Path,
    /// Lay the lanes out along the order of events, or along time.
    Order,
    /// Open the fields that say what is shown, or close them.
    Options,
    /// Write in the field that filters tasks.
    Filter,
    /// Give up the measured range, else the choice.
    Escape,
}

/// Keys with a space between, and what they do, for the page's list of keys.
pub const KEYS: &[(&str, &str)] = &[
    ("W S", "zoom in, out"),
    ("A D", "move left, right"),
    ("F", "show the whole run"),
    ("Z", "zoom to the measured range or the chosen task"),
    ("← →", "step the cursor through what happened"),
    ("Shift ← →", "step the cursor by turns of the loop"),
    ("Home End", "cursor to the beginning, the end"),
    ("↑ ↓", "go from lane to lane; also Page Up, Page Down"),
    ("Enter", "choose the lane's task"),
    ("X", "fold or unfold the lane's children"),
    ("M", "measure from the cursor, and to it"),
    ("K", "all wakes, or those of one task"),
    ("C", "the critical path"),
    ("O", "order of events instead of time"),
    ("/", "filter the tasks"),
    ("Esc", "give up the range or the choice"),
];

/// How much one key zooms.
const ZOOM: f64 = 1.5;

/// What a key means in a picture that has the focus; `key` as the browser names it.
pub fn command(key: &str, shift: bool) -> Option<PictureCommand> {
    let command = match key {
        "w" | "W" | "+" | "=" => PictureCommand::Zoom(1.0 / ZOOM),
        "s" | "S" | "-" | "_" => PictureCommand::Zoom(ZOOM),
        "a" | "A" => PictureCommand::Pan(if shift { -0.75 } else { -0.2 }),
        "d" | "D" => PictureCommand::Pan(if shift { 0.75 } else { 0.2 }),
        "ArrowLeft" if shift => PictureCommand::StepTurn(-1),
        "ArrowRight" if shift => PictureCommand::StepTurn(1),
        "ArrowLeft" => PictureCommand::Step(-1),
        "ArrowRight" => PictureCommand::Step(1),
        "ArrowUp" => PictureCommand::Row(-1),
        "ArrowDown" => PictureCommand::Row(1),
        "PageUp" => PictureCommand::Row(-10),
        "PageDown" => PictureCommand::Row(10),
        "Home" => PictureCommand::ToEnd(false),
        "End" => PictureCommand::ToEnd(true),
        "Enter" | " " => PictureCommand::Select,
        "x" | "X" => PictureCommand::Fold,
        "f" | "F" | "0" => PictureCommand::Fit,
        "z" | "Z" => PictureCommand::ZoomToSelection,
        "m" | "M" => PictureCommand::Measure,
        "k" | "K" => PictureCommand::AllWakes,
        "c" | "C" => PictureCommand::Path,
        "o" | "O" => PictureCommand::Order,
        "/" => PictureCommand::Filter,
        "Escape" => PictureCommand::Escape,
        _ => return None,
    };
    Some(command)
}
