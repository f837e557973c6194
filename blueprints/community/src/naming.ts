import { type Region, regionFor } from "@atoll/business/regions";
import type { Locale } from "./modules.ts";

/** Name of the instance's Supabase project; the suffix, recorded beforehand, proves that it is ours. */
export const projectName = (slug: string, suffix: string): string => `ophelia-${slug}-${suffix}`;

/** Name of the instance's repository and site. */
export const siteName = (slug: string): string => `ophelia-${slug}`;

/** Where a community's database stands when nobody says where: near those who speak its language. */
export const defaultRegion = (locale: Locale): Region => regionFor(locale);
