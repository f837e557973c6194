import type { pullAt } from "@atoll/github/pulls";
import type { TemplatePlan, TemplateUpdate } from "@atoll/github/template-update";

/** Which repository is to get which version of the template. */
interface TemplateJob {
  /** `owner/repo` */
  repository: string;
  /** The template's commit. */
  commit: string;
}

/** The template that clients' repositories are made from. */
export interface Template {
  /** `owner/repo` */
  name: string;
  /** Its newest commit; undefined where it has none. */
  newest(): Promise<string | undefined>;
  /** Reads only. */
  plan(job: TemplateJob): Promise<{ base: string; theirs: string; plan: TemplatePlan }>;
  bring(job: TemplateJob): Promise<TemplateUpdate>;
  pull(repository: string, number: number): Promise<Awaited<ReturnType<typeof pullAt>>>;
  merge(repository: string, number: number): Promise<void>;
}
