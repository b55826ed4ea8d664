const PIECES = 4;
const SIZE = 1000000;

function countPrimes(size) {
  let count = 0;
  for (let n = 2; n < size; n++) {
    let isPrime = n % 2 !== 0 || n === 2;
    for (let divisor = 3; isPrime && divisor * divisor <= n; divisor += 2) {
      isPrime = n % divisor !== 0;
    }
    count += isPrime;
  }
  return count;
}

// A worker answers each message with a count.
const program = `${countPrimes}; onmessage = ({ data }) => postMessage(countPrimes(data));`;
const address = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));

function ask(worker) {
  return new Promise((answered) => {
    worker.onmessage = ({ data }) => answered(data);
    worker.postMessage(SIZE);
  });
}

let begin = performance.now();
for (let piece = 1; piece <= PIECES; piece++) {
  console.log(`one thread: piece ${piece} has ${countPrimes(SIZE)} primes`); //@ here
}
const alone = performance.now() - begin;

// More threads than cores would only take turns.
const most = Math.min(PIECES, navigator.hardwareConcurrency);
console.log(`cores that the browser offers: ${navigator.hardwareConcurrency}, workers: ${most}`);
const workers = Array.from({ length: most }, () => new Worker(address)); //@ start

begin = performance.now();
const primes = [];
let next = 0;
await Promise.all( //@ gather
  workers.map(async (worker) => {
    while (next < PIECES) {
      const piece = next++;
      primes[piece] = await ask(worker); //@ piece
    }
    worker.terminate();
  }),
);
const together = performance.now() - begin;

for (const [piece, count] of primes.entries()) {
  console.log(`workers: piece ${piece + 1} has ${count} primes`); //@ primes
}
console.log(`on one thread: ${alone.toFixed(0)} ms, on ${most} workers: ${together.toFixed(0)} ms`);
