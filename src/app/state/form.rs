//! How the form shows parameters in the room that there is.

use crate::app::state::Field;
use crate::param::{Item, Kind, Param};

/// What a closed chip shows of its parameter.
pub fn chip_text(param: &Param, shown: &Field) -> String {
    let options = match param.kind {
        Kind::Choice { options } => options,
        _ => &[],
    };
    let label = options.iter().find(|(key, _)| *key == shown.text);
    label.map_or(shown.text.clone(), |(_, label)| (*label).to_owned())
}

/// How much room the form has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// One row of so many pixels.
    Row(u16),
    /// A phone's: chips.
    Chips,
}

/// Which of the parameters are choices that are shown as a menu: the widest ones, until the rest
/// fits into one row.
pub fn menus(params: &[Param], room: Room) -> Vec<bool> {
    const GAP_PX: usize = 10;
    /// Reset, Run and the clock.
    const BUTTONS_PX: usize = 200;
    let open_px = |param: &Param| match param.kind {
        Kind::Choice { options } => {
            let both = (
                "",
                if options.len() > 2 {
                    "side by side"
                } else {
                    "both"
                },
            );
            let extra = param.is_mode.then_some(&both);
            let options = options.iter().chain(extra);
            options
                .map(|(_, label)| label.chars().count() * 7 + 24)
                .sum()
        }
        Kind::Switch => param.label.chars().count() * 7 + 26,
        Kind::List { .. } | Kind::One(Item::Text { .. }) => 110,
        _ => 84,
    };
    let mut widths: Vec<usize> = params.iter().map(open_px).collect();
    let mut menus = vec![false; params.len()];
    let Room::Row(room_px) = room else {
        // Beside the button that runs it; in an open chip there is room for everything.
        return params.iter().map(|param| param.is_mode).collect();
    };
    loop {
        let taken: usize = widths.iter().map(|px| px + GAP_PX).sum();
        let is_open =
            |index: &usize| matches!(params[*index].kind, Kind::Choice { .. }) && !menus[*index];
        let widest = (0..params.len())
            .filter(is_open)
            .max_by_key(|index| widths[*index]);
        match widest {
            Some(widest) if taken + BUTTONS_PX > usize::from(room_px) => {
                menus[widest] = true;
                widths[widest] = 110;
            }
            _ => return menus,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos;

    #[track_caller]
    fn check(slug: &str, room_px: u16, expected: &[&str]) {
        let params = demos::find(slug).expect("the demo exists").params;
        let menus = menus(params, Room::Row(room_px));
        let of_menu = params.iter().zip(menus).filter(|(_, is_menu)| *is_menu);
        let keys: Vec<&str> = of_menu.map(|(param, _)| param.key).collect();
        assert_eq!(keys, expected, "{slug} at {room_px}");
    }

    #[test]
    fn choices_are_menus_only_where_there_is_no_room() {
        check("factorial", 780, &[]);
        check("awaitables", 780, &["order"]);
        check("lost-update", 690, &[]);
        check("blocking-call", 780, &["mode"]);
        check("lost-update", 300, &["mode"]);
        check("generators", 100, &[]);
    }

    #[test]
    fn on_a_phone_the_version_is_a_menu_beside_run() {
        let params = demos::find("weather").expect("the demo exists").params;
        let menus = menus(params, Room::Chips);
        let versions: Vec<bool> = params.iter().map(|param| param.is_mode).collect();
        assert_eq!(menus, versions);
    }
}
