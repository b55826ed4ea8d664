use super::prelude::*;
use crate::stage::generator::Yielder;

#[derive(Clone)]
struct Program {
    stage: Stage,
    says_steps: bool,
    values: Vec<String>,
}

impl Program {
    fn say(&self, step: &str) {
        if self.says_steps {
            self.stage.print(step); //@ say
        }
    }

    async fn generator(self, out: Yielder<String>) {
        for value in &self.values {
            self.say("generator: begins or goes on"); //@ on
            out.give(value.clone()).await; //@ yield
        }
        self.say("generator: ends"); //@ end
    }
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let texts = values.texts("values").into_iter().map(str::to_owned);
    let program = Program {
        stage: stage.clone(),
        says_steps: values.switch("say-steps"),
        values: texts.collect(),
    };

    let mut values = stage.generator(|out| program.clone().generator(out));
    while let Some(value) = values.next_now(/*@ loop */) {
        stage.print(value); //@ loop
    }

    let mut values = stage.generator(|out| program.clone().generator(out));
    program.say("main: has a new generator"); //@ made
    for _ in &program.values {
        if let Some(value) = values.next_now(/*@ next */) {
            stage.print(value); //@ next
        }
    }
    Ok(())
}

demo!(Demo {
    title: "Generators: suspend with yield",
    summary: "A function that stops in the middle, hands out a value, and goes on from there when it is asked for the next: the oldest way to suspend in Python, and what coroutines were made from.",
    keywords: "yield next iterator lazy send coroutine for loop StopIteration gen",
    params: &[
        Param::texts("values", "something, other thing", 40, 50),
        Param::switch("say-steps", false).label("print each step"),
    ],
    goldens: "say-steps=yes values=a values=a&say-steps=yes values=a,b,c,d,e&say-steps=yes",
});
