use super::prelude::*;

/// What becomes of a job: whether it fails at its end, and whether its clean-up does.
#[derive(Clone, Copy)]
struct Job {
    number: i64,
    fails: bool,
    breaks: bool,
}

impl Job {
    async fn run(self, stage: Stage, time: Duration, clean_up: Duration) -> Result<(), Failure> {
        let Job { number, .. } = self;
        let slept = stage.catch_cancel(stage.sleep(time)).await; //@ work
        if let Err(cancelled) = slept {
            stage.sleep(clean_up).await; //@ clean-up
            if self.breaks {
                stage.print(format!("job {number}: its clean-up fails")); //@ breaks
                return Err(Failure::new("OSError", format!("of job {number}"))); //@ os-error
            }
            stage.print(format!("job {number}: cancelled")); //@ cancelled
            stage.raise(cancelled).await; //@ raise
        }
        if self.fails {
            stage.print(format!("job {number}: fails")); //@ fails
            return Err(Failure::new("ValueError", format!("of job {number}"))); //@ value-error
        }
        stage.print(format!("job {number}: done")); //@ done
        Ok(())
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let (fails, breaks) = (values.ints("fails"), values.ints("breaks"));
    let (times, clean_up) = (values.durations("times"), values.duration("clean-up"));
    let left = stage.task_group(/*@ group */ async |group| {
        for (number, time) in (1..).zip(times) {
            let job = Job {
                number,
                fails: fails.contains(&number),
                breaks: breaks.contains(&number),
            };
            let body = job.run(stage.clone(), time, clean_up);
            group.spawn(format!("job {number}"), body)?; //@ task
        }
        Ok(())
    });
    match left.await {
        Ok(()) => stage.print("main: all went well"), //@ well
        Err(errors) => {
            for error in errors.iter().filter(|error| error.kind == "ValueError") {
                stage.print(format!("main: {error}")); //@ errors
            }
            for error in errors.iter().filter(|error| error.kind == "OSError") {
                stage.print(format!("main: {error}")); //@ os-errors
            }
        }
    }
    stage.print("main: goes on"); //@ on
    Ok(())
}

demo!(Demo {
    title: "Several errors at once",
    summary: "A task group, and more than one of its tasks fails. The first failure cancels the others, and main gets all the errors together when everybody is done.",
    keywords: "asyncio.TaskGroup ExceptionGroup except* siblings cancelled structured concurrency exceptions nursery trio",
    params: &[
        Param::durations_ms("times", "1 s, 2 s, 2 s, 5 s", 0..=HOUR_MS, 100).label("times of the jobs"),
        Param::ints("fails", "2, 3", 0..=100, 100).label("which fail (0: none)"),
        Param::ints("breaks", "4", 0..=100, 100).label("whose clean-up fails (0: none)"),
        Param::duration_ms("clean-up", 500, 0..=HOUR_MS).label("clean-up takes"),
    ],
    goldens: "fails=0 breaks=0 fails=2&breaks=3&times=1s,2s,3s clean-up=0s times=0s&fails=1 \
        fails=2&breaks=0 times=1s,1s,1s&fails=1,2,3",
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn main_hears_of_every_error_when_all_are_done() {
        let trace = run_with("task-group-errors", "times=1s,1s,1s,9s&fails=1,2,3&breaks=4");
        let errors = output::lines(&trace).filter(|line| line.text.contains("Error: of job"));
        let times: Vec<u64> = errors.map(|line| line.time_ns / 1_000_000).collect();
        assert_eq!(times, [1_500; 4]);
    }
}
