/** Who has had how much: virtual times of instances and of the two classes (start-time fair queueing). */
export interface Turns {
  /** By "urgent/INSTANCE" or "background/INSTANCE", and by class: how far each has come. Who is behind goes first. */
  of: Record<string, number>;
  /** How far the one that was served last had come, among each class's instances and among the classes. */
  now: { urgent: number; background: number; class: number };
}

/** Urgent work gets nine tenths where both wait; the rest keeps background work from starving. */
const weights = { urgent: 9, background: 1 };

interface Waiting {
  instance: string;
  urgent: boolean;
  sinceMs: number;
}

const classOf = ({ urgent }: Waiting): keyof typeof weights => (urgent ? "urgent" : "background");
const keyOf = (waiting: Waiting) => `${classOf(waiting)}/${waiting.instance}`;

/** One that begins to wait has its place where the others are now, and keeps it: nobody saves up turns, or loses one. */
export function arrive(turns: Turns, waiting: Waiting, isAlone: { instance: boolean; class: boolean }): void {
  const [name, key] = [classOf(waiting), keyOf(waiting)];
  if (isAlone.instance) turns.of[key] = Math.max(turns.of[key] ?? 0, turns.now[name]);
  if (isAlone.class) turns.of[name] = Math.max(turns.of[name] ?? 0, turns.now.class);
}

const instanceAt = (turns: Turns, waiting: Waiting) =>
  turns.of[keyOf(waiting)] ?? turns.now[classOf(waiting)];
const classAt = (turns: Turns, waiting: Waiting) => turns.of[classOf(waiting)] ?? turns.now.class;

/** Whose turn it is: first by class, then by instance, then who has waited longest. Undefined = nobody waits. */
export function nextTurn<T extends Waiting>(turns: Turns, waiting: Iterable<T>): T | undefined {
  let first: T | undefined;
  for (const each of waiting) if (first === undefined || isBefore(turns, each, first)) first = each;
  return first;
}

function isBefore(turns: Turns, a: Waiting, b: Waiting): boolean {
  if (a.urgent !== b.urgent) {
    const [one, other] = [classAt(turns, a), classAt(turns, b)];
    return one === other ? a.urgent : one < other;
  }
  const [one, other] = [instanceAt(turns, a), instanceAt(turns, b)];
  return one === other ? a.sinceMs < b.sinceMs : one < other;
}

/** One of these was served. */
export function advance(turns: Turns, served: Waiting): void {
  const name = classOf(served);
  const [instance, group] = [instanceAt(turns, served), classAt(turns, served)];
  turns.now[name] = Math.max(turns.now[name], instance);
  turns.now.class = Math.max(turns.now.class, group);
  turns.of[keyOf(served)] = instance + 1;
  turns.of[name] = group + 1 / weights[name];
}

/** Forgets who waits no more and is no longer ahead of anybody: they would begin at the same place anew. */
export function forgetTurns(turns: Turns, waiting: Iterable<Waiting>): void {
  const kept = new Set<string>();
  for (const each of waiting) kept.add(keyOf(each)).add(classOf(each));
  for (const [key, at] of Object.entries(turns.of)) {
    const [name] = key.split("/");
    const now = key.includes("/") ? turns.now[name === "urgent" ? "urgent" : "background"] : turns.now.class;
    if (at <= now && !kept.has(key)) delete turns.of[key];
  }
}
