import { Fault } from "@atoll/core/fault";
import type { Halting } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";

interface SiteBody {
  id: string;
  /** Null or missing while the site is served; answers have it, the description leaves it out. */
  disabled?: boolean | null;
}

/** How a Netlify site (a UUID) is disabled: it serves nothing any more, and is kept as it is. */
export function siteHalting(api: Http): Halting {
  const of = (siteId: string) => ({ params: { siteId } });

  async function isDisabled(siteId: string): Promise<boolean> {
    const body = await api.getOrGone<SiteBody>("/sites/{siteId}", of(siteId));
    if (body) return body.disabled === true;
    throw new Fault("rejected", {
      what: `The Netlify site ${siteId} is gone.`,
      next: 'Run "atoll repair", which makes what is missing.',
    });
  }

  return {
    async observe(siteId) {
      return { is: (await isDisabled(siteId)) ? "halted" : "going" };
    },
    async halt(siteId) {
      if (!(await isDisabled(siteId)))
        await api.put("/sites/{siteId}/disable", { ...of(siteId), query: { reason: "Paused by Atoll" } });
    },
    /** One that Netlify itself took off (for its usage, as spam) is refused with 422, which is passed on. */
    async resume(siteId) {
      if (await isDisabled(siteId)) await api.put("/sites/{siteId}/enable", of(siteId));
    },
  };
}
