/** One thing that `atoll doctor` looked at. Looking is read-only. */
export interface Finding {
  ok: boolean;
  /** What was looked at: "Supabase token". */
  subject: string;
  /** What was found, one sentence. Never holds a secret. */
  what: string;
  /** What to do about it; empty when all is well. */
  next: string;
  /** Permissions that a token lacks, by the provider's names. */
  missing?: string[];
  /** Permissions that it has and nothing of ours needs. */
  excess?: string[];
}
