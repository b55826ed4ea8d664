const GREENLETS = 3;
const STEPS = 3;
const TIME = 0.3;

// In JavaScript no function can wait without `await`. WebAssembly can; this is the same program
// there, a plain function with a loop:
//
//   (module
//     (import "host" "print" (func $print (param i32 i32)))
//     (import "host" "sleep" (func $sleep))
//     (func (export "reader") (param $number i32) (param $steps i32) (local $step i32)
//       (loop $again
//         (if (i32.lt_s (local.get $step) (local.get $steps)) (then
//           (local.set $step (i32.add (local.get $step) (i32.const 1)))
//           (call $print (local.get $number) (local.get $step))
//           (call $sleep)
//           (br $again))))))
const bytes = Uint8Array.from(
  atob(
    "AGFzbQEAAAABCQJgAn9/AGAAAAIbAgRob3N0BXByaW50AAAEaG9zdAVzbGVlcAABAwIBAAcKAQZyZWFkZXIA" +
      "AgoiASABAX8DQCACIAFIBEAgAkEBaiECIAAgAhAAEAEMAQsLCw==",
  ),
  (letter) => letter.charCodeAt(0),
);

const sleep = () => new Promise((over) => setTimeout(over, TIME * 1000));

const { instance } = await WebAssembly.instantiate(bytes, {
  host: {
    print: (number, step) => console.log(`reader ${number}: reads ${step}`), //@ reads
    // The stack that calls rests until the promise is fulfilled.
    sleep: new WebAssembly.Suspending(sleep), //@ sleep
  },
});

// Each call begins a stack of its own.
const reader = WebAssembly.promising(instance.exports.reader);

const readers = [];
for (let number = 1; number <= GREENLETS; number++) {
  readers.push(reader(number, STEPS).then(() => console.log(`reader ${number}: done`))); //@ reader
}
await Promise.all(readers); //@ gather
