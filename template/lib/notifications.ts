import type { Member } from "./member";

/** A message to one person from the application or an automation. */
export interface Notification {
  id: string;
  title: string;
  body: string | null;
  read: boolean;
  created_at: string;
}

/** The newest hundred notifications of whoever is signed in. */
export async function notificationsOf(me: Member): Promise<Notification[]> {
  const { data, error } = await me.database
    .from("notifications")
    .select("id, title, body, read, created_at")
    .eq("user_id", me.id)
    .order("created_at", { ascending: false })
    .limit(100)
    .returns<Notification[]>();
  if (error) throw new Error(`notifications could not be read: ${error.message}`);
  return data ?? [];
}

/** How many notifications have not been read. */
export async function unreadCount(me: Member): Promise<number> {
  if (me.own) return 0;
  const { count, error } = await me.database
    .from("notifications")
    .select("id", { count: "exact", head: true })
    .eq("user_id", me.id)
    .eq("read", false);
  return error ? 0 : (count ?? 0); // a badge is no reason to show no page
}
