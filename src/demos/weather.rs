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
        Ok(degrees) => {
            let degrees = first_line(&degrees);
            stage.print(format!("Temperature at {city}: {degrees} C")); //@ answer
        }
        Err(failure) => stage.print(format!("{city}: {}", failure.message)), //@ unknown
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
    let requests = values
        .texts("cities")
        .into_iter()
        .enumerate()
        .map(|(n, city)| {
            let service = match values.choice("source") {
                "real" => {
                    Service::Real(values.text("address").replace("{city}", &in_address(city)))
                }
                _ => Service::Simulated(latencies[n % latencies.len()]),
            };
            let body = weather(stage.clone(), http.clone(), city.to_owned(), service);
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
    Ok(())
}

demo!(Demo {
    title: "The weather in three cities",
    summary: "A request for each city, one after the other or all at once. Gathered, the whole takes as long as the slowest answer.",
    keywords: "http request fetch gather latency network aiohttp requests api",
    params: &[
        Param::texts("cities", "paris, toulouse, marseille", 40, 50),
        Param::durations_ms("latencies", "5.86 s, 1.7 s, 1.45 s", 0..=10 * MINUTE_MS, 50)
            .label("time to each answer"),
        Param::mode(
            "gathered",
            &[("gathered", "all at once"), ("one-by-one", "one by one")]
        )
        .label("requests"),
        SIMULATED_OR_REAL,
        Param::text("address", "data/weather/{city}.txt", 500)
            .label("address of the real service")
            .page_only(),
    ],
    goldens: "mode=one-by-one cities=lille,nice,lyon,atlantis&latencies=1s \
        cities=paris&latencies=0s&mode=one-by-one",
    needs: Needs::BrowserWhen(|values| values.choice("source") == "real"),
});

#[cfg(test)]
mod tests {
    use crate::demos::prelude::in_address;
    use crate::demos::testing::*;

    #[test]
    fn real_requests_need_a_browser() {
        check(
            "weather",
            "source=real",
            expect![[r#"
                0.000 paris: a real request needs a browser and real time: run this with the live clock
                0.000 toulouse: a real request needs a browser and real time: run this with the live clock
                0.000 marseille: a real request needs a browser and real time: run this with the live clock
                finished at 0.000
            "#]],
        );
    }

    #[test]
    fn a_city_leads_to_no_other_address() {
        let parts = ["paris", "S\u{e3}o Paulo", "../a?b#c"].map(in_address);
        assert_eq!(parts, ["paris", "S%C3%A3o%20Paulo", "%2E%2E%2Fa%3Fb%23c"]);
    }
}
