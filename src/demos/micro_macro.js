const ORDER = ["setTimeout", "MessageChannel", "queueMicrotask", "spawn_local", "queueMicrotask", "spawn_local"];

const channel = new MessageChannel();
const messages = [];
channel.port1.onmessage = () => messages.shift()();

const ways = {
  setTimeout: (call) => setTimeout(call, 0),
  MessageChannel: (call) => {
    messages.push(call);
    channel.port2.postMessage(null);
  },
  queueMicrotask: (call) => queueMicrotask(call),
  // What comes nearest in JavaScript: a job of a promise that is fulfilled.
  spawn_local: (call) => Promise.resolve().then(call),
};

const calls = [];
for (const [n, name] of ORDER.entries()) {
  const line = `${n + 1}: ${name}`;
  const way = ways[name];
  if (!way) {
    console.log(`${line} is none of setTimeout, MessageChannel, queueMicrotask and spawn_local`); //@ none-of
    continue;
  }
  calls.push(
    new Promise((came) =>
      way(() => { //@ schedule
        console.log(line); //@ line
        came();
      }),
    ),
  );
}
console.log(`calls scheduled: ${calls.length}`); //@ scheduled
await Promise.all(calls); //@ await
console.log("all of them came"); //@ end
channel.port1.close();
