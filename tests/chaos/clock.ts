// Loaded before anything else in a worker of chaos (`--import`): its wall clock is wrong by so many milliseconds, which
// the environment says at first and a message may change. Timers and the clock that never jumps stay true.
const trueNow = Date.now;
const TrueDate = Date;
let shiftMs = Number(process.env.ATOLL_CHAOS_SHIFT_MS ?? 0);

class ShiftedDate extends TrueDate {
  constructor(...given: [] | [number | string | Date]) {
    super(...((given.length === 0 ? [trueNow() + shiftMs] : given) as [number]));
  }
  static override now(): number {
    return trueNow() + shiftMs;
  }
}
globalThis.Date = ShiftedDate as DateConstructor; // called as a function it is not, by nobody here

process.on("message", (message: { shiftMs?: number }) => {
  if (message.shiftMs !== undefined) shiftMs = message.shiftMs;
});

/** What the clock on the wall really says, for stamps that are compared between processes. */
Object.defineProperty(globalThis, "chaosTrueNow", { value: () => trueNow() });
