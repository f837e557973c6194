/** The addresses in Auth's `uri_allow_list`, in their order. */
export const allowedIn = (list: string | null): string[] =>
  (list ?? "")
    .split(",")
    .map((url) => url.trim())
    .filter((url) => url !== "");

/** Address of a site at a custom domain ("www.toko.example"). */
export const siteOf = (domain: string): string => `https://${domain}`;
