use super::prelude::*;

/// What the simulated service knows.
const TEMPERATURES: [(&str, i64); 8] = [
    ("paris", 18),
    ("toulouse", 24),
    ("marseille", 25),
    ("lyon", 21),
    ("nice", 26),
    ("nantes", 17),
    ("lille", 15),
    ("strasbourg", 19),
];

/// Asks the service how warm it is in a city, and prints the answer.
async fn weather(stage: Stage, http: Http, city: String, service: Service) {
    let answer = match service {
        Service::Real(address) => http.get(&address).await, //@ -
        Service::Simulated(latency) => {
            http.simulated(latency).await; //@ request
            simulated_answer(&city)
        }
    };
    match answer {
        Ok(degrees) => stage.print(format!("{city} {}", first_line(&degrees))), //@ answer
        Err(failure) => stage.print(format!("{city}: {}", failure.message)),    //@ unknown
    }
}

enum Service {
    Simulated(Duration),
    Real(String),
}

fn simulated_answer(city: &str) -> Result<String, Failure> {
    let known = TEMPERATURES.iter().find(|(name, _)| *name == city);
    match known {
        Some((_, degrees)) => Ok(degrees.to_string()),
        None => Err(Failure::new("HTTPError", "the service knows no such city")),
    }
}

/// A real service may answer at length.
fn first_line(answer: &str) -> String {
    let line = answer.trim().lines().next().unwrap_or_default();
    line.chars().take(60).collect()
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let http = stage.http("weather service");
    let latencies = values.durations("latencies");
    let requests = values.texts("cities").iter().enumerate().map(|(n, city)| {
        let service = match values.choice("source") {
            "real" => Service::Real(values.text("address").replace("{city}", city)),
            _ => Service::Simulated(latencies[n % latencies.len()]),
        };
        let body = weather(stage.clone(), http.clone(), city.clone(), service);
        (city, body)
    });

    if values.choice("mode") == "gathered" {
        let tasks: Vec<_> = requests
            .map(|(city, body)| stage.spawn(city, body)) //@ gather
            .collect();
        stage.gather(tasks).await; //@ gather
    } else {
        for (_, body) in requests {
            body.await; //@ one-by-one
        }
    }
    stage.print("that was the weather"); //@ end
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "weather",
    title: "The weather in three cities",
    group: Group::WorkingTogether,
    lede: "A request for each city, one after the other or all at once. Gathered, the whole takes as long as the slowest answer.",
    teaches: source!("weather.md"),
    search: "http request fetch gather latency network aiohttp requests api",
    params: &[
        Param {
            key: "cities",
            label: "cities",
            kind: Kind::Texts {
                default: &["paris", "toulouse", "marseille"],
                max_chars: 40,
                most: 50,
            },
            not_in_python: false,
        },
        Param {
            key: "latencies",
            label: "time to each answer",
            kind: Kind::Durations {
                default_ms: &[5_860, 1_700, 1_450],
                min_ms: 0,
                max_ms: 600_000,
                most: 50,
            },
            not_in_python: false,
        },
        Param {
            key: "mode",
            label: "requests",
            kind: Kind::Choice {
                default: "gathered",
                options: &[("gathered", "all at once"), ("one-by-one", "one by one")],
            },
            not_in_python: false,
        },
        SIMULATED_OR_REAL,
        Param {
            key: "address",
            label: "address of the real service",
            kind: Kind::Text {
                default: "data/weather/{city}.txt",
                max_chars: 500,
            },
            not_in_python: true,
        },
    ],
    rust: source!("weather.rs"),
    counterpart: Counterpart::Python(source!("weather.py")),
    goldens: goldens![
        "mode=one-by-one",
        "cities=lille,nice,lyon,atlantis&latencies=1s",
        "cities=paris&latencies=0s&mode=one-by-one",
    ],
    needs: Needs::BrowserWhen(|values| values.choice("source") == "real"),
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn gathered_it_takes_as_long_as_the_slowest_answer() {
        check(
            &DEMO,
            "",
            expect![[r#"
                1.450 marseille 25
                1.700 toulouse 24
                5.860 paris 18
                5.860 that was the weather
                finished at 5.860
            "#]],
        );
    }

    #[test]
    fn one_by_one_the_waiting_adds_up() {
        check(
            &DEMO,
            "mode=one-by-one",
            expect![[r#"
                5.860 paris 18
                7.560 toulouse 24
                9.010 marseille 25
                9.010 that was the weather
                finished at 9.010
            "#]],
        );
    }

    #[test]
    fn real_requests_need_a_browser() {
        check(
            &DEMO,
            "source=real",
            expect![[r#"
                0.000 paris: a real request needs a browser and real time: run this with the live clock
                0.000 toulouse: a real request needs a browser and real time: run this with the live clock
                0.000 marseille: a real request needs a browser and real time: run this with the live clock
                0.000 that was the weather
                finished at 0.000
            "#]],
        );
    }
}
