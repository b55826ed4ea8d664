const MESSAGES = 5;
const ADDRESS = "";

function echo() {
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = ({ data }) => port2.postMessage(data);
  port1.send = (text) => port1.postMessage(text);
  return port1;
}

function connect(address) {
  return new Promise((opened, failed) => {
    const socket = new WebSocket(address);
    socket.onopen = () => opened(socket);
    socket.onclose = () => failed(new Error(`no socket opens at ${address}`));
  });
}

function answer(socket) {
  return new Promise((came, failed) => {
    socket.onmessage = ({ data }) => came(data);
    socket.onclose = () => failed(new Error("the other end closed the connection"));
  });
}

try {
  console.log(ADDRESS ? `a socket to ${ADDRESS}` : "no address: an echo in this page"); //@ begin
  const socket = ADDRESS ? await connect(ADDRESS) : echo(); //@ socket
  for (let n = 1; n <= MESSAGES; n++) {
    const sent = performance.now();
    socket.send(`message ${n}`); //@ send
    const text = await answer(socket); //@ receive
    console.log(`${text}: after ${(performance.now() - sent).toFixed(2)} ms`); //@ answer
  }
  socket.close();
  console.log("all messages came back"); //@ end
} catch (error) {
  console.log(error.message); //@ error
}
