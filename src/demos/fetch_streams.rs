use super::prelude::*;

/// Shows that somebody else can run between two chunks.
async fn ticker(stage: Stage, every: Duration) {
    for tick in 1.. {
        stage.sleep(every).await; //@ tick
        stage.print(format!("tick {tick}")); //@ tick
    }
}

/// Reads an answer as it arrives.
async fn read(stage: &Stage, address: &str) -> Result<(), Failure> {
    let mut answer = stage.http("file").stream(address).await?; //@ fetch
    stage.print("the answer begins"); //@ begins
    let (mut chunks, mut bytes) = (0, 0);
    while let Some(chunk) = /*@ next */ answer.chunk().await? {
        chunks += 1;
        bytes += chunk.len();
        stage.print(format!("chunk {chunks}: {} bytes", chunk.len())); //@ chunk
    }
    stage.print(/*@ complete */ format!(
        "the answer is complete: {bytes} bytes in {chunks} chunks"
    ));
    Ok(())
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    // A file in the browser's memory has an address as long as somebody holds it.
    let file = stage.file(values.whole("size") as usize * 1024)?;
    let address = match values.text("address") {
        "" => file.address(),
        address => address.to_owned(),
    };
    let ticker = stage.spawn("ticker", ticker(stage.clone(), values.duration("tick"))); //@ tick
    if let Err(failure) = read(/*@ - */ &stage, &address).await {
        stage.print(failure.message); //@ error
    }
    ticker.cancel(); //@ end
    Ok(())
}

pub const DEMO: Demo = Demo {
    slug: "fetch-streams",
    title: "An answer in chunks",
    group: Group::TheBrowsersLoop,
    lede: "A response is read chunk by chunk while it arrives, and another task ticks in between.",
    teaches: source!("fetch_streams.md"),
    search: "fetch ReadableStream getReader body response download progress blob http",
    params: &[
        Param {
            key: "size",
            label: "size in KiB",
            kind: Kind::Whole {
                default: 16_384,
                min: 0,
                max: 131_072,
            },
            not_in_python: false,
        },
        Param {
            key: "tick",
            label: "a tick every",
            kind: Kind::Duration {
                default_ms: 1,
                min_ms: 1,
                max_ms: 60_000,
            },
            not_in_python: false,
        },
        Param {
            key: "address",
            label: "address (empty: a file made here)",
            kind: Kind::Text {
                default: "",
                max_chars: 500,
            },
            not_in_python: false,
        },
    ],
    rust: source!("fetch_streams.rs"),
    counterpart: Counterpart::JavaScript(source!("fetch_streams.js")),
    goldens: goldens![],
    needs: Needs::BrowserWhen(|_| true),
    run: |stage, values| Box::pin(run(stage, values)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::testing::*;

    #[test]
    fn there_is_nothing_to_fetch_without_a_browser() {
        check(
            &DEMO,
            "",
            expect![[r#"
            Failed at 0.000: RuntimeError: a file to fetch needs a browser and real time: run this with the live clock
        "#]],
        );
    }
}
