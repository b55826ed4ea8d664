const SIZE = 16384;
const TICK = 0.001;
const ADDRESS = "";

const address = ADDRESS || URL.createObjectURL(new Blob([new Uint8Array(SIZE * 1024)]));

let tick = 0;
const ticker = setInterval(() => console.log(`tick ${++tick}`), TICK * 1000); //@ tick

try {
  const response = await fetch(address, { cache: "no-store" }); //@ fetch
  if (!response.ok) throw new Error(`the server answered with HTTP ${response.status}`);
  console.log("the answer begins"); //@ begins
  let chunks = 0;
  let bytes = 0;
  for await (const chunk of response.body) { //@ next
    chunks += 1;
    bytes += chunk.length;
    console.log(`chunk ${chunks}: ${chunk.length} bytes`); //@ chunk
  }
  console.log(`the answer is complete: ${bytes} bytes in ${chunks} chunks`); //@ complete
} catch (error) {
  console.log(error.message); //@ error
}
clearInterval(ticker); //@ end
