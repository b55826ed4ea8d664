const DEPTH = 20;

const channel = new MessageChannel();

const ways = {
  setTimeout: (call) => setTimeout(call, 0),
  MessageChannel: (call) => {
    channel.port1.onmessage = call;
    channel.port2.postMessage(null);
  },
};

function chain(name, way) {
  return new Promise((end) => {
    const goOn = (step) => {
      if (step > DEPTH) return end(); //@ end
      const asked = performance.now();
      way(() => { //@ call
        console.log(`${name} ${step}: after ${(performance.now() - asked).toFixed(2)} ms`); //@ step
        goOn(step + 1);
      });
    };
    goOn(1);
  });
}

for (const [name, way] of Object.entries(ways)) {
  const begin = performance.now();
  await chain(name, way); //@ chain
  console.log(`${name}: all steps took ${(performance.now() - begin).toFixed(2)} ms`); //@ all
}
channel.port1.close();
