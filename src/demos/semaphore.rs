use super::prelude::*;
use crate::stage::sync::Semaphore;
use std::cell::Cell;
use std::rc::Rc;

/// Waits for a permit, and gives it back afterwards, unless it forgets to.
async fn visitor(
    stage: Stage,
    name: String,
    room: Semaphore,
    stay: Duration,
    inside: Rc<Cell<i64>>,
    forgets: bool,
) {
    let permit = room.acquire().await;
    inside.set(inside.get() + 1);
    stage.print(format!("{name}: in, {} inside", inside.get()));
    stage.sleep(stay).await;
    inside.set(inside.get() - 1);
    stage.print(format!("{name}: out"));
    if forgets {
        permit.forget();
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (stay, forgets) = (values.duration("stay"), values.switch("forget"));
    let room = stage.semaphore("room", values.int("permits") as usize);
    let inside = Rc::new(Cell::new(0));
    let mut tasks = Vec::new();
    for number in 1..=values.int("tasks") {
        let (room, inside) = (room.clone(), inside.clone());
        let name = format!("task {number}");
        let body = visitor(stage.clone(), name.clone(), room, stay, inside, forgets);
        tasks.push(stage.spawn(name, body));
    }
    stage.gather(tasks).await;
    stage.print("everybody was inside");
    Ok(())
}

demo!(Demo {
    title: "At most so many at a time",
    summary: "Ten tasks want into a room for three. A semaphore has three permits; whoever gets none waits until one is given back.",
    keywords: "asyncio.Semaphore limit concurrency rate limit throttle pool permits acquire release leak",
    params: &[
        Param::int("tasks", 10, 0..=9_000),
        Param::int("permits", 3, 1..=9_000).label("at a time"),
        Param::duration_ms("stay", 1_000, 0..=HOUR_MS).label("time inside"),
        Param::switch("forget", false).label("forget to give permits back"),
    ],
    goldens: "forget=yes tasks=0 tasks=12&permits=5&stay=0s tasks=3&permits=1 tasks=3&forget=yes \
        tasks=5 tasks=5&forget=yes",
    remedies: &[
        Remedy::new(FindingKind::NeverReleased, "forget", "no"),
        Remedy::new(FindingKind::Deadlock, "forget", "no"),
    ],
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;
    use crate::trace::EventKind;

    #[test]
    fn there_are_never_more_inside_than_permits() {
        for (setting, most) in [("", 3), ("tasks=100&permits=7", 7), ("tasks=2", 2)] {
            let trace = run_with("semaphore", setting);
            let levels = trace.events.iter().map(|event| match event.kind {
                EventKind::Acquire { level, .. } => level,
                _ => 0,
            });
            assert_eq!(levels.max(), Some(most), "{setting}");
        }
    }
}
