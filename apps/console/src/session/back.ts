/** Where to go after signing in: only to a page of this console, never to another site. */
export function backTo(wanted: string | undefined): string {
  if (wanted === undefined || !wanted.startsWith("/") || /^\/[/\\]/.test(wanted)) return "/requests";
  const { origin, pathname, search } = new URL(wanted, "http://here");
  return origin === "http://here" && pathname !== "/sign-in" ? `${pathname}${search}` : "/requests";
}
