/** A thing at a provider that carries the mark of an instance, or may be ours and carries none. */
export interface OwnedThing {
  /** As the resource of its kind takes it. */
  id: string;
  name: string;
  /** Id of the instance as the mark says it; absent = it carries no mark. */
  instance?: string;
  /** The mark has room for the beginning of an id only. */
  isBeginning?: true;
  /** The mark does not tell whether we made it, or took it from a client who brought it: it is never removed. */
  mayBeBrought?: true;
  createdAt?: Date;
}

/** All things of one kind in an account that carry our mark, whoever made them. Reads only. */
export interface Owned {
  /** "github.repository": the kind of its resource. */
  kind: string;
  /** As people know the provider: "GitHub". */
  provider: string;
  /** Those without a mark are left out, unless nothing else could ever mark them. */
  list(): Promise<OwnedThing[]>;
  /** One of them as it is now; undefined when it is gone. */
  look(id: string): Promise<OwnedThing | undefined>;
}
