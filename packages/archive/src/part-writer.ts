import { partBytes, putPart, type Sealing } from "./make.ts";
import type { Part } from "./manifest.ts";
import { numbered } from "./names.ts";
import type { Lines } from "./source.ts";
import type { Storage } from "./storage.ts";

interface PartWriterOptions {
  to: { storage: Storage; prefix: string; sealing: Sealing | undefined };
  /** `schema.table`, and what the names of its parts begin with. */
  of: string;
  stem: string;
  /** Number of the first part. */
  first: number;
  /** Told of each part in order, once it is stored: its number, and its last row as a JSON line. */
  onPart(part: Part, number: number, last: string): Promise<void>;
}

/** Parts that are packed and sent while the next rows are read; more would only cost memory. */
const atOnce = 2;

/** Gathers rows of one table into parts, and stores them. */
export class PartWriter {
  readonly #options: PartWriterOptions;
  #number: number;
  #waiting: string[] = [];
  #length = 0;
  #rows = 0;
  readonly #underWay: Promise<() => Promise<void>>[] = [];

  constructor(options: PartWriterOptions) {
    this.#options = options;
    this.#number = options.first;
  }

  async add(lines: Lines): Promise<void> {
    this.#waiting.push(lines.text);
    this.#length += lines.text.length;
    this.#rows += lines.rows;
    if (this.#length >= partBytes) await this.#flush();
  }

  /** Stores what is left, and waits for everything that is under way. */
  async end(): Promise<void> {
    if (this.#rows > 0) await this.#flush();
    while (this.#underWay.length > 0) await this.#settle();
  }

  async #flush(): Promise<void> {
    const plain = Buffer.from(this.#waiting.join(""), "utf8");
    const tail = this.#waiting.at(-1) ?? "";
    const last = tail.slice(tail.lastIndexOf("\n", tail.length - 2) + 1, -1);
    const { to, of, stem, onPart } = this.#options;
    const number = this.#number;
    const part = { name: numbered(stem, number, "ndjson.gz"), kind: "rows" as const, of, rows: this.#rows };
    const stored = putPart(to, part, plain).then((entry) => () => onPart(entry, number, last));
    // Whoever waits for it hears of its failure; until then it must not end the process.
    stored.catch(() => {});
    this.#underWay.push(stored);
    this.#number += 1;
    this.#waiting = [];
    this.#length = 0;
    this.#rows = 0;
    if (this.#underWay.length >= atOnce) await this.#settle();
  }

  /** In order, so that progress never counts a part whose forerunner is missing. */
  async #settle(): Promise<void> {
    const first = this.#underWay.shift();
    if (first) await (await first)();
  }
}
