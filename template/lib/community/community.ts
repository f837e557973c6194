import type { Supabase } from "../supabase";
import type { Point } from "./map";
import type { MapCentre } from "./map-centre";

/** What anybody may know of the community. */
export interface Community extends MapCentre {
  name: string;
  type: string;
  city: string | null;
  contact_email: string | null;
}

/** One place on the map. */
export interface Place extends Point {
  id: string;
  name: string;
  description: string | null;
  category: string;
  address: string | null;
  website: string | null;
}

/** One announcement on the page. */
export interface Announcement {
  id: string;
  title: string;
  body: string;
  is_pinned: boolean;
  published_at: string;
  starts_at: string | null;
  ends_at: string | null;
  place: { name: string } | null;
}

/** The community as its vault says; undefined before the vault has its name. */
export async function communityOf(database: Supabase): Promise<Community | undefined> {
  const { data, error } = await database
    .from("community_settings")
    .select("name, type, city, contact_email, latitude, longitude, zoom")
    .maybeSingle<Community>();
  if (error) throw new Error(`community_settings could not be read: ${error.message}`);
  return data ?? undefined;
}

/** Published places by name; at most 200. */
export async function placesOf(database: Supabase): Promise<Place[]> {
  const { data, error } = await database
    .from("places")
    .select("id, name, description, category, address, website, latitude, longitude")
    .eq("status", "published")
    .order("name")
    .limit(200)
    .returns<Place[]>();
  if (error) throw new Error(`places could not be read: ${error.message}`);
  return data;
}

/** Published announcements that are not over, pinned ones first; at most 50. */
export async function announcementsOf(database: Supabase, now: Date): Promise<Announcement[]> {
  // Asked for by state and end: a moderator would be given drafts and what is over too.
  const { data, error } = await database
    .from("announcements")
    .select("id, title, body, is_pinned, published_at, starts_at, ends_at, place:places(name)")
    .eq("status", "published")
    .or(`ends_at.is.null,ends_at.gt.${now.toISOString()}`)
    .order("is_pinned", { ascending: false })
    .order("published_at", { ascending: false })
    .limit(50)
    .returns<Announcement[]>();
  if (error) throw new Error(`announcements could not be read: ${error.message}`);
  return data;
}

/** What the bot says first, if it is switched on. */
export async function botOf(database: Supabase): Promise<{ name: string; greeting: string } | undefined> {
  const { data } = await database
    .from("bot_settings")
    .select("name, greeting")
    .eq("is_enabled", true)
    .maybeSingle<{ name: string; greeting: string }>();
  return data ?? undefined;
}

/** Communities that this one is connected with. */
export async function peersOf(database: Supabase): Promise<{ id: string; name: string; url: string }[]> {
  const { data, error } = await database
    .from("federation_peers")
    .select("id, name, url")
    .eq("status", "active")
    .order("name")
    .limit(100)
    .returns<{ id: string; name: string; url: string }[]>();
  if (error) throw new Error(`federation_peers could not be read: ${error.message}`);
  return data;
}
