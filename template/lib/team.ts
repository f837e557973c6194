import type { Member } from "./member";

/** Somebody with an account here. */
export interface Person {
  id: string;
  email: string | null;
  full_name: string | null;
  role: string | null;
  password_changed_at: string | null;
  created_at: string;
}

const most = 500;

/** Everybody whom the database shows to this administrator, by address, and whether there are more. */
export async function peopleOf(me: Member): Promise<{ people: Person[]; more: boolean }> {
  const { data, error } = await me.database
    .from("users")
    .select("id, email, full_name, role, password_changed_at, created_at")
    .order("email")
    .limit(most + 1)
    .returns<Person[]>();
  if (error) throw new Error(`users could not be read: ${error.message}`);
  return { people: data.slice(0, most), more: data.length > most };
}
