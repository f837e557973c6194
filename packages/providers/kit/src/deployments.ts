/** One deployment of a site to production. */
export interface Deployed {
  /** The host's id of it. */
  id: string;
  /** The commit's hash, where the host tells. */
  commit?: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  state: "building" | "ready" | "failed" | "cancelled";
  /** Its own address, with scheme. May be closed to visitors. */
  url?: string;
  /** Visitors of the site get this one. */
  isCurrent: boolean;
}

/** A host's production deployments of its sites, by the host's id of a site. */
export interface Deployments {
  /** What has to be set at the host before it builds previews, as a sentence; undefined = it builds them by itself. */
  previewsNeed?: string;
  /** The newest 50 at most, newest first; empty where there is no such site. */
  list(siteId: string): Promise<Deployed[]>;
  /** The newest one of this commit that is no production deployment: a preview; undefined = there is none. */
  preview(siteId: string, commit: string): Promise<Deployed | undefined>;
  /** Undefined where the site does not have it (any more). */
  one(siteId: string, id: string): Promise<Deployed | undefined>;
  /** Builds it anew, with the environment of now, and gives the new one's id. Not repeated after a lost answer. */
  redeploy(siteId: string, id: string): Promise<string>;
  /**
   * Gives visitors an earlier one, without building. From then on a newer deployment waits for `promote`. Already so
   * is success.
   */
  rollBack(siteId: string, id: string): Promise<void>;
  /** Gives visitors this one, without building; newer ones follow by themselves again. Already so is success. */
  promote(siteId: string, id: string): Promise<void>;
}
