import { createClient } from "@supabase/supabase-js";
import type { Instance } from "./resolve.ts";

/** What anybody may read of a community; undefined = it does not have that module. */
export interface Content {
  places?: { name: string; address: string | null }[];
  announcements?: { title: string; body: string }[];
}

/** Reads an instance's own database with its publishable key: row-level security decides what comes. */
export async function contentOf({
  supabaseUrl,
  supabaseAnonKey,
  blueprint,
  modules,
}: Instance): Promise<Content> {
  if (blueprint !== "community") return {};
  // One for each page: nothing of one instance can be left over for another.
  const database = createClient(supabaseUrl, supabaseAnonKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const content: Content = {};
  if (modules.includes("places")) {
    const { data, error } = await database
      .from("places")
      .select("name, address")
      .eq("status", "published")
      .order("name")
      .limit(200);
    if (error) throw new Error(`The places cannot be read: ${error.message}`);
    content.places = data;
  }
  if (modules.includes("announcements")) {
    const { data, error } = await database
      .from("announcements")
      .select("title, body")
      .eq("status", "published")
      .order("published_at", { ascending: false })
      .limit(50);
    if (error) throw new Error(`The announcements cannot be read: ${error.message}`);
    content.announcements = data;
  }
  return content;
}
