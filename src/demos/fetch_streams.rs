use super::prelude::*;

/// Shows that somebody else can run between two chunks.
async fn ticker(stage: Stage, every: Duration) {
    for tick in 1.. {
        stage.sleep(every).await;
        stage.print(format!("tick {tick}"));
    }
}

/// Reads an answer as it arrives.
async fn read(stage: &Stage, address: &str) -> Result<(), Failure> {
    let mut answer = stage.http("file").stream(address).await?;
    stage.print("the answer begins");
    let (mut chunks, mut bytes) = (0, 0);
    while let Some(chunk) = answer.chunk().await? {
        chunks += 1;
        bytes += chunk.len();
        stage.print(format!("chunk {chunks}: {} bytes", chunk.len()));
    }
    stage.print(format!(
        "the answer is complete: {bytes} bytes in {chunks} chunks"
    ));
    Ok(())
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    // A file in the browser's memory has an address as long as somebody holds it.
    let file = stage.file(values.int("size") as usize * 1024)?;
    let address = match values.text("address") {
        "" => file.address(),
        address => address.to_owned(),
    };
    let ticker = stage.spawn("ticker", ticker(stage.clone(), values.duration("tick")));
    if let Err(failure) = read(&stage, &address).await {
        stage.print(failure.message);
    }
    ticker.cancel();
    Ok(())
}

demo!(Demo {
    title: "An answer in chunks",
    summary: "A response is read chunk by chunk while it arrives, and another task ticks in between.",
    keywords: "fetch ReadableStream getReader body response download progress blob http",
    params: &[
        Param::int("size", 16_384, 0..=131_072).label("size in KiB"),
        Param::duration_ms("tick", 1, 1..=MINUTE_MS).label("a tick every"),
        Param::text("address", "", 500).label("address (empty: a file made here)"),
    ],
    needs: Needs::BrowserWhen(|_| true),
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn there_is_nothing_to_fetch_without_a_browser() {
        check(
            "fetch-streams",
            "",
            expect![[r#"
            Failed at 0.000: RuntimeError: a file to fetch needs a browser and real time: run this with the live clock
        "#]],
        );
    }
}
