use super::prelude::*;

/// Sends messages, and waits for the answer to each before it sends the next.
async fn talk(stage: &Stage, socket: Socket, messages: i64) -> Result<(), Failure> {
    for n in 1..=messages {
        let sent = stage.now();
        socket.send(&format!("message {n}"))?;
        let answer = socket.receive().await?;
        let round_trip = time_text(stage.now() - sent);
        stage.print(format!("{}: after {round_trip}", first_chars(&answer)));
    }
    Ok(())
}

/// A real server may send anything.
fn first_chars(answer: &str) -> String {
    answer.chars().take(60).collect()
}

async fn run(stage: Stage, values: Values) -> Result<(), Failure> {
    let messages = values.int("messages");
    let socket = match values.text("address") {
        "" => {
            stage.print("no address: an echo in this page");
            stage.echo()
        }
        address => {
            stage.print(format!("a socket to {address}"));
            stage.connect(address).await
        }
    };
    let talked = match socket {
        Ok(socket) => talk(&stage, socket, messages).await,
        Err(failure) => Err(failure),
    };
    match talked {
        Ok(()) => stage.print("all messages came back"),
        Err(failure) => stage.print(failure.message),
    }
    Ok(())
}

demo!(Demo {
    title: "Messages through a socket",
    summary: "Messages go out through a WebSocket and come back. With no address given an echo in the page answers.",
    keywords: "WebSocket ws wss echo round trip latency connection closed onmessage send",
    params: &[
        Param::int("messages", 5, 0..=10_000),
        Param::text("address", "", 500).label("address, such as wss://… (empty: none)"),
    ],
    needs: Needs::BrowserWhen(|_| true),
});

#[cfg(test)]
mod tests {
    use crate::demos::testing::*;

    #[test]
    fn there_is_no_socket_without_a_browser() {
        check(
            "websocket",
            "",
            expect![[r#"
            0.000 no address: an echo in this page
            0.000 an echo in the page needs a browser and real time: run this with the live clock
            finished at 0.000
        "#]],
        );
        check(
            "websocket",
            "address=wss://example.org",
            expect![[r#"
            0.000 a socket to wss://example.org
            0.000 a real socket needs a browser and real time: run this with the live clock
            finished at 0.000
        "#]],
        );
    }
}
