import { type NextRequest, NextResponse } from "next/server";
import { fileConfig } from "@/lib/client-config";
import { environment, environmentProblems } from "@/lib/environment";
import { supabaseWith } from "@/lib/supabase";

/** Beside what the site itself serves: an agency's logo and files stand in its project, a shop's pictures anywhere. */
async function elsewhere(): Promise<{ images: string; calls: string }> {
  const { blueprint } = await fileConfig();
  if (blueprint === "shop") return { images: " https:", calls: "" };
  const { supabaseUrl } = environment();
  if (blueprint !== "agency" || !URL.canParse(supabaseUrl)) return { images: "", calls: "" };
  const project = ` ${new URL(supabaseUrl).origin}`;
  return { images: project, calls: project };
}

async function contentSecurityPolicy(nonce: string): Promise<string> {
  const { images, calls } = await elsewhere();
  const development = process.env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src 'self'${development ? " 'unsafe-inline'" : ""}`,
    `img-src 'self' data:${images}`,
    `connect-src 'self'${calls}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Before every page: renews the session while its cookie can still be set, and says what the page may load. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const policy = await contentSecurityPolicy(crypto.randomUUID().replaceAll("-", ""));
  const forwarded = () => {
    const headers = new Headers(request.headers);
    headers.set("content-security-policy", policy); // Next takes the nonce for its own scripts from here
    return NextResponse.next({ request: { headers } });
  };
  let response = forwarded();
  if (environmentProblems().length === 0) {
    const client = supabaseWith(
      {
        getAll: () => request.cookies.getAll(),
        setAll: (changed, extra) => {
          for (const { name, value } of changed) request.cookies.set(name, value);
          response = forwarded();
          for (const { name, value, options } of changed) response.cookies.set(name, value, options);
          for (const [name, value] of Object.entries(extra ?? {})) response.headers.set(name, value);
        },
      },
      request.headers.get("x-forwarded-proto") === "https",
    );
    // Asks nobody unless the session has run out. Whether it is true is decided by `member()`, not here.
    await client.auth.getSession().catch(() => undefined);
  }
  response.headers.set("content-security-policy", policy);
  return response;
}

export const config = { matcher: ["/((?!_next/|api/|icon.svg).*)"] };
