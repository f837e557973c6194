import { NextResponse } from "next/server";
import { asked } from "@/lib/asked";
import { uuid } from "@/lib/fields";

const notThere = () => new Response(null, { status: 404, headers: { "cache-control": "no-store" } });

/** Leads whoever may see a file to its content, by an address that holds for one minute. */
export async function GET(_: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const [what, { id }] = await Promise.all([asked("files", "files"), params]);
  if (!what || !uuid.test(id)) return notThere();
  const { database } = what.me;
  const { data: file } = await database
    .from("files")
    .select("name, storage_path")
    .eq("id", id)
    .maybeSingle<{ name: string; storage_path: string }>();
  if (!file) return notThere();
  const { data } = await database.storage.from("files").createSignedUrl(file.storage_path, 60);
  if (!data) return notThere();
  // Not by the client's own option: it encodes the name twice (storage-js 2.119).
  const address = `${data.signedUrl}&download=${encodeURIComponent(file.name)}`;
  return NextResponse.redirect(address, { status: 302, headers: { "cache-control": "no-store" } });
}
