use super::prelude::*;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

async fn work(stage: Stage, awaits: i64) -> &'static str {
    for number in 1..=awaits {
        stage.print(format!("coroutine: goes to await {number}"));
        stage.yield_now().await;
    }
    stage.print("coroutine: returns");
    "the result"
}

/// Drives a coroutine as a task does: one step each time the loop runs it.
struct Steps<F> {
    stage: Stage,
    coroutine: Pin<Box<F>>,
    steps: i64,
}

impl<F: Future<Output = &'static str>> Future for Steps<F> {
    type Output = i64;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<i64> {
        self.steps += 1;
        let (stage, step) = (self.stage.clone(), self.steps);
        stage.print(format!("step {step}: begins"));
        match self.coroutine.as_mut().poll(context) {
            Poll::Ready(result) => {
                stage.print(format!("step {step}: finished with {result}"));
                Poll::Ready(step)
            }
            Poll::Pending => {
                stage.print(format!("step {step}: suspended"));
                Poll::Pending
            }
        }
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let awaits = values.int("awaits");
    let steps = Steps {
        stage: stage.clone(),
        coroutine: Box::pin(work(stage.clone(), awaits)),
        steps: 0,
    };
    let steps = stage.spawn("task", steps).await;
    stage.print(format!("awaits: {awaits}, steps: {steps}"));
    Ok(())
}

demo!(Demo {
    title: "How a task drives a coroutine",
    summary: "A coroutine cannot run by itself. A task runs it for one step, to its next `await`; the loop runs the task again, and so on to the end.",
    keywords: "poll send StopIteration __await__ Future Pending Ready Context step trampoline",
    params: &[Param::int("awaits", 3, 0..=5_000),],
    goldens: "awaits=0 awaits=1 awaits=40 awaits=2",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;
    use crate::trace::{EventKind, TaskId};

    #[test]
    fn the_task_is_polled_once_more_than_it_awaits() {
        for awaits in [0, 1, 3, 1_000] {
            let trace = run_with("task-step", &format!("awaits={awaits}"));
            let poll = |kind: &EventKind| matches!(kind, EventKind::PollStart { task: TaskId(1) });
            let polls = trace.events.iter().filter(|e| poll(&e.kind)).count();
            assert_eq!(polls, awaits + 1);
        }
    }
}
